/**
 * A person has keys of a later generation: what earlier ones signed may be a thief's
 * (docs/protocol.md, section 6.1). Their conversation of two ends where it stands, and the two
 * begin again; what leaves of earlier keys still write is not heard.
 */
import type { Member } from "@pli/protocol/conversation";
import { seatFrom } from "@pli/protocol/group";
import { unsealAll } from "../../epochs/pending-contents.table.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Rejoining } from "./rejoin.ts";

export function followNewKeys(kit: Kit, rejoining: Rejoining): void {
  const { contacts, contents, context, epochs, generations, messages, profiles, sending } = kit;
  const { groups } = context;

  rejoining.begun.on(async (tx, { conversation }) => {
    const { card } = await profiles.get(tx);
    // They may know only a card of keys that these take the place of.
    if (card.generation > 0)
      await sending.enqueue(tx, conversation, "control", { kind: "control", name: "card", body: card.bytes });
  });

  generations.risen.on(async (tx, { profile, generation }) => {
    const contact = await contacts.find(tx, profile);
    if (contact === undefined) return;
    const { conversation } = contact;
    if (!contact.blocked) await messages.note(tx, conversation, { kind: "newKeys" });
    const held = await epochs.current(tx, conversation);
    const isOld = held !== undefined && hasEarlier(groups.members(held.epoch.group), profile, generation);
    if (isOld) await end(tx, conversation);
  });

  /** Nothing more is sealed or opened there, and what is sealed does not leave. */
  async function end(tx: Tx, conversation: string): Promise<void> {
    await unsealAll(tx, conversation);
    await epochs.eraseAll(tx, conversation);
    await rejoining.start(tx, conversation);
  }

  contents.filter({
    isOut: async (tx, { held, leaf, sender }) => {
      const generation = await generations.of(tx, sender);
      if (generation === 0) return false;
      const author = groups.members(held.epoch.group).filter((member) => member.leaf === leaf);
      return hasEarlier(author, sender, generation);
    },
  });
}

/** Whether a leaf of this person is certified by keys of an earlier generation. */
function hasEarlier(members: readonly Member[], profile: string, generation: number): boolean {
  return members.some(({ credential }) => {
    const seat = seatFrom(credential);
    return seat?.profile === profile && seat.generation < generation;
  });
}
