/**
 * The devices of each contact, as the conversation of the two shows them: how many there are, and
 * whether they are others than those of which the person knows.
 */
import type { ContactView } from "../api/views.ts";
import type { Tx } from "../runtime/context.ts";
import { findMeta, listMeta, saveMeta } from "../runtime/storage/meta.ts";

const SEEN = "contact-devices";
const SAID = "contact-devices-said";
type Devices = readonly string[];

/** What has changed since it was said last. */
export interface DevicesChange {
  readonly contact: string;
  readonly added: number;
  readonly removed: number;
  readonly devices: number;
}

/**
 * The devices of this contact, of this moment; `before`: those that there were, as long as nothing
 * is known. Whether they have changed.
 */
export async function saveContactDevices(tx: Tx, contact: string, devices: Devices, before: Devices): Promise<boolean> {
  const now = devices.toSorted();
  const known = await findMeta<Devices>(tx, `${SEEN} ${contact}`);
  if (known !== undefined && known.join() === now.join()) return false;
  if (known === undefined) await saveMeta(tx, `${SAID} ${contact}`, before.toSorted());
  await saveMeta(tx, `${SEEN} ${contact}`, now);
  tx.changed("contacts");
  return true;
}

/** The contacts whose devices are others than was said. It is said from now on. */
export async function takeDevicesChanges(tx: Tx): Promise<readonly DevicesChange[]> {
  const changes: DevicesChange[] = [];
  for (const [contact, now] of await listMeta<Devices>(tx, SEEN)) {
    const said = (await findMeta<Devices>(tx, `${SAID} ${contact}`)) ?? now;
    const added = now.filter((device) => !said.includes(device)).length;
    const removed = said.filter((device) => !now.includes(device)).length;
    if (added + removed === 0) continue;
    await saveMeta(tx, `${SAID} ${contact}`, now);
    changes.push({ contact, added, removed, devices: now.length });
  }
  return changes;
}

/** One, until the conversation shows more. */
export async function withDevices(tx: Tx, view: ContactView): Promise<ContactView> {
  const devices = await findMeta<Devices>(tx, `${SEEN} ${view.id}`);
  return { ...view, devices: devices?.length ?? view.devices };
}
