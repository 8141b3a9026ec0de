/**
 * A device that has no leaf in a group, as one that was restored, may take the place of another one
 * of its person (docs/protocol.md, section 8.4): of one that is gone, as far as it knows.
 */
import { toHex } from "@pli/protocol/crypto";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { isRestoredAlone, patienceWithOthers } from "../devices/restored-alone.ts";

/**
 * Whether this device consents to take the place of the leaf that a contact names; `since`: it
 * looks.
 */
export async function mayTakePlaceOf(
  tx: Tx,
  { device, leaf }: { readonly device?: Uint8Array; readonly leaf: Uint8Array },
  p: { readonly ownDevices: OwnDevices; readonly clock: Context["clock"]; readonly since: number | undefined },
): Promise<boolean> {
  if (leaf.length === 0) return false;
  if (device === undefined || toHex(device) === (await p.ownDevices.self(tx))) return true;
  if ((await p.ownDevices.others(tx)).length === 0) return true;
  // All others that it knows of were restored after it.
  if ((await isRestoredAlone(tx)) && (await p.ownDevices.isFirst(tx))) return true;
  // Others that run bring this device in by themselves.
  return p.since !== undefined && p.clock.since(p.since) >= (await patienceWithOthers(tx));
}
