/** This device's leaf was taken out of a conversation of two, or out of that of the own devices. */
import { findConversation, listConversationIds, setConversationState } from "../../epochs/conversations.table.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Rejoining } from "../direct/rejoin.ts";
import type { Linking } from "./linking.ts";

/** So long it may take until this device hears that it was removed, with all read that there is. */
const WORD_MS = 30_000;

export interface LeafRemoved {
  removed(tx: Tx, conversation: string): Promise<void>;
  /** This device may know by now that it was removed: then it looks for no way back. */
  look(tx: Tx): Promise<void>;
}

export function createLeafRemoved(
  context: Context,
  deps: {
    contacts: Contacts;
    linking: Pick<Linking, "isComingBack">;
    ownDevices: OwnDevices;
    rejoining: Pick<Rejoining, "pause" | "resume">;
    stores: { readonly home: string; session(store: string): { isReady(): boolean } };
  },
): LeafRemoved {
  const { contacts, ownDevices, rejoining, stores } = deps;

  const isOut = async (tx: Tx): Promise<boolean> => (await ownDevices.removed(tx)).has(await ownDevices.self(tx));

  async function removed(tx: Tx, id: string): Promise<void> {
    const isSelf = (await findConversation(tx, id))?.kind === "self";
    // Its leaf goes and comes again.
    if (isSelf && (await deps.linking.isComingBack(tx))) return setConversationState(tx, id, "rejoining");
    if (isSelf) await ownDevices.putOut(tx);
    const out = await isOut(tx);
    await setConversationState(tx, id, out ? "left" : "rejoining");
    if (out) await look(tx);
    else if (await ownDevices.isFirst(tx)) comeBackLater(tx, id);
  }

  /**
   * By a thief who is out by now, or by a device that has lost the thread itself. In the feed this
   * may stand before the word that this device was removed.
   */
  function comeBackLater(tx: Tx, id: string): void {
    tx.after(() => context.later(WORD_MS, (later) => comeBack(later, id)));
  }

  async function comeBack(tx: Tx, id: string): Promise<void> {
    const contact = await contacts.ofConversation(tx, id);
    const isLost = (await findConversation(tx, id))?.state === "rejoining";
    if (!isLost || contact === undefined || contact.blocked || (await isOut(tx))) return;
    if (!stores.session(stores.home).isReady()) return comeBackLater(tx, id);
    await rejoining.resume(tx, contact);
  }

  async function look(tx: Tx): Promise<void> {
    if (!(await isOut(tx))) return;
    const waiting = [
      ...(await listConversationIds(tx, "direct", "rejoining")),
      ...(await listConversationIds(tx, "direct", "joining")),
    ];
    for (const id of waiting) {
      const contact = await contacts.ofConversation(tx, id);
      if (contact !== undefined) await rejoining.pause(tx, contact);
      await setConversationState(tx, id, "left");
    }
  }

  return { removed, look };
}
