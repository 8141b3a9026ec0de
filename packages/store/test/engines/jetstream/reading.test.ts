import { describe, expect, test } from "vitest";
import type { Cluster } from "../../../src/engines/jetstream/cluster.ts";
import { findAnnounced } from "../../../src/engines/jetstream/reading.ts";
import { namesFrom } from "../../../src/engines/jetstream/subjects.ts";
import { randomCell, randomLabel } from "../../lib/client.ts";

const names = namesFrom("pli");

describe("a cell that no copy at hand has", () => {
  const clusterAt = (last_seq: number, bytes?: Uint8Array): Cluster =>
    ({
      anyGet: async () => undefined,
      info: async () => ({ state: { last_seq } }),
      leaderGet: async () => (bytes === undefined ? undefined : { bytes }),
    }) as unknown as Cluster;

  test("is absent only by the word of a leader that stands where readers have been told to be", async () => {
    const [stream, subject] = [names.cellStream(0), names.cellSubject(randomLabel())];
    const cell = randomCell();
    expect(await findAnnounced(clusterAt(5), stream, subject, 5)).toBeUndefined();
    expect(await findAnnounced(clusterAt(5, cell), stream, subject, 5)).toEqual(cell);
    await expect(findAnnounced(clusterAt(4), stream, subject, 5)).rejects.toMatchObject({ code: "store_busy" });
  });
});
