import type { Kit } from "../../kit.ts";
import type { Feature } from "../../runtime/feature.ts";
import { BEACON, isBeaconOnItsWay } from "./beacon-stream.ts";
import { followNewKeys } from "./new-keys.ts";
import { createRejoining, type Rejoining } from "./rejoin.ts";

/** Conversations of two: how they begin again, and the cards the two send each other. */
export interface Direct extends Feature {
  readonly rejoining: Rejoining;
}

export function createDirect(kit: Kit): Direct {
  const { context, contacts, contents, losses, messages, queue, scheduler } = kit;
  const rejoining = createRejoining(context, kit);

  const { resume } = followNewKeys(kit, rejoining);
  queue.serve(BEACON, { created: async (tx) => tx.after(queue.kick), taken: rejoining.taken });
  // Nothing leaves to a blocked contact, or before what founds the conversation.
  scheduler.hold(async (tx, { id, kind }) => {
    if (kind !== "direct") return undefined;
    const contact = await contacts.ofConversation(tx, id);
    if (contact === undefined || contact.blocked) return "contact";
    return (await isBeaconOnItsWay(tx, id)) ? "founding" : undefined;
  });
  losses.cells.on(async (tx, { conversation: { id, kind }, why }) => {
    if (kind === "direct") await rejoining.start(tx, id, why);
  });
  losses.stale.on(async (tx, { id, kind }) => {
    if (kind === "direct") await rejoining.start(tx, id);
  });
  contents.onControl("direct", "card", async (tx, { conversation: { id } }, card) => {
    const contact = await contacts.ofConversation(tx, id);
    const change = contact && (await contacts.renew(tx, contact, card));
    if (change !== undefined && contact?.blocked === false) await messages.noteRenamed(tx, id, contact.id, change);
  });

  return { rejoining, resume, tick: rejoining.tick };
}
