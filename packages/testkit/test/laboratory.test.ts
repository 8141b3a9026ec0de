import { createHash } from "node:crypto";
import { encodeRequest, type Label } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import {
  ATTACKS,
  createFakeClock,
  type Guess,
  judge,
  judgeAll,
  type LifeOptions,
  MemoryStore,
  recordStore,
  type Seen,
  tryAll,
  type View,
  watchTown,
} from "../src/index.ts";

describe("the recorder", () => {
  test("sees of each line who it is, when it begins and ends, and all that passes on it", async () => {
    const clock = createFakeClock(0);
    const store = new MemoryStore({ clock });
    const recorder = recordStore(store);
    const label = new Uint8Array(32).fill(7, 2) as Label;
    const dial = recorder.as("home").dial(`ws${store.origin.slice(4)}/v1`, "pli.v1", {
      opened: () => undefined,
      received: () => undefined,
      closed: () => undefined,
    });
    await clock.advance(5);
    dial.send(encodeRequest({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 }));
    dial.send(encodeRequest({ type: "get", id: 2, label }));
    dial.send(encodeRequest({ type: "put", id: 3, label, cell: new Uint8Array(4096) as never }));
    dial.send(encodeRequest({ type: "get", id: 4, label }));
    dial.send(encodeRequest({ type: "follow", id: 5, feed: 0, from: 1 }));
    await clock.advance(5);
    recorder.cut("home");
    await clock.advance(0);
    const { events, feed, form } = recorder.view();
    const told = events.filter(({ way }) => way === "out").map(({ type }) => type);
    expect(told).toEqual(["welcome", "absent", "stored", "found", "following"]);
    const asked = events.filter(({ way }) => way === "in");
    expect(asked).toMatchObject([
      { type: "hello", who: "home", connection: 0, at: 5, bytes: 10 },
      { type: "get", present: false },
      { type: "put", present: false, bytes: 4133 },
      { type: "get" },
      { type: "follow", from: 1, feed: 0 },
    ]);
    expect(events.at(0)).toMatchObject({ type: "dial", way: "line", at: 0 });
    expect(events.at(-1)).toMatchObject({ type: "close", way: "line", at: 10 });
    expect([form, feed]).toEqual(["full", [asked[1]?.label]]);
  });
});

/** The names of a town of forty, every two neighbours a pair. */
const NAMES = Array.from({ length: 40 }, (_, i) => `P${i}`);
const friendOf = (i: number): string => `P${i ^ 1}`;
const LINKS = new Set(NAMES.flatMap((name, i) => (i % 2 === 0 ? [[name, friendOf(i)].toSorted().join(" ")] : [])));

describe("the judge", () => {
  const about = { name: "an attack", kind: "asking", reads: "nothing" } as const;
  const judged = (guesses: readonly Guess[]) => judge(about, [{ guesses, names: NAMES, links: LINKS }]);
  const guess = (who: string, other: string, score = 1): Guess => ({ who, other, score });

  test("says of an attack that is right half of the time that it is far above chance, and how far", () => {
    const guesses = NAMES.map((who, i) => guess(who, i % 4 < 2 ? friendOf(i) : `P${(i + 9) % 40}`));
    const finding = judged(guesses);
    expect(finding).toMatchObject({ outcome: "above", guesses: 40, people: 40, recall: 0.5 });
    expect(finding.precision).toMatchObject({ found: 0.5, luck: 0 });
    expect(finding.precision.chance).toBeCloseTo(1 / 39, 1);
  });

  test("says of an attack that knows nothing, or says nothing, that it does", () => {
    expect(judged(NAMES.map((who, i) => guess(who, `P${(i + 7) % 40}`))).outcome).toBe("chance");
    expect(judged([]).outcome).toBe("nothing");
  });

  test("takes for chance what the same guesses are worth when names are drawn by lot", () => {
    const everybody = NAMES.flatMap((who) => NAMES.flatMap((other) => (who === other ? [] : [guess(who, other)])));
    const { precision, outcome } = judged(everybody);
    expect(precision.found).toBeCloseTo(precision.chance, 10);
    expect(outcome).toBe("chance");
  });

  test("counts for each person the surest guess, shared among equals", () => {
    const guesses = [guess("P0", "P1", 2), guess("P0", "P2", 1), guess("P2", "P3"), guess("P2", "P4")];
    expect(judged(guesses).first.found).toBe(0.75);
    expect(judged(guesses).precision.found).toBe(0.5);
  });
});

/**
 * What an operator would see of a few: each as a time in seconds, who, what, and what is known of
 * it.
 */
type Line = readonly [number, string, Seen["type"], Partial<Seen>?];

function viewOf(lines: readonly Line[]): View {
  const connections = new Map<string, number>();
  let next = 0;
  const events = lines.map(([at, who, type, known]): Seen => {
    if (type === "dial" || !connections.has(who)) connections.set(who, next++);
    const way = type === "dial" || type === "close" ? "line" : ["following", "entries"].includes(type) ? "out" : "in";
    return { at: at * 1000, who, connection: connections.get(who) ?? 0, way, type, bytes: 0, ...known };
  });
  const feed = events.flatMap(({ type, label }) => (type === "put" && label !== undefined ? [label] : []));
  return { form: "full", events, feed };
}

const put = (at: number, who: string, label: string): Line => [at, who, "put", { label, present: false }];
const get = (at: number, who: string, label: string, present: boolean): Line => [at, who, "get", { label, present }];

/** Ann writes to Ben; Cleo and Dan are there too. What each attack has to find in what they do. */
const SCENES: Readonly<Record<string, readonly Line[]>> = {
  "cell before the resume position": [
    [0, "Ben", "dial"],
    put(1, "Cleo", "c1"),
    put(2, "Ann", "a1"),
    put(3, "Dan", "d1"),
    put(4, "Dan", "d2"),
    [5, "Ben", "entries", { from: 0, count: 4 }],
    [6, "Ben", "close"],
    [7, "Ben", "dial"],
    [8, "Ben", "follow", { from: 2 }],
  ],
  "cell at the resume position": [
    [0, "Ben", "dial"],
    put(1, "Cleo", "c1"),
    put(2, "Ann", "a1"),
    put(3, "Dan", "d1"),
    [4, "Ben", "entries", { from: 0, count: 3 }],
    [6, "Ben", "dial"],
    [7, "Ben", "follow", { from: 1 }],
  ],
  "cell before the place of a client that starts": [
    [0, "Ben", "dial"],
    ...Array.from({ length: 300 }, (_, i) => put(i, i === 200 ? "Ann" : "Dan", `${i}`)),
    [300, "Ben", "entries", { from: 0, count: 300 }],
    [301, "Ben", "dial"],
    [302, "Ben", "follow", { from: 201 - 128 }],
  ],
  "label asked for before it is put": [get(0, "Ben", "a1", false), get(1, "Dan", "x", false), put(2, "Ann", "a1")],
  "absent label that two asked for": [get(0, "Ben", "x", false), get(5, "Dan", "y", false), get(9, "Ann", "x", false)],
  "writer of what was fetched": [put(0, "Ann", "a1"), put(0, "Dan", "d1"), get(1, "Ben", "a1", true)],
  "cell or block that two fetched": [get(0, "Ben", "x", true), get(5, "Dan", "y", true), get(9, "Ann", "x", true)],
  "label that two put under": [put(0, "Ann", "x"), put(0, "Dan", "y"), [1, "Ben", "put", { label: "x" }]],
  "get within 3 s after a put": [1, 2, 3, 4].flatMap((n) => [
    put(n * 60, "Ann", `a${n}`),
    get(n * 60 + 1, "Ben", `a${n}`, true),
    put(n * 60 + 30, "Dan", `d${n}`),
  ]),
  "put within 12 s after a put": [1, 2, 3, 4].flatMap((n) => [
    put(n * 90, "Ann", `a${n}`),
    put(n * 90 + 7, "Ben", `b${n}`),
    put(n * 90 + 50, "Dan", `d${n}`),
  ]),
};

describe("attacks", () => {
  test.each(Object.entries(SCENES))("%s", (name, lines) => {
    const guesses = ATTACKS.find((attack) => attack.name === name)?.run(viewOf(lines)) ?? [];
    const bensFirst = guesses.filter(({ who }) => who === "Ben").toSorted((a, b) => b.score - a.score)[0];
    expect(bensFirst?.other).toBe("Ann");
    expect(guesses.some(({ who, other }) => [who, other].includes("Cleo"))).toBe(false);
  });

  test("have names of their own", () => {
    expect(new Set(ATTACKS.map(({ name }) => name)).size).toBe(ATTACKS.length);
  });
});

/** A small town: `npm run attack` lets large ones live for days. */
const SMALL: LifeOptions = { seed: 3, people: 6, days: 0.5, form: "full" };

describe("a town of six in half a day", () => {
  test("is the same for the same seed, to the last frame", async () => {
    const hashes = [];
    for (let i = 0; i < 2; i++) {
      const { view } = await watchTown(SMALL);
      hashes.push(createHash("sha256").update(JSON.stringify(view)).digest("hex"));
    }
    expect(hashes[0]).toBe(hashes[1]);
  });

  test("is seen through by who fetches what, in tag form", async () => {
    const findings = judgeAll([tryAll(await watchTown({ ...SMALL, form: "tags" }))]);
    const fetched = findings.find(({ attack }) => attack.name === "writer of what was fetched");
    expect(fetched?.precision.found).toBe(1);
  });

  test("tells nothing by where it takes up the feed, by other follows, or by labels put twice, in full form", async () => {
    const found = tryAll(await watchTown(SMALL));
    const names = ["cell before the resume position", "follow soon after a put", "label that two put under"];
    expect(names.map((name) => found.get(name)?.guesses)).toEqual(names.map(() => []));
  });

  test("asks for no label that the feed shows, in full form", async () => {
    const found = tryAll(await watchTown(SMALL));
    const guesses = LABEL_ATTACKS.map((name) => [name, found.get(name)?.guesses.length]);
    expect(guesses).toEqual(LABEL_ATTACKS.map((name) => [name, 0]));
  });
});

/** What works on gets. */
const LABEL_ATTACKS = [
  "label asked for before it is put",
  "absent label that two asked for",
  "writer of what was fetched",
  "cell or block that two fetched",
  "get within 3 s after a put",
  "as many gets as puts in a burst",
  "first requests of a connection",
];

test("in a town of sixteen, whose groups grow, what clients ask for tells no more than chance in full form", async () => {
  const findings = judgeAll([tryAll(await watchTown({ seed: 2, people: 16, days: 1, form: "full" }))]);
  const above = findings.filter(({ attack, outcome }) => attack.kind === "asking" && outcome === "above");
  expect(above.map(({ attack }) => attack.name)).toEqual([]);
});
