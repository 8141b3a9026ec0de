/** A lockdown: only verified contacts are heard, and nobody new comes in. */
import { findTrustLevel } from "../../people/contacts.table.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { isSet } from "../settings/settings.ts";

export const isLockedDown = (tx: Tx): Promise<boolean> => isSet(tx, "lockdown");

/** Rejects with `locked_down`: nobody new, person or device, comes in during a lockdown. */
export async function refuseInLockdown(tx: Tx): Promise<void> {
  if (await isLockedDown(tx)) throw new PliError("locked_down");
}

/** Whether nothing of this author is kept now: no verified contact, in a lockdown. */
export const isShutOut = async (tx: Tx, author: string): Promise<boolean> =>
  (await isLockedDown(tx)) && (await findTrustLevel(tx, author)) !== 3;
