import { feedOf, type Entry } from "@pli/protocol/wire";
import type { Listener, Put, PutResult } from "../../storage/storage.ts";

/** Gives `listener` the new cells of one commit, in one call for each feed that has any. */
export const announce = (listener: Listener, puts: readonly Put[], results: readonly PutResult[]): void => {
  const feeds = new Map<number, { first: number; entries: Entry[] }>();
  for (const [i, put] of puts.entries()) {
    const result = results[i];
    if (put.kind !== "cell" || result === undefined || result.outcome === "failed") continue;
    if (result.position === undefined) continue;
    const feed = feedOf(put.label);
    const news = feeds.get(feed) ?? { first: result.position, entries: [] };
    news.entries.push({ label: put.label, cell: put.bytes });
    feeds.set(feed, news);
  }
  for (const [feed, { first, entries }] of feeds) listener(feed, first, entries);
};
