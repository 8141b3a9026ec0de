import type { Feature } from "../../runtime/feature.ts";
import type { Tx } from "../../runtime/context.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";

const KEY = "recentEmoji";
const MAX_RECENT = 32;

const recentIn = async (tx: Tx): Promise<readonly string[]> => (await findMeta<string[]>(tx, KEY)) ?? [];

/**
 * What this person chooses among emoji. It is kept in the encrypted database: it tells how somebody
 * writes.
 */
export const createEmoji = () =>
  ({
    commands: {
      rememberEmoji: async (tx, { emoji }) => {
        const others = (await recentIn(tx)).filter((one) => one !== emoji);
        await saveMeta(tx, KEY, [emoji, ...others].slice(0, MAX_RECENT));
        tx.changed("emoji");
      },
    },
    queries: { emoji: async (tx) => ({ recent: await recentIn(tx) }) },
  }) satisfies Feature;
