/** What a device keeps that the recovery words made, until it is in a conversation of own devices. */
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";

const RESTORED = "restored-device";

/** Secret is nothing of it. */
export interface Restored {
  /** When, in seconds. */
  readonly at: number;
  /** The statement by the keys of the next generation, in hexadecimal. */
  readonly statement: string;
  /** The devices of the backup, and their keys, in hexadecimal: those whose answer counts. */
  readonly former: readonly { readonly id: string; readonly key: string }[];
}

export const findRestored = (tx: Tx): Promise<Restored | undefined> => findMeta<Restored>(tx, RESTORED);
export const saveRestored = (tx: Tx, restored: Restored): Promise<void> => saveMeta(tx, RESTORED, restored);
export const forgetRestored = (tx: Tx): Promise<void> => deleteMeta(tx, RESTORED);
export const isRestoredAlone = async (tx: Tx): Promise<boolean> => (await findRestored(tx)) !== undefined;
