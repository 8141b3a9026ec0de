/**
 * A person has keys of a later generation: what earlier ones signed may be a thief's
 * (docs/protocol.md, section 6.1). Their conversation of two waits for the commit that shows the
 * keys; when none comes it ends, and the two begin again. What leaves of earlier keys still write
 * is not heard.
 */
import { unsealAll } from "../../epochs/pending-contents.table.ts";
import type { Kit } from "../../kit.ts";
import type { Contact } from "../../people/contacts.ts";
import { hasEarlier } from "../../people/generations.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Rejoining } from "./rejoin.ts";

/** How long the commit by which a contact shows their keys is waited for. */
const PATIENCE_MS = 30_000;

type Of = Pick<Contact, "id" | "conversation" | "generation">;

export function followNewKeys(kit: Kit, rejoining: Rejoining): { resume(tx: Tx): Promise<void> } {
  const { commits, contacts, contents, context, epochRoles, epochs, generations } = kit;
  const { messages, profiles, scheduler, sending } = kit;
  const { groups } = context;

  // A contact sees the keys in a commit, and members in it what they are by.
  commits.events.settled.on(async (tx, { conversation, before, after, change }) => {
    const contact = await contacts.ofConversation(tx, conversation);
    if (contact === undefined) return;
    if (change !== undefined) return generations.sawAll(tx, groups.members(after.epoch.group));
    const { card, id } = await profiles.get(tx);
    if (hasEarlier(epochRoles.seats(before).values(), id, card.generation))
      await sending.enqueue(tx, conversation, "control", { kind: "control", name: "card", body: card.bytes });
  });

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
    if (await isOld(tx, { conversation, id: profile, generation })) tx.after(() => endLater(conversation));
  });

  /** Whether the contact's leaf there is by keys that later ones have taken the place of. */
  async function isOld(tx: Tx, { conversation, id, generation }: Of): Promise<boolean> {
    const held = generation === 0 ? undefined : await epochs.current(tx, conversation);
    return held !== undefined && hasEarlier(epochRoles.seats(held).values(), id, generation);
  }

  /**
   * Their commit may be on its way. Until then nothing is written there, and no such leaf is heard.
   */
  function endLater(conversation: string): void {
    context.later(PATIENCE_MS, async (tx) => {
      const contact = await contacts.ofConversation(tx, conversation);
      if (contact !== undefined && (await isOld(tx, contact))) await end(tx, conversation);
    });
  }

  async function resume(tx: Tx): Promise<void> {
    for (const contact of await contacts.all(tx))
      if (await isOld(tx, contact)) tx.after(() => endLater(contact.conversation));
  }

  scheduler.hold(async (tx, { id, kind }) => {
    const contact = kind === "direct" ? await contacts.ofConversation(tx, id) : undefined;
    return contact !== undefined && (await isOld(tx, contact)) ? "succession" : undefined;
  });

  /** Nothing more is sealed or opened there, and what is sealed does not leave. */
  async function end(tx: Tx, conversation: string): Promise<void> {
    await unsealAll(tx, conversation);
    await epochs.eraseAll(tx, conversation);
    await rejoining.start(tx, conversation);
  }

  contents.filter({
    isOut: async (tx, { conversation, held, leaf, sender }) => {
      // Own devices that stay have earlier keys until they are given others.
      if (conversation.kind === "self") return false;
      const generation = await generations.of(tx, sender);
      if (generation === 0) return false;
      const author = epochRoles.seats(held).get(leaf);
      return author !== undefined && hasEarlier([author], sender, generation);
    },
  });

  return { resume };
}
