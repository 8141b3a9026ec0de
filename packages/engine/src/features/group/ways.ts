import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";

/** Why and since when this device is on its way into a group. */
export interface Way {
  readonly by: string;
  readonly at: number;
}

const wayKey = (conversation: string): string => `way ${conversation}`;

export const findWay = (tx: Tx, conversation: string): Promise<Way | undefined> => findMeta(tx, wayKey(conversation));

export const saveWay = (tx: Tx, conversation: string, way: Way): Promise<void> =>
  saveMeta(tx, wayKey(conversation), way);

export const forgetWay = (tx: Tx, conversation: string): Promise<void> => deleteMeta(tx, wayKey(conversation));
