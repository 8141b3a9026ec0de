import type { PutResult } from "../../storage/storage.ts";
import type { Cluster, StoredMessage } from "./cluster.ts";

/** One put is tried for this long. A stream chooses a new leader in 4 to 9 s. */
const PATIENCE_MS = 12_000;
const STUCK_MS = 4000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

type Stored = PutResult & { readonly sequence?: number };

/**
 * Stores `bytes` under `subject` once, whatever happens to nodes and answers meanwhile. It repeats
 * the write, which expects the subject to be empty, until the outcome is certain:
 *
 * - `stored`: the outcome is `created`, at that sequence.
 * - `conflict`: it asks the leader what is there. The same bytes mean `created`: an earlier try, or
 *   an earlier put whose answer was lost, has stored them. Other bytes mean `taken`. If nothing is
 *   there, another write is under way or was given up, and it tries again.
 * - no answer: the write may be stored now, later or never, and it tries again.
 *
 * After 4 s it calls `stuck` at each try: the connected node may be cut off. After 12 s it gives up
 * with `store_busy` if no try can have been stored, and with `internal` if one may have been.
 */
export const putIfAbsent = async (
  cluster: Cluster,
  { stream, subject, bytes }: { readonly stream: string; readonly subject: string; readonly bytes: Uint8Array },
  stuck: () => void,
): Promise<Stored> => {
  const started = performance.now();
  let maybe = false;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    const written = await cluster.write(subject, bytes, 0);
    if (written.kind === "stored") return { outcome: "created", sequence: written.sequence };
    if (written.kind === "full" && !maybe) return { outcome: "failed", code: "store_full" };
    if (written.kind === "conflict") {
      const kept = await lookup(cluster, stream, subject);
      if (kept !== undefined) return { outcome: Buffer.compare(kept.bytes, bytes) === 0 ? "created" : "taken" };
    }
    maybe ||= written.kind === "unknown";
    if (performance.now() - started > STUCK_MS) stuck();
    if (performance.now() - started > PATIENCE_MS)
      return { outcome: "failed", code: maybe ? "internal" : "store_busy" };
    await wait(pause * (0.5 + Math.random()));
  }
};

/** The message that the leader has; undefined also while there is no leader. */
const lookup = async (cluster: Cluster, stream: string, subject: string): Promise<StoredMessage | undefined> => {
  try {
    return await cluster.leaderGet(stream, subject);
  } catch {
    return undefined;
  }
};

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
