import type { PutResult } from "../../storage/storage.ts";
import type { Cluster, Kept } from "./cluster.ts";

/** How long one put is tried: long enough for a stream to choose a new leader (4 to 9 s). */
const PATIENCE_MS = 12_000;
const STUCK_MS = 4000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

type Stored = PutResult & { readonly sequence?: number };

/**
 * Stores `bytes` under `subject` once, whatever happens to nodes and answers meanwhile. The write
 * that says "nothing there yet" is repeated with the same bytes until one node answers it for sure:
 *
 * - stored: `created`, at that sequence
 * - something is there: the leader is asked what. The same bytes: `created`, since an earlier try,
 *   or an earlier put whose answer was lost, has stored them. Others: `taken`. Not there (yet):
 *   somebody's write is under way, or was given up; try again
 * - no answer: it may be stored now, later or never; try again
 *
 * After 4 s `stuck` is called at each try: the node that we are connected to may be cut off. What
 * cannot be settled in 12 s is `store_busy` if no try can have been stored, `internal` if one may
 * have been.
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

/** What is there, as the leader has it; undefined also while nobody leads. */
const lookup = async (cluster: Cluster, stream: string, subject: string): Promise<Kept | undefined> => {
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
