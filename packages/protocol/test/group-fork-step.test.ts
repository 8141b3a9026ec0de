import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forAllOf, forkCodec, forkTimers, ledBehind, stepFork } from "@pli/protocol/group";
import type { ForkEffect, ForkEvent, ForkState, ForkView, Marks } from "@pli/protocol/group";
import { MAX_DONE_CHARS, withEarlier, withMark } from "../src/group/fork/state.ts";
import { T0 } from "./group-rejoin-device.ts";
import { clock, expectCodec, expectStory, run, type Stepped, type Told } from "./reducers.ts";
import { load } from "./vector-files.ts";

const marks = (first: number, ...list: string[]): Marks => list.map((mark, i) => [first + i, mark] as const);
const IDS = ["a", "b", "c", "d"];
const who = fc.constantFrom(...IDS);
const some = fc.subarray(IDS);
const chance = fc.double({ min: 0, max: 1, noNaN: true });
const view: fc.Arbitrary<ForkView> = fc.record({
  now: clock,
  self: fc.constant("me"),
  works: fc.boolean(),
  members: some.map((others) => ["me", ...others]),
  leaders: some,
  contacts: some,
  leavers: some,
  random: chance,
  delay: fc.constant([30_000, 120_000] as const),
});
const epoch = fc.nat(6);
const mark = fc.constantFrom("aa", "bb");
const group = fc.constantFrom("a1", "a1", "a1", "a2");
const list: fc.Arbitrary<Marks> = fc
  .uniqueArray(fc.tuple(epoch, mark), { selector: ([at]) => at })
  .map((all) => all.toSorted(([a], [b]) => a - b));
const said = fc.oneof(fc.record({ group, marks: list }), fc.record({ group, marks: list, since: epoch }));
const since = fc.record({ after: fc.nat(50), own: fc.nat(50) });
const is = <T extends ForkEvent["type"]>(name: T) => fc.constant(name);
const change = fc.record({
  kind: fc.constantFrom("add", "remove", "keys", "leave"),
  operation: fc.constantFrom("one", "two"),
});
const started = { group, epoch, mark, since, view };
const commit = { tell: some, comers: some, leaves: fc.nat(2000), chance };
const event: fc.Arbitrary<ForkEvent> = fc.oneof(
  fc.record({ type: is("epochStarted"), ...started, ...commit }),
  fc.record({ type: is("epochStarted"), ...started, ...commit, by: who, behind: fc.constant("b1") }),
  fc.record({ type: is("joined"), ...started, by: who, comers: some, former: some }),
  fc.record({ type: is("joined"), ...started, by: who, comers: some, former: some, told: said }),
  fc.record({ type: is("broughtIn"), epoch, back: some, added: some, view }),
  fc.record({ type: is("changed"), epoch, changes: fc.array(change, { maxLength: 3 }), view }),
  fc.record({ type: is("reached"), who, view }),
  fc.record({ type: is("peerState"), who, said, leadsBack: fc.boolean(), view }),
  fc.record({ type: is("lookingFor"), who, newest: epoch, view }),
  fc.record({ type: is("memberReturned"), who, said, view }),
  fc.record({ type: is("mayOwe"), rest: fc.nat(1000), view }),
  fc.record({ type: is("mayRepay"), rest: fc.constantFrom(0, 1000), view }),
  fc.record({ type: is("shownAgain"), epoch, view }),
  fc.record({ type: is("passedOver"), epoch, view }),
  fc.record({ type: is("cameBack"), view }),
  fc.record({ type: is("cameBack"), comers: some, told: said, view }),
  fc.record({ type: is("stays"), view }),
  fc.record({ type: is("stays"), passed: fc.record({ who, beside: some }), view }),
  fc.record({ type: is("timer"), view }),
);
const events = fc.array(event, { maxLength: 50 });

type Step = Stepped<ForkState, ForkEvent, ForkEffect>;
const always = (holds: (step: Step) => void): void =>
  fc.assert(fc.property(events, (all) => run(stepFork, all).forEach(holds)));
const types = (effects: readonly ForkEffect[]): string[] => effects.map(({ type }) => type);

describe("what is known of a history", () => {
  test("an epoch that begins again replaces what was known of it and of later ones; 64 are kept", () => {
    const mark = "ab".repeat(16);
    expect(withMark(marks(3, "aa", "bb", "cc"), 4, mark)).toEqual([
      [3, "aa"],
      [4, mark],
    ]);
    let kept: Marks = [];
    for (let epoch = 0; epoch < 100; epoch++) kept = withMark(kept, epoch, mark);
    expect([kept.length, kept[0]?.[0]]).toEqual([64, 36]);
  });

  test("earlier epochs are learnt from somebody of the same history", () => {
    expect(withEarlier(marks(3, "cc"), marks(1, "aa", "bb", "cc"))).toEqual(marks(1, "aa", "bb", "cc"));
    expect(withEarlier(marks(3, "cc"), marks(1, "aa", "bb", "xx"))).toEqual(marks(3, "cc"));
    // Behind the newest that both know, it may be another history.
    const ours: Marks = [...marks(1, "aa"), ...marks(3, "cc")];
    expect(withEarlier(ours, marks(1, "aa", "bb"))).toEqual(ours);
    const gap: Marks = [...marks(1, "aa"), ...marks(4, "dd")];
    expect(withEarlier(gap, marks(1, "xx", "bb", "cc", "dd", "ee"))).toEqual(marks(1, "aa", "bb", "cc", "dd"));
  });
});

describe("what a device knows of the history of its group, whatever happens in whatever order", () => {
  test("is saved within its bound and comes back the same", () => {
    const states = (all: readonly ForkEvent[]): ForkState[] => run(stepFork, all).flatMap(({ state }) => state ?? []);
    fc.assert(fc.property(events, (all) => states(all).forEach((state) => expectCodec(forkCodec, state))));
  });
  test("begins with an epoch, and is of one MLS group", () => {
    always(({ before, event: happened, state, effects }) => {
      const starts = happened.type === "epochStarted" || happened.type === "joined";
      expect(starts || before !== undefined || (state === undefined && effects.length === 0)).toBe(true);
      expect(!starts || state?.group === happened.group).toBe(true);
      expect(starts || state?.group === before?.group).toBe(true);
    });
  });
  test("epochs rise, and none is there twice", () => {
    always(({ state }) => {
      const epochs = (state?.marks ?? []).map(([at]) => at);
      expect(epochs).toEqual([...new Set(epochs)].toSorted((a, b) => a - b));
    });
  });
  test("the same event twice changes nothing more", () => {
    const again: ReadonlySet<string> = new Set(
      ["epochStarted", "joined", "broughtIn", "reached", "peerState", "memberReturned"].concat([
        "mayOwe",
        "shownAgain",
        "passedOver",
        "cameBack",
      ]),
    );
    always(({ event: happened, state }) => {
      expect(again.has(happened.type) ? stepFork(state, happened).state : state).toEqual(state);
    });
  });
  test("a fork is counted once", () => {
    always(({ before, state, effects }) => {
      const counted = (state?.forks.length ?? 0) - (before?.group === state?.group ? (before?.forks.length ?? 0) : 0);
      expect(types(effects).filter((type) => type === "countFork")).toHaveLength(counted);
    });
  });
  test("a contact who tells is answered once in an epoch", () => {
    always(({ before, event: happened, effects }) => {
      const told = happened.type === "peerState" ? effects.filter(({ type }) => type === "tell") : [];
      const isAnswered = happened.type === "peerState" && before?.answered.includes(happened.who) === true;
      expect(told.length).toBeLessThanOrEqual(isAnswered ? 0 : 1);
    });
  });
  test("a history is left only for another that somebody told of, and it waits until the device is there", () => {
    always(({ before, event: happened, state, effects }) => {
      const leaves = effects.some((effect) => effect.type === "rejoin" && effect.cause === "fork");
      const leadsBack = happened.type === "peerState" && happened.leadsBack && before?.group !== happened.said.group;
      expect(!leaves || leadsBack || (state?.yields !== undefined && state.voices.length > 0)).toBe(true);
      const gone = before?.yields !== undefined && state?.yields === undefined && before.group === state?.group;
      expect(!gone || happened.type === "cameBack" || happened.type === "stays").toBe(true);
    });
  });
  test("what was changed in a history that gave way is done again, but for what others passed over", () => {
    always(({ before, event: happened, effects }) => {
      const repeats = effects.filter(({ type }) => type === "enqueue");
      const passed = before?.passedOver.includes(before.rival?.epoch ?? before.yields ?? -1) === true;
      expect(repeats.length === 0 || (happened.type === "cameBack" && !passed)).toBe(true);
    });
  });
  test("a device that does not work tells nobody of its own accord", () => {
    always(({ event: happened, effects }) => {
      const isQuiet = (happened.type === "timer" || happened.type === "shownAgain") && !happened.view.works;
      expect(isQuiet && types(effects).includes("tell")).toBe(false);
    });
  });
  test("each wait is over by then, or shorter", () => {
    always(({ event: happened, state }) => {
      const now = happened.view.now + 1_000_000;
      const later = stepFork(state, { type: "timer", view: { ...happened.view, now } }).state;
      expect(later === undefined ? [] : forkTimers(later).filter(({ name }) => name.startsWith("tell"))).toEqual([]);
    });
  });
});

test("one member's word about another history leads nobody away who was there, whatever else they tell", () => {
  const lone = (happened: ForkEvent): ForkEvent => {
    const members = ["me", "a", "b", "c"];
    const alone = { ...happened.view, members, leaders: [], contacts: ["a", "b", "c"] };
    if (happened.type !== "peerState") return { ...happened, view: alone };
    return { ...happened, who: "b", leadsBack: false, said: { ...happened.said, since: 0 }, view: alone };
  };
  const honest = events.map((all) => all.filter(({ type }) => type !== "joined").map(lone));
  const leaves = (all: readonly ForkEvent[]): boolean =>
    run(stepFork, all).some(({ effects }) => effects.some((one) => one.type === "rejoin" && one.cause === "fork"));
  fc.assert(fc.property(honest, (all) => !leaves(all)));
});

test("own changes are remembered up to a bound, the newest", () => {
  const at: ForkView = {
    now: T0,
    self: "me",
    works: true,
    members: [],
    leaders: [],
    contacts: [],
    leavers: [],
    random: 0,
    delay: [0, 0],
  };
  const begun = stepFork(undefined, {
    type: "epochStarted",
    group: "a1",
    epoch: 1,
    mark: "aa",
    since: { after: 0, own: 0 },
    tell: [],
    comers: [],
    leaves: 2,
    chance: 0,
    view: at,
  }).state;
  const changed = Array.from({ length: 5 }, (_, i): ForkEvent => {
    const operation = String(i).repeat(MAX_DONE_CHARS / 4);
    return { type: "changed", epoch: 1, changes: [{ kind: "add", operation }], view: at };
  });
  let state = begun;
  for (const one of changed) state = stepFork(state, one).state;
  expect(state?.done.map(({ operation }) => operation[0])).toEqual(["1", "2", "3", "4"]);
});

test("nobody who came later has a right to what was written before", () => {
  const came = [
    { profile: "a", epoch: 3, after: 5, own: 4 },
    { profile: "b", epoch: 4, after: 9, own: 8 },
  ];
  expect([forAllOf({ came }, ["a", "c"]), forAllOf({ came }, ["a", "b"]), forAllOf({ came }, [])]).toEqual([
    { own: 4 },
    { own: 8 },
    { own: 0 },
  ]);
});

test("nobody has a right to what was said only in epochs before the one they came with", () => {
  const came = [
    { profile: "a", epoch: 3, after: 5, own: 4, epochId: 7 },
    { profile: "b", epoch: 4, after: 9, own: 2, epochId: 9 },
    { profile: "gone", epoch: 5, after: 20, own: 20, epochId: 11 },
  ];
  expect(forAllOf({ came }, ["a", "b", "c"])).toEqual({ own: 4, epochId: 9 });
});

describe("whose history a device may have been led into", () => {
  const at: ForkView = {
    now: 0,
    self: "me",
    works: true,
    members: ["me", "dan"],
    leaders: [],
    contacts: [],
    leavers: [],
    random: 0,
    delay: [0, 0],
  };
  const place = { group: "a1", mark: "aa", since: { after: 0, own: 0 }, view: at };
  const begins = (epochNumber: number): ForkEvent => ({
    type: "epochStarted",
    ...place,
    epoch: epochNumber,
    tell: [],
    comers: [],
    leaves: 2,
    chance: 0,
  });
  const joinsBy = (by: string): ForkEvent => ({ type: "joined", ...place, by, epoch: 5, comers: [], former: [] });
  const joins = joinsBy("dan");
  const passesOver: ForkEvent = { type: "stays", passed: { who: "dan", beside: [] }, view: at };
  const ledBy = (...all: ForkEvent[]): string | undefined => {
    let state: ForkState | undefined;
    for (const one of all) state = stepFork(state, one).state;
    return state && ledBehind(state);
  };

  test("is that of who made a commit which it passed over, and came behind by a welcome", () => {
    expect(ledBy(begins(3), passesOver, joins)).toBe("dan");
  });
  test("is theirs too where it has followed another commit in its place, and they sent the welcome", () => {
    expect(ledBy(begins(3), passesOver, begins(4), joins)).toBe("dan");
  });
  test("is nobody's where it has followed another commit in its place, or none was passed over", () => {
    expect(ledBy(begins(3), passesOver, begins(4), joinsBy("eve"))).toBeUndefined();
    expect(ledBy(begins(3), passesOver)).toBeUndefined();
    expect(ledBy(begins(3), joins)).toBeUndefined();
  });
});

describe("vectors of forks", () => {
  const { valid, invalid } = load<{ steps: Told<ForkState, ForkEvent, ForkEffect>[] }>("group/fork");
  test.each(valid)("$name", ({ steps }) => expectStory(steps, stepFork, forkCodec, forkTimers));
  test.each(invalid)("$name: refused", ({ bytes, error }) => {
    expect(forkCodec.parse(bytes)).toEqual({ ok: false, error });
  });
  test("show each effect", () => {
    const shown = valid.flatMap(({ steps }) => steps.flatMap(({ effects }) => types(effects)));
    expect([...new Set(shown)].toSorted()).toEqual([
      "countFork",
      "enqueue",
      "lookFor",
      "note",
      "owe",
      "refuse",
      "rejoin",
      "repay",
      "resend",
      "tell",
    ]);
  });
});
