import { createContent, encodeContent, messageIdFrom, parseEmoji, parseText } from "@pli/protocol/content";
import { isLeader, roleOf } from "@pli/protocol/group";
import type { MessageView } from "../../api/views.ts";
import type { Arrived } from "../../epochs/contents.ts";
import { idBytes } from "../../epochs/conversations.ts";
import { getConversation } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import type { Feature } from "../../runtime/feature.ts";
import { eraseMessage } from "../messages/erasing.ts";
import { listConversationsWith } from "../messages/messages.table.ts";
import { listMessagesAt } from "../messages/messages.views.table.ts";
import { actionFrom, actionIdOf, versionsOf, type ActionBody } from "./action.ts";
import { ACTIONS, deleteStale, findNewest, listVersions, saveActionEpoch, type ActionKind } from "./actions.table.ts";
import { listOrdersNamed, listStarredOrders } from "./actions.views.table.ts";
import { takeAction } from "./applying.ts";
import { LINKS, listStars, setStar } from "./links.table.ts";

const DAY_MS = 86_400_000;
/** How long what came before its message waits for it. */
const WAITING_MS = 30 * DAY_MS;
/** How long a message that was erased here is known, so that nothing waits for it. */
const GONE_MS = 400 * DAY_MS;
const END = Number.MAX_SAFE_INTEGER;

/** What people do with messages: edits, deletions, reactions, stars. */
export function createActions(kit: Kit) {
  const { context, contents, epochRoles, epochs, messages, profiles, scheduler, selfMap, sending, stores } = kit;
  const { clock } = context;

  scheduler.on("action", {
    sealed: async (tx, { conversation, reference, epoch }) => {
      if (epoch !== undefined) await saveActionEpoch(tx, conversation, reference, epoch);
    },
  });
  selfMap.serve("star", {
    apply: async (tx, message, value) => {
      for (const conversation of await listConversationsWith(tx, message))
        await mark(tx, { id: message, conversation }, value[0] === 1);
    },
    collect: async (tx) => (await listStars(tx)).map((message) => [message, Uint8Array.of(1)] as const),
  });

  async function arrived(tx: Tx, from: Arrived, body: ActionBody): Promise<void> {
    const admitted = await contents.admit(tx, from, "actions");
    if (admitted === undefined) return;
    const { conversation, sender, held } = from.said;
    const rules = epochRoles.rules(held);
    const leads = rules !== undefined && isLeader(roleOf(rules, sender));
    const said = { conversation: conversation.id, author: sender, mine: admitted.mine, leads };
    const { sentAt } = from.content;
    await takeAction(
      context,
      tx,
      actionFrom(context, { ...said, sentAt, content: from.bytes, cameAt: clock.now() }, body),
    );
  }

  /** A message that something can be done with. */
  async function written(tx: Tx, id: string): Promise<MessageView> {
    const view = await messages.find(tx, id);
    if (view?.body.kind !== "text" && view?.body.kind !== "unknown") throw new PliError("message_unknown");
    return view;
  }

  /** This person leads the group, so they may delete what others wrote there. */
  async function leads(tx: Tx, conversation: string): Promise<boolean> {
    const held = await epochs.current(tx, conversation);
    const rules = held && epochRoles.rules(held);
    return rules !== undefined && isLeader(roleOf(rules, (await profiles.self(tx)).id));
  }

  /**
   * Takes effect here at once, and leaves when it can. Later than all that this person did before.
   */
  async function act(tx: Tx, view: MessageView, kind: ActionKind, body: ActionBody): Promise<void> {
    const { id: author } = await profiles.self(tx);
    const { conversation } = view;
    const before = await findNewest(tx, { conversation, target: view.id, kind, author });
    const sentAt = Math.max(clock.now(), Math.min((before?.sentAt ?? 0) + 1, END));
    const isLeading = await leads(tx, conversation);
    await sending.mustWriteTo(tx, conversation);
    const content = encodeContent(createContent(context.crypto, sentAt, body));
    const said = { conversation, author, mine: true, leads: isLeading, sentAt, content, cameAt: clock.now() };
    await takeAction(context, tx, actionFrom(context, said, body));
    await sending.enqueueContent(tx, conversation, {
      purpose: "action",
      reference: actionIdOf(context, content),
      content,
    });
    const { store } = await getConversation(tx, conversation);
    tx.after(() => stores.hurry(store));
  }

  async function mark(
    tx: Tx,
    { id, conversation }: Pick<MessageView, "id" | "conversation">,
    on: boolean,
  ): Promise<void> {
    await setStar(tx, conversation, id, on);
    tx.changed(`messages:${conversation}`, "stars");
  }

  async function react(tx: Tx, id: string, wanted: string | undefined): Promise<void> {
    const view = await written(tx, id);
    const { id: author } = await profiles.self(tx);
    const before = await findNewest(tx, { conversation: view.conversation, target: id, kind: "reaction", author });
    const emoji = wanted === undefined ? "" : parseEmoji(wanted);
    if (emoji === undefined) throw new PliError("emoji_malformed");
    if (emoji === (before?.value ?? "")) return;
    const inReplyTo = idBytes(id);
    if (emoji !== "") return act(tx, view, "reaction", { kind: "reaction", inReplyTo, emoji });
    const { shared } = await getConversation(tx, view.conversation);
    const from = { sender: idBytes(author), conversation: shared };
    const replaces = messageIdFrom(context.crypto, before?.content ?? new Uint8Array(0), from);
    await act(tx, view, "reaction", { kind: "withdrawal", inReplyTo, replaces });
  }

  return {
    tables: [...ACTIONS, ...LINKS],
    commands: {
      editText: async (tx, { message, text }) => {
        const view = await written(tx, message);
        if (!view.mine || view.body.kind !== "text") throw new PliError("not_allowed");
        const said = parseText(text);
        if (!said.ok) throw new PliError(said.error === "text_empty" ? "message_empty" : "message_too_long");
        if (said.value === view.body.text) return;
        await act(tx, view, "edit", { kind: "edit", replaces: idBytes(message), text: said.value });
      },
      deleteForEveryone: async (tx, { message }) => {
        const view = await written(tx, message);
        if (!view.mine && !(await leads(tx, view.conversation))) throw new PliError("not_allowed");
        const left = view.mine ? await sending.takeBack(tx, message) : "yes";
        if (left === "no") return eraseMessage(context, tx, view);
        await act(tx, view, "deletion", { kind: "deletion", replaces: idBytes(message) });
      },
      react: (tx, { message, emoji }) => react(tx, message, emoji),
      star: async (tx, { message, on }) => {
        const view = await messages.find(tx, message);
        if (view === undefined) throw new PliError("message_unknown");
        await mark(tx, view, on);
        await selfMap.set(tx, `star/${message}`, Uint8Array.of(on ? 1 : 0));
      },
    },
    queries: {
      messagesNamed: async (tx, { beginning }) =>
        listMessagesAt(tx, await listOrdersNamed(tx, beginning), (await profiles.self(tx)).name),
      versions: async (tx, { conversation, message }) => {
        const view = await messages.find(tx, message);
        if (view?.body.kind !== "text" || view.conversation !== conversation) throw new PliError("message_unknown");
        const versions = await listVersions(tx, conversation, message);
        return versions.length === 0 ? [{ text: view.body.text, at: view.sentAt }] : versionsOf(view, versions);
      },
      starred: async (tx, { limit, before = END }) =>
        listMessagesAt(tx, await listStarredOrders(tx, before, limit), (await profiles.self(tx)).name),
    },
    contents: { edit: arrived, deletion: arrived, reaction: arrived, withdrawal: arrived },
    expire: (tx) => deleteStale(tx, clock.now(), { waiting: WAITING_MS, gone: GONE_MS }),
  } satisfies Feature;
}
