import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import type { Label } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import { createGate } from "../src/jetstream/gate.ts";
import { createFeedTail } from "../src/jetstream/feed-tail.ts";
import type { Cluster, Kept } from "../src/jetstream/cluster.ts";
import { findTold } from "../src/jetstream/reading.ts";
import {
  encodeDays,
  encodeStoreRecord,
  parseDays,
  parseStoreRecord,
  type DayRecord,
} from "../src/jetstream/records.ts";
import { checkPrefix, parseAddress } from "../src/jetstream/settings.ts";
import { labelFromSubject, namesFrom } from "../src/jetstream/subjects.ts";
import { randomCell, randomLabel } from "./client.ts";
import { createFakeClock } from "./fakes.ts";

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
    expect(await findTold(clusterAt(5), stream, subject, 5)).toBeUndefined();
    expect(await findTold(clusterAt(5, cell), stream, subject, 5)).toEqual(cell);
    await expect(findTold(clusterAt(4), stream, subject, 5)).rejects.toMatchObject({ code: "store_busy" });
  });
});

describe("a subject", () => {
  test("stands for one label, and a label for one subject", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const label = bytes as Label;
        expect(labelFromSubject(names.cellSubject(label))).toEqual(label);
        expect(labelFromSubject(names.blockSubject(label))).toEqual(label);
        expect(names.cellSubject(label)).toMatch(/^pli\.cells\.\d+\.[A-Za-z0-9_-]{40}$/);
      }),
    );
  });

  test("of anything else stands for none", () => {
    const subject = names.cellSubject(randomLabel(7));
    for (const wrong of [
      "",
      "pli",
      subject.slice(0, -1),
      `${subject}A`,
      `${subject}.x`,
      subject.replace(".7.", ".07."),
      subject.replace(".7.", ".70000."),
      subject.replace("cells", "news"),
    ]) {
      expect(labelFromSubject(wrong)).toBeUndefined();
    }
    fc.assert(fc.property(fc.string(), (text) => labelFromSubject(text) === undefined));
  });
});

describe("the store's record", () => {
  const record = encodeStoreRecord({ storeId: new Uint8Array(16).fill(7) });

  test("is read as it was written", () => {
    expect(parseStoreRecord(record)).toEqual({ ok: true, value: { storeId: new Uint8Array(16).fill(7) } });
  });

  test("cut short, longer or of a later version is refused", () => {
    for (let end = 0; end < record.length; end += 1) {
      expect(parseStoreRecord(record.subarray(0, end))).toEqual({ ok: false, error: "data_damaged" });
    }
    expect(parseStoreRecord(Uint8Array.from([...record, 0])).ok).toBe(false);
    expect(parseStoreRecord(record.with(0, 2))).toEqual({ ok: false, error: "data_newer" });
  });
});

describe("the record of days", () => {
  const days: readonly DayRecord[] = [
    { day: 20_000, starts: {} },
    { day: 20_001, starts: { "pli-cells-0": 5, "pli-blocks-0": 1 } },
    { day: 20_004, starts: { "pli-cells-0": 5, "pli-blocks-0": 9, "pli-cells-1": 2 } },
  ];

  test("is read as it was written", () => {
    expect(parseDays(encodeDays(days))).toEqual({ ok: true, value: days });
    expect(parseDays(encodeDays([]))).toEqual({ ok: true, value: [] });
  });

  test("cut short anywhere is refused", () => {
    const bytes = encodeDays(days);
    for (let end = 0; end < bytes.length; end += 1) expect(parseDays(bytes.subarray(0, end)).ok).toBe(false);
  });

  test.each([
    ["days out of order", [days[1], days[0]]],
    ["a day twice", [days[0], days[0]]],
    ["a start that falls", [days[1], { day: 20_002, starts: { "pli-cells-0": 4, "pli-blocks-0": 1 } }]],
    ["a start that is gone", [days[1], { day: 20_002, starts: {} }]],
    ["a part of a day", [{ day: 1.5, starts: {} }]],
    ["a negative start", [{ day: 1, starts: { a: -1 } }]],
    ["a field we do not know", [{ day: 1, starts: {}, more: 1 }]],
    ["no list", { day: 1, starts: {} }],
  ])("with %s is refused", (_, wrong) => {
    expect(parseDays(Buffer.from(JSON.stringify(wrong)))).toEqual({ ok: false, error: "data_damaged" });
  });

  test("of any bytes is refused or read, and never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof parseDays(bytes).ok === "boolean"));
    fc.assert(fc.property(fc.json(), (text) => typeof parseDays(Buffer.from(text)).ok === "boolean"));
  });
});

describe("the settings of a cluster", () => {
  test("name its nodes", () => {
    expect(parseAddress("nats://a:4222,b.example:4223")).toEqual({ servers: ["a:4222", "b.example:4223"], tls: false });
    expect(parseAddress("tls://[::1]:4222,10.0.0.1")).toEqual({ servers: ["[::1]:4222", "10.0.0.1"], tls: true });
  });

  test.each(["", "nats://", "http://a", "nats://me:secret@a:4222", "nats://a:4222/x", "tls://a b", "nats://a,,b"])(
    "refuse %s without repeating it",
    (address) => {
      expect(() => parseAddress(address)).toThrow(expect.objectContaining({ code: "data_unusable" }));
      expect(() => parseAddress(address)).not.toThrow(/secret/);
    },
  );

  test("give names that NATS can hold", () => {
    expect(checkPrefix("pli-2_A")).toBe("pli-2_A");
    for (const wrong of ["", "a.b", "a b", "a>", "a*", "é", "x".repeat(33)]) expect(() => checkPrefix(wrong)).toThrow();
  });
});

describe("a gate", () => {
  test("lets all in while all goes well, one at a time and ever more rarely while nothing does, and all again after one success", () => {
    const clock = createFakeClock();
    const gate = createGate(() => clock.steady());
    expect([gate.enter(), gate.enter(), gate.enter()]).toEqual([true, true, true]);
    gate.failed();
    gate.failed();
    expect(gate.enter()).toBe(false);
    for (const pause of [500, 1000, 2000, 4000, 4000]) {
      clock.pass(pause - 1);
      expect(gate.enter()).toBe(false);
      clock.pass(1);
      expect([gate.enter(), gate.enter()]).toEqual([true, false]);
      gate.failed();
    }
    clock.pass(4000);
    expect(gate.enter()).toBe(true);
    gate.passed();
    expect([gate.enter(), gate.enter()]).toEqual([true, true]);
  });
});

describe("the tail of a feed", () => {
  test("tells every message once and in order, whatever news are lost, late or repeated", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom("told", "lost", "twice", "look"), { maxLength: 40 }), async (steps) => {
        const stream: Kept[] = [];
        const told: string[] = [];
        const tail = tailOf(stream, (first, labels) => {
          expect(first).toBe(told.length);
          told.push(...labels);
        });
        for (const step of steps) {
          if (step === "look") await tail.look();
          else append(stream);
          const news = stream.at(-1);
          if (news !== undefined && step !== "lost") tail.heard(news);
          if (step === "twice" && news !== undefined) tail.heard(news);
        }
        await tail.look();
        for (let i = 0; i < 1000 && told.length < stream.length; i += 1) await turn();
        expect(told).toEqual(stream.map(({ subject }) => subject));
        expect(tail.range()).toEqual({ oldest: 0, next: stream.length });
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  const append = (stream: Kept[]): void => {
    stream.push({ sequence: stream.length + 1, subject: names.cellSubject(randomLabel()), bytes: randomCell() });
  };
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(resolve);
    });
  /** A tail of a stream that is an array; it reads at most three at once, and one turn later. */
  const tailOf = (stream: readonly Kept[], tell: (first: number, subjects: readonly string[]) => void) => {
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
  const entryOf = ({ subject, bytes }: Kept) => ({ label: labelFromSubject(subject) as Label, cell: bytes as never });
});
