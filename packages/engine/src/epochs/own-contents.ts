/** What another device of this person has written. */
import type { Content } from "@pli/protocol/content";
import type { MessageBody, MessageView } from "../api/views.ts";
import { lifetimeOf } from "../features/disappearing/lifetimes.ts";
import { wasErased } from "../features/messages/erasing.ts";
import { replyToOf, textOf } from "../features/messages/lines.ts";
import type { Messages } from "../features/messages/messages.ts";
import type { Profiles } from "../people/profile.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import type { Conversation } from "./conversations.table.ts";
import type { EpochRoles } from "./epoch-roles.ts";
import type { HeldEpoch } from "./epochs.ts";

/** A text of this person, and its id. */
interface OwnText {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly body: MessageBody;
  readonly said: { readonly conversation: Conversation; readonly sender: string; readonly held: HeldEpoch };
}

export interface OwnContents {
  /** It was not here yet. */
  readonly written: TxEvent<MessageView>;
  isOwn(tx: Tx, author: string): Promise<boolean>;
  /** It has left, from another device: here it is one of this person's own. */
  keep(tx: Tx, own: OwnText & { readonly content: Content }): Promise<undefined>;
}

export function createOwnContents(
  context: Context,
  { epochRoles, messages, profiles }: { epochRoles: EpochRoles; messages: Messages; profiles: Profiles },
): OwnContents {
  const written: OwnContents["written"] = createTxEvent();

  async function keep(
    tx: Tx,
    { id, bytes, body, said, content }: OwnText & { readonly content: Content },
  ): Promise<undefined> {
    const { conversation, sender, held } = said;
    const { sentAt, lifetime } = content;
    const where = conversation.id;
    if (await wasErased(context, tx, sender, bytes)) return undefined;
    if (await messages.isHere(tx, where, id)) {
      await messages.advance(tx, where, [id], "sent");
      return undefined;
    }
    const ends = lifetimeOf(lifetime, epochRoles.rules(held)?.timer ?? 0);
    const told = { epoch: held.id, sentAt, lifetime: ends, replyTo: replyToOf(content) };
    const line = { kind: body.kind, text: textOf(body), content: bytes, ...told };
    const view = await messages.insert(tx, { id, conversation: where, sender, mine: true, ...line, state: "sent" });
    await messages.noteLeft(tx, id);
    if (view !== undefined) await written.emit(tx, view);
    return undefined;
  }

  return { written, isOwn: async (tx, author) => author === (await profiles.self(tx)).id, keep };
}
