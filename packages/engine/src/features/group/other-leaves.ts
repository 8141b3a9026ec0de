/**
 * A device that has no leaf in a group, as one that was restored, may take the place of another one
 * of its person (docs/protocol.md, section 8.4): of one that is gone, as far as it knows.
 */
import type { LeafName } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { isRestoredAlone, patienceWithOthers } from "../devices/restored-alone.ts";

/** The leaf that a contact names, and whose it is, where it is another device's. */
interface Named {
  readonly leaf: Uint8Array;
  readonly device?: Uint8Array;
}

interface Looking {
  readonly ownDevices: OwnDevices;
  readonly clock: Context["clock"];
  /** Since when this device looks for a way in, in ms. */
  readonly since: number | undefined;
}

/** The leaf in this MLS group whose place this device consents to take. */
export async function placeToTake(
  tx: Tx,
  named: Named,
  { group }: Pick<LeafName, "group">,
  looking: Looking,
): Promise<LeafName | undefined> {
  if (named.leaf.length === 0 || !(await mayTake(tx, named, looking))) return undefined;
  return { group, encryptionKey: toHex(named.leaf) };
}

async function mayTake(tx: Tx, { device }: Named, { ownDevices, clock, since }: Looking): Promise<boolean> {
  if (device === undefined || toHex(device) === (await ownDevices.self(tx))) return true;
  if ((await ownDevices.others(tx)).length === 0) return true;
  // All others that it knows of were restored after it.
  if ((await isRestoredAlone(tx)) && (await ownDevices.isFirst(tx))) return true;
  // Others that run bring this device in by themselves.
  return since !== undefined && clock.since(since) >= (await patienceWithOthers(tx));
}
