import type { BlockAnswers } from "../core/block-answers.ts";
import type { Feeds } from "../core/feeds.ts";
import type { GroupCommit } from "../core/group-commit.ts";
import type { Metrics } from "../base/metrics.ts";
import type { Readiness } from "./readiness.ts";
import type { Storage } from "../storage/storage.ts";
import type { Upkeep } from "../core/upkeep.ts";

/** Adds the values that are read for each request of the metrics (docs/operations.md). */
export const addGauges = (
  metrics: Metrics,
  deps: {
    readonly storage: Storage;
    readonly feeds: Feeds;
    readonly feedCount: number;
    readonly commits: GroupCommit;
    readonly blocks: BlockAnswers;
    readonly readiness: Readiness;
    readonly upkeep: Upkeep;
    readonly minFreeBytes: number;
    readonly connections: () => number;
    readonly backlogBytes: () => number;
  },
): void => {
  const { storage, feeds, feedCount, commits, blocks, readiness, upkeep, minFreeBytes, connections, backlogBytes } =
    deps;
  const { gauge } = metrics;
  const sum = (of: (feed: number) => number): number =>
    Array.from({ length: feedCount }, (_, feed) => of(feed)).reduce((a, b) => a + b, 0);
  const accepted = (feed: number): number => storage.range(feed).next;
  const expired = (feed: number): number => storage.range(feed).oldest;
  const behind = (): number => [...feeds.followers()].filter((follower) => follower.behind() > 0).length;

  gauge("pli_ready", "1 when a probe was written and read back.", async () => Number(await readiness.ready()));
  gauge("pli_free_bytes", "Bytes free for new data.", () => storage.freeBytes());
  gauge("pli_min_free_bytes", "Puts are refused below this many free bytes.", () => minFreeBytes);
  gauge("pli_clock_doubtful", "1 while the clock disagrees with the data.", () =>
    Number(upkeep.clockState() !== "sure"),
  );
  gauge("pli_connections", "Open connections.", connections);
  gauge("pli_puts_waiting", "Puts waiting for a commit.", () => commits.waiting());
  gauge("pli_block_answers", "Blocks requested that the client has not taken yet.", () => blocks.held());
  gauge("pli_backlog_bytes", "Bytes sent and not yet taken by the system.", backlogBytes);
  gauge("pli_cells_accepted", "Cells accepted since the data was made.", () => sum(accepted));
  gauge("pli_cells_kept", "Cells not yet expired.", () => sum(accepted) - sum(expired));
  gauge("pli_followers_behind", "Followers of a feed that have not been sent all of it.", behind);
  gauge("process_resident_memory_bytes", "Memory of the process.", () => process.memoryUsage.rss());
};
