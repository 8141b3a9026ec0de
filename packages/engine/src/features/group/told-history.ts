/**
 * What was said in a group before this person came: the word of the one who brought them in, which
 * no author has signed.
 */
import { isShutOut } from "../lockdown/lockdown.ts";
import { messageIdFrom, parseContent } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { Roster, Rules } from "@pli/protocol/group";
import { MESSAGE_ROW_BYTES } from "../../runtime/budgets.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { actionFrom } from "../actions/action.ts";
import type { Action } from "../actions/actions.table.ts";
import { takeAction } from "../actions/applying.ts";
import { lifetimeOf } from "../disappearing/lifetimes.ts";
import { wasErased } from "../messages/erasing.ts";
import { findLine } from "../messages/messages.table.ts";
import { replyToOf } from "../messages/lines.ts";
import type { Messages } from "../messages/messages.ts";

interface Told {
  /** Who tells it. */
  readonly by: string;
  readonly rules: Rules;
  readonly history: Roster["history"];
}

/** Keeps what was told, but for what is here, was erased here, or is beyond the teller's budget. */
export async function keepTold(
  context: Context,
  { contacts, messages, profiles }: { contacts: Contacts; messages: Messages; profiles: Profiles },
  tx: Tx,
  conversation: string,
  { by, rules, history }: Told,
): Promise<void> {
  const self = (await profiles.get(tx)).id;
  for (const { sender: author, content: bytes } of history) {
    const content = parseContent(bytes);
    if (!content.ok) continue;
    const sender = toHex(author);
    if (content.value.body.kind === "edit") {
      const { sentAt, body } = content.value;
      const cameAt = context.clock.now();
      const said = {
        conversation,
        author: sender,
        mine: sender === self,
        leads: false,
        sentAt,
        content: bytes,
        cameAt,
      };
      await takeToldEdit(context, tx, by, actionFrom(context, said, body));
      continue;
    }
    if (content.value.body.kind !== "text") continue;
    const id = toHex(messageIdFrom(context.crypto, bytes, { sender: author, conversation: rules.conversation }));
    if ((await messages.isHere(tx, conversation, id)) || (await wasErased(context, tx, sender, bytes))) continue;
    if ((await contacts.find(tx, sender))?.blocked === true) {
      await messages.noteBlocked(tx, conversation, sender, 1);
      continue;
    }
    if (sender !== self && (await isShutOut(tx, sender))) {
      await messages.noteShutOut(tx, conversation, sender);
      continue;
    }
    if (!(await context.budgets.take(tx, "bytes", by, bytes.length + MESSAGE_ROW_BYTES))) break;
    const mine = sender === self;
    await messages.insert(tx, {
      id,
      conversation,
      sender,
      mine,
      kind: "text",
      text: content.value.body.text,
      content: bytes,
      sentAt: content.value.sentAt,
      lifetime: lifetimeOf(content.value.lifetime, rules.timer),
      replyTo: replyToOf(content.value),
      isTold: true,
      state: mine ? "sent" : "received",
      ...(sender !== by && by !== self && { fromRosterOf: by }),
    });
  }
}

/** Only of a text that is here by the same word: what its author sent, they alone say otherwise. */
async function takeToldEdit(context: Context, tx: Tx, by: string, action: Action): Promise<void> {
  const line = await findLine(tx, action.conversation, action.target);
  if (line === undefined || (line.teller !== by && action.author !== by)) return;
  const size = (action.content?.length ?? 0) + MESSAGE_ROW_BYTES;
  if (await context.budgets.take(tx, "bytes", by, size)) await takeAction(context, tx, action);
}
