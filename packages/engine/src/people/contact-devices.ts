/** How many devices each contact has, as the conversation of the two shows it. */
import type { ContactView } from "../api/views.ts";
import type { Tx } from "../runtime/context.ts";
import { findMeta, saveMeta } from "../runtime/storage/meta.ts";

const keyOf = (contact: string): string => `contact-devices ${contact}`;

export async function saveContactDevices(tx: Tx, contact: string, devices: number): Promise<void> {
  if (((await findMeta<number>(tx, keyOf(contact))) ?? 1) === devices) return;
  await saveMeta(tx, keyOf(contact), devices);
  tx.changed("contacts");
}

/** One, until the conversation shows more. */
export async function withDevices(tx: Tx, view: ContactView): Promise<ContactView> {
  return { ...view, devices: (await findMeta<number>(tx, keyOf(view.id))) ?? view.devices };
}
