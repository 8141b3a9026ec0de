import { toHex } from "@pli/protocol/crypto";
import type { CommandHandlers } from "../../api/handlers.ts";
import { idBytes } from "../../epochs/conversations.ts";
import { getConversation } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import type { TxEvent } from "../../runtime/tx-event.ts";
import { isSet } from "../settings/settings.ts";
import { forgetDraft, saveDraft } from "./drafts.ts";
import { eraseMessage } from "./erasing.ts";
import { isUnread } from "./lines.ts";
import { saveUnsent, type KeptLine } from "./messages.table.ts";
import { readSome } from "./reading.ts";
import { search } from "./search.ts";

/** This person wants what a contact wrote in a conversation, and what was not kept here. */
export interface HeldWanted {
  readonly contact: Contact;
  readonly conversation: string;
}

/** What a person does with messages. */
export function createMessageCommands(
  kit: Kit,
  { heldWanted, draftChanged }: { heldWanted: TxEvent<HeldWanted>; draftChanged: TxEvent<string> },
) {
  const { contacts, context, erasing, messages, profiles, receipts, selfMap, sending, stores } = kit;

  /** False: all are marked. */
  async function markSome(tx: Tx, id: string, upTo: number): Promise<boolean> {
    const { passed, isMore } = await readSome(tx, id, upTo);
    const theirs = passed.filter(({ mine }) => !mine);
    if (await isSet(tx, "readReceipts")) await noteRead(tx, theirs);
    // Own messages stand elsewhere in the order of another device.
    const last = theirs.findLast(({ kind }) => isUnread(kind));
    if (last === undefined) return isMore;
    const { shared } = await getConversation(tx, id);
    await selfMap.set(tx, `read/${toHex(shared)}`, idBytes(last.id));
    return isMore;
  }

  async function noteRead(tx: Tx, theirs: readonly KeptLine[]): Promise<void> {
    const texts = theirs.filter(({ kind }) => kind === "text");
    for (const author of new Set(texts.map(({ sender }) => sender))) {
      const ids = texts.filter(({ sender }) => sender === author).map(({ id }) => id);
      await receipts.note(tx, author, ids, "read");
    }
  }

  return {
    sendText: async (tx, { conversation, text, request, draft, replyTo }) => {
      if (draft !== undefined && (await forgetDraft(tx, conversation, draft)))
        await draftChanged.emit(tx, conversation);
      const { id } = await sending.sendText(tx, conversation, text, { request, replyTo });
      const { store } = await getConversation(tx, conversation);
      tx.after(() => stores.hurry(store));
      return { message: id };
    },
    resend: async (tx, { message: id }) => {
      const view = await messages.find(tx, id);
      if (view === undefined || !view.mine) throw new PliError("message_unknown");
      if (view.state !== "failed") return;
      await saveUnsent(tx, id);
      await sending.enqueueText(tx, id);
      tx.changed(`messages:${view.conversation}`, "conversations");
    },
    /**
     * The person wants more of this author than one may send in a day: there is room for as much
     * again, and their device is asked for it.
     */
    askForHeld: async (tx, { message: id }) => {
      const view = await messages.find(tx, id);
      if (view?.body.kind !== "held") throw new PliError("message_unknown");
      const contact = await contacts.find(tx, view.from);
      if (contact === undefined || contact.blocked) throw new PliError("not_a_contact");
      await context.budgets.renew(tx, "bytes", contact.id);
      await context.budgets.renew(tx, "groupBytes", view.conversation);
      await eraseMessage(context, tx, view);
      await heldWanted.emit(tx, { contact, conversation: view.conversation });
    },
    forgetMessage: async (tx, { message: id }) => {
      const view = await messages.find(tx, id);
      if (view === undefined) throw new PliError("message_unknown");
      const left = await sending.takeBack(tx, id);
      if (view.mine && left === "no") await eraseMessage(context, tx, view);
      else await erasing.erase(tx, [view]);
      return { left: view.mine ? left : "yes" };
    },
    markRead: {
      inSteps: async (transact, { conversation, upTo }) => {
        while (await transact((tx) => markSome(tx, conversation, upTo)));
      },
    },
    saveDraft: async (tx, { conversation, text, was }) => {
      const draft = await saveDraft(tx, conversation, text, was);
      await draftChanged.emit(tx, conversation);
      return { draft };
    },
    search: async (tx, parameters) => search(tx, parameters, (await profiles.self(tx)).name),
  } satisfies Partial<CommandHandlers>;
}
