/**
 * A conversation of two that another own device sets up again, and brings this one into: so long
 * this device lights no beacon for it.
 */
import { findConversation, setConversationState } from "../../epochs/conversations.table.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { patienceWithOthers } from "../devices/restored-alone.ts";
import type { Asking } from "./asking.ts";
import { findOpenBeacon } from "./open-beacon.ts";

/** How long a device leaves it to an older one of the same person, at most. */
export const OWN_PATIENCE_MS = 600_000;
/** A new device is brought in, one conversation after the other: it asks for one after so long. */
export const COMING_PATIENCE_MS = 3_600_000;
/** Until when one of those is awaited, of a conversation. */
const AWAITED = "own-awaited";

export interface OwnAwaiting {
  /** No beacon is lit so long, in ms. */
  hold(tx: Tx, conversation: string, patience: number): Promise<void>;
  /** If no other own device brings this one in, it lights a beacon itself. */
  begin(tx: Tx, conversation: string): Promise<void>;
  /** Of a device that has never been in it: whether the wait that `hold` began is over. */
  isOver(tx: Tx, conversation: string): Promise<boolean>;
  /** Whether one is awaited still, also over a stop; it is looked at again when that is over. */
  isOn(tx: Tx, conversation: string): Promise<boolean>;
}

export function createOwnAwaiting(
  context: Context,
  { asking, contacts }: { asking: Pick<Asking, "open">; contacts: Contacts },
): OwnAwaiting {
  const { clock } = context;

  const hold = (tx: Tx, id: string, patience: number): Promise<void> =>
    saveMeta(tx, `${AWAITED} ${id}`, clock.now() + patience);

  async function begin(tx: Tx, id: string): Promise<void> {
    const patience = await patienceWithOthers(tx);
    await setConversationState(tx, id, "rejoining");
    await hold(tx, id, patience);
    tx.after(() => context.later(patience, (later) => lightIfLost(later, id)));
  }

  async function lightIfLost(tx: Tx, id: string): Promise<void> {
    const contact = await contacts.ofConversation(tx, id);
    const isLost = (await findConversation(tx, id))?.state === "rejoining";
    if (!isLost || contact === undefined || contact.blocked || (await findOpenBeacon(tx, id)) !== undefined) return;
    await asking.open(tx, contact, "lost");
  }

  async function restOf(tx: Tx, id: string, most = OWN_PATIENCE_MS): Promise<number> {
    const rest = ((await findMeta<number>(tx, `${AWAITED} ${id}`)) ?? 0) - clock.now();
    // A clock that was set back since would wait for long.
    return rest <= most ? Math.max(0, rest) : 0;
  }

  const isOver = async (tx: Tx, id: string): Promise<boolean> => (await restOf(tx, id, COMING_PATIENCE_MS)) === 0;

  async function isOn(tx: Tx, id: string): Promise<boolean> {
    const rest = await restOf(tx, id);
    if (rest > 0) tx.after(() => context.later(rest, (later) => lightIfOver(later, id)));
    return rest > 0;
  }

  /** Another wait may have begun since. */
  async function lightIfOver(tx: Tx, id: string): Promise<void> {
    if ((await restOf(tx, id)) === 0) await lightIfLost(tx, id);
  }

  return { hold, begin, isOn, isOver };
}
