import { toHex } from "@pli/protocol/crypto";
import { findSelfConversation } from "../../epochs/conversations.table.ts";
import type { Contents, ControlHandler, Said } from "../../epochs/contents.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Sending } from "../messages/sending.ts";

/** What is remembered of what was said again. */
const MAX_REMEMBERED = 256;

/** What the devices of this person tell each other, in their own conversation. */
export interface OwnTalk {
  /** Nothing is said while there is one device only. */
  say(tx: Tx, name: string, body: Uint8Array): Promise<void>;
  /**
   * What another device says of what all have, and may hear twice. What is heard in an epoch that
   * is over is said again when devices have come in since: they cannot read it.
   */
  hear(name: string, handler: ControlHandler): void;
}

export function createOwnTalk(
  { crypto }: Context,
  deps: { contents: Contents; epochRoles: EpochRoles; epochs: Epochs; sending: Sending },
): OwnTalk {
  const { contents, epochRoles, epochs, sending } = deps;
  const again = new Set<string>();

  async function say(tx: Tx, name: string, body: Uint8Array): Promise<void> {
    const self = await findSelfConversation(tx);
    if (self !== undefined) await sending.enqueue(tx, self.id, "control", { kind: "control", name, body });
  }

  async function sayAgain(tx: Tx, { conversation, held }: Said, name: string, body: Uint8Array): Promise<void> {
    const now = held.retired ? await epochs.current(tx, conversation.id) : undefined;
    if (now === undefined || !hasNewDevice(held, now)) return;
    const mark = `${name} ${toHex(crypto.sha256(body))}`;
    // Each device hears what the others say again.
    if (again.has(mark)) return;
    const [oldest] = again;
    if (again.size >= MAX_REMEMBERED && oldest !== undefined) again.delete(oldest);
    again.add(mark);
    await say(tx, name, body);
  }

  function hasNewDevice(before: HeldEpoch, now: HeldEpoch): boolean {
    const known = new Set([...epochRoles.seats(before).values()].map(({ device }) => device));
    return [...epochRoles.seats(now).values()].some(({ device }) => !known.has(device));
  }

  return {
    say,
    hear: (name, handler) =>
      contents.onOwnControl("self", name, async (tx, said, body) => {
        await handler(tx, said, body);
        await sayAgain(tx, said, name, body);
      }),
  };
}
