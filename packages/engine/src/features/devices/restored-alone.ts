/**
 * What a device keeps that the recovery words made, until it is in a conversation of own devices.
 */
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";

const RESTORED = "restored-device";

/** Nothing of it is secret. */
export interface Restored {
  /** When, in seconds. */
  readonly at: number;
  /** The statement by the keys of the next generation, in hexadecimal. */
  readonly statement: string;
  /** The devices of the backup, and their keys, in hexadecimal: those whose answer counts. */
  readonly former: readonly { readonly id: string; readonly key: string }[];
}

/** How long others are waited for of which nothing is known but that the words made them too. */
const ALONE_PATIENCE_MS = 120_000;
/** How long a device leaves to the others of its person what they can do for it. */
const PATIENCE_MS = 600_000;

export const findRestored = (tx: Tx): Promise<Restored | undefined> => findMeta<Restored>(tx, RESTORED);
export const saveRestored = (tx: Tx, restored: Restored): Promise<void> => saveMeta(tx, RESTORED, restored);
export const forgetRestored = (tx: Tx): Promise<void> => deleteMeta(tx, RESTORED);
export const isRestoredAlone = async (tx: Tx): Promise<boolean> => (await findRestored(tx)) !== undefined;

/** How long this device waits for the others of its person, in ms. */
export const patienceWithOthers = async (tx: Tx): Promise<number> =>
  (await isRestoredAlone(tx)) ? ALONE_PATIENCE_MS : PATIENCE_MS;
