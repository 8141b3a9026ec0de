import type { Label } from "@pli/protocol/wire";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cluster, StoredMessage } from "../../../src/engines/jetstream/cluster.ts";
import { createFeedTail } from "../../../src/engines/jetstream/feed-tail.ts";
import { labelFromSubject, namesFrom } from "../../../src/engines/jetstream/subjects.ts";
import { randomCell, randomLabel } from "../../lib/client.ts";

const names = namesFrom("pli");

describe("the tail of a feed", () => {
  test("tells every message once and in order, whatever news are lost, late or repeated", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("told", "lost", "twice", "look"), { maxLength: 40 }), async (steps) => {
        const stream: StoredMessage[] = [];
        const told: string[] = [];
        const tail = tailOf(stream, (first, labels) => {
          expect(first).toBe(told.length);
          told.push(...labels);
        });
        for (const step of steps) {
          if (step === "look") await tail.refresh();
          else append(stream);
          const news = stream.at(-1);
          if (news !== undefined && step !== "lost") tail.received(news);
          if (step === "twice" && news !== undefined) tail.received(news);
        }
        await tail.refresh();
        for (let i = 0; i < 1000 && told.length < stream.length; i += 1) await turn();
        expect(told).toEqual(stream.map(({ subject }) => subject));
        expect(tail.range()).toEqual({ oldest: 0, next: stream.length });
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  const append = (stream: StoredMessage[]): void => {
    stream.push({ sequence: stream.length + 1, subject: names.cellSubject(randomLabel()), bytes: randomCell() });
  };
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(resolve);
    });
  /** A tail of a stream that is an array; it reads at most three at once, and one turn later. */
  const tailOf = (stream: readonly StoredMessage[], tell: (first: number, subjects: readonly string[]) => void) => {
    const info = async () => ({ state: { first_seq: 1, last_seq: stream.length } });
    const tail = createFeedTail({
      cluster: { info } as unknown as Cluster,
      stream: "pli-cells-0",
      range: { oldest: 0, next: 0 },
      read: async (from) => {
        await turn();
        const kept = stream.slice(from, from + 3);
        return { first: from, entries: kept.map(entryOf) };
      },
      failed: (error) => {
        throw error;
      },
    });
    tail.listen((first, entries) =>
      tell(
        first,
        entries.map(({ label }) => names.cellSubject(label)),
      ),
    );
    return tail;
  };
  const entryOf = ({ subject, bytes }: StoredMessage) => ({
    label: labelFromSubject(subject) as Label,
    cell: bytes as never,
  });
});
