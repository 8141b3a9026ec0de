import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { givesWay, weigh, type ForkFacts, type Marks, type Voice } from "@pli/protocol/group";

const marks = (first: number, ...list: string[]): Marks => list.map((mark, i) => [first + i, mark] as const);

describe("two histories of a group", () => {
  test("are the same when the newest epoch known to both is", () => {
    expect(weigh(marks(1, "aa", "bb"), marks(2, "bb", "cc"))).toEqual({ type: "same" });
    expect(weigh(marks(1, "xx", "bb"), marks(1, "aa", "bb"))).toEqual({ type: "same" });
  });

  test("cannot be compared without an epoch known to both", () => {
    expect(weigh(marks(1, "aa"), marks(2, "bb"))).toEqual({ type: "nothing in common" });
    expect(weigh(marks(1, "aa"), [])).toEqual({ type: "nothing in common" });
    expect(weigh([], marks(1, "aa"))).toEqual({ type: "nothing in common" });
    expect(weigh([], [])).toEqual({ type: "nothing in common" });
  });

  test("part at the first epoch that differs, and exactly one has the lower mark there", () => {
    const [ours, theirs] = [marks(1, "aa", "cc", "11", "99"), marks(1, "aa", "bb", "99", "11", "22")];
    expect(weigh(ours, theirs)).toEqual({ type: "fork", epoch: 2, isLower: false });
    expect(weigh(theirs, ours)).toEqual({ type: "fork", epoch: 2, isLower: true });
  });

  test("part at the first epoch that both know of, when they share none", () => {
    expect(weigh(marks(4, "bb", "cc"), marks(5, "aa", "dd"))).toEqual({ type: "fork", epoch: 5, isLower: false });
  });

  test("part behind the newest epoch they share, whatever is said of those before it", () => {
    expect(weigh(marks(1, "xx", "bb", "cc"), marks(1, "aa", "bb", "dd"))).toEqual({
      type: "fork",
      epoch: 3,
      isLower: true,
    });
  });

  test("part at the first epoch known to both behind a gap", () => {
    const [ours, theirs]: [Marks, Marks] = [
      [
        [1, "aa"],
        [3, "cc"],
        [6, "11"],
      ],
      [
        [1, "aa"],
        [4, "dd"],
        [6, "22"],
        [7, "33"],
      ],
    ];
    expect(weigh(ours, theirs)).toEqual({ type: "fork", epoch: 6, isLower: true });
  });

  const mark = fc.constantFrom("00", "01", "aa", "ff");
  const history: fc.Arbitrary<Marks> = fc
    .uniqueArray(fc.tuple(fc.nat(9), mark), { selector: ([epoch]) => epoch, maxLength: 9 })
    .map((list) => list.toSorted(([a], [b]) => a - b));

  test("are weighed alike from both sides: the same epoch, and one of the two is lower", () => {
    fc.assert(
      fc.property(history, history, (ours, theirs) => {
        const [here, there] = [weigh(ours, theirs), weigh(theirs, ours)];
        expect(there).toEqual(here.type === "fork" ? { ...here, isLower: !here.isLower } : here);
        const [known, other] = [new Map(ours), new Map(theirs)];
        const common = [...known.keys()].filter((epoch) => other.has(epoch));
        expect(here.type === "nothing in common").toBe(common.length === 0);
        const differs = (epoch: number): boolean => known.get(epoch) !== other.get(epoch);
        expect(here.type === "fork").toBe(common.length > 0 && differs(Math.max(...common)));
        expect(here.type !== "fork" || common.filter((epoch) => epoch >= here.epoch).every(differs)).toBe(true);
      }),
    );
  });

  test("are the same for two who have one, whatever piece of it each knows, or have nothing in common", () => {
    const piece = fc.subarray([...Array(12).keys()]);
    fc.assert(
      fc.property(fc.array(mark, { minLength: 12, maxLength: 12 }), piece, piece, (list, here, there) => {
        const known = (epochs: readonly number[]): Marks => epochs.map((epoch) => [epoch, list[epoch] ?? ""] as const);
        expect(weigh(known(here), known(there)).type).not.toBe("fork");
      }),
    );
  });

  test("are told apart from any epoch that both know of behind where they parted, and the same one is lower", () => {
    const piece = fc.subarray([...Array(12).keys()]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 11 }), piece, piece, (parts, here, there) => {
        const known = (epochs: readonly number[], name: string): Marks =>
          epochs.map((epoch) => [epoch, epoch < parts ? `${epoch}` : `${epoch}${name}`] as const);
        const both = here.filter((epoch) => there.includes(epoch));
        const first = both.find((epoch) => epoch >= parts);
        const verdict = weigh(known(here, "a"), known(there, "b"));
        const same = { type: both.length === 0 ? "nothing in common" : "same" };
        expect(verdict).toEqual(first === undefined ? same : { type: "fork", epoch: first, isLower: true });
      }),
    );
  });
});

/** Histories part at this epoch. */
const FORK = 5;
const member = (who: string, since = 1): Voice => ({ who, leads: false, since });
const leader = (who: string, since = 1): Voice => ({ who, leads: true, since });
const facts = (p: Partial<ForkFacts>): ForkFacts => ({
  epoch: FORK,
  isLower: false,
  self: member("self"),
  ours: [],
  theirs: [],
  isOnlyContact: false,
  hasLost: false,
  isPassedOver: false,
  ...p,
});

describe("a history with the higher mark", () => {
  test.each<[string, readonly Voice[], boolean]>([
    ["nobody", [], false],
    ["one member", [member("a")], false],
    ["two devices of one member", [member("a"), member("a", 2)], false],
    ["two members", [member("a"), member("b")], true],
    ["one who leads the group", [leader("a")], true],
    ["one who came in with the last epoch before", [leader("a", FORK - 1)], true],
    ["one who leads it, no matter since when", [leader("a", FORK)], true],
    ["many who came in with the fork or later", [leader("a", FORK), member("b", 7), leader("c", 9)], true],
    ["one who was there, and one who came in with the fork", [member("a"), member("b", FORK)], true],
    ["one member who came in with the fork", [member("a", FORK)], false],
    ["one who was there and leads, and one who was not", [leader("a"), member("b", FORK)], true],
    ["two who founded the group", [member("a", 0), member("b", 0)], true],
  ])("gives way to %s: %s", (_, theirs, expected) => {
    expect(givesWay(facts({ theirs }))).toBe(expected);
  });

  test("gives way whatever those of its own say", () => {
    const ours = [leader("x"), leader("y"), member("z")];
    expect(givesWay(facts({ self: leader("self"), ours, theirs: [leader("a")] }))).toBe(true);
    expect(givesWay(facts({ self: leader("self"), ours, theirs: [member("a")] }))).toBe(false);
  });

  test("with company gives way to no less of the same kind", () => {
    const ours = [member("x")];
    expect(givesWay(facts({ ours, theirs: [leader("a", FORK), member("b", 7)] }))).toBe(false);
    expect(givesWay(facts({ self: member("self", FORK), ours, theirs: [leader("a", FORK)] }))).toBe(true);
    expect(givesWay(facts({ self: member("self", FORK), ours: [member("x", FORK)], theirs: [member("a")] }))).toBe(
      false,
    );
  });

  test("of one who came later, alone, gives way to any witness, and to nobody else's word", () => {
    const self = member("self", FORK);
    for (const isLower of [true, false]) {
      expect(givesWay(facts({ self, isLower, theirs: [member("a")] }))).toBe(true);
      expect(givesWay(facts({ self, isLower, theirs: [member("a", FORK)] }))).toBe(false);
    }
  });

  test("that nobody else is left in gives way to whom it was left for, but not while somebody is", () => {
    const moved = { theirs: [member("a", 0)], hasLost: true };
    for (const isLower of [true, false]) {
      expect(givesWay(facts({ isLower, ...moved }))).toBe(true);
      expect(givesWay(facts({ isLower, ...moved, ours: [member("x")] }))).toBe(false);
    }
  });

  test("gives way to the only contact that this person has there, no matter who it is", () => {
    expect(givesWay(facts({ theirs: [member("a")], isOnlyContact: true }))).toBe(true);
    expect(givesWay(facts({ theirs: [member("a", FORK)], isOnlyContact: true }))).toBe(true);
    expect(givesWay(facts({ theirs: [], isOnlyContact: true }))).toBe(false);
  });
});

describe("a history with the lower mark", () => {
  const lower = (p: Partial<ForkFacts>): boolean => givesWay(facts({ isLower: true, ...p }));

  test.each<[string, Voice, readonly Voice[], boolean]>([
    ["of one member", member("self"), [], true],
    ["of two", member("self"), [member("x")], false],
    ["of one who leads", leader("self"), [], false],
    ["of a member and one who leads", member("self"), [leader("x")], false],
    ["of two devices of one person", member("self"), [member("self")], true],
    ["of one, with those brought in since", member("self"), [leader("x", FORK), member("y", 8)], true],
    ["of those brought in since alone", leader("self", FORK), [leader("x", FORK)], true],
  ])("%s gives way to two members: %s", (_, self, ours, expected) => {
    expect(lower({ self, ours, theirs: [member("a"), member("b")] })).toBe(expected);
    expect(lower({ self, ours, theirs: [leader("a")] })).toBe(expected);
  });

  test("gives way to nobody who is not believed, not to the only contact either", () => {
    for (const theirs of [[], [member("a")], [member("a", FORK)]])
      for (const isOnlyContact of [false, true]) expect(lower({ theirs, isOnlyContact })).toBe(false);
  });

  test("of one who leads and is alone with a commit that was passed over gives way to who is believed", () => {
    const alone = { self: leader("self"), isPassedOver: true };
    expect(lower({ ...alone, theirs: [leader("a")] })).toBe(true);
    expect(lower({ ...alone, ours: [leader("self")], theirs: [member("a"), member("b")] })).toBe(true);
    expect(lower({ ...alone, theirs: [member("a")] })).toBe(false);
    expect(lower({ ...alone, isPassedOver: false, theirs: [leader("a")] })).toBe(false);
  });

  test("of one who leads is not alone when somebody has followed the commit", () => {
    const passedOver = { self: leader("self"), isPassedOver: true, theirs: [leader("a")] };
    expect(lower({ ...passedOver, ours: [member("x")] })).toBe(false);
  });
});

describe("a history that this device came into after the two parted", () => {
  const came = (p: Partial<ForkFacts>): boolean[] =>
    [true, false].map((isLower) => givesWay(facts({ isLower, self: member("self", FORK), helper: "x", ...p })));
  const [helper, other] = [leader("x"), leader("y")];

  test("gives way to who is believed, whatever its mark, if only its helper speaks for it", () => {
    for (const theirs of [[leader("a")], [member("a"), member("b")]]) {
      expect(came({ ours: [helper], theirs })).toEqual([true, true]);
      expect(came({ ours: [helper, member("z"), leader("w", 8)], theirs })).toEqual([true, true]);
      expect(came({ self: leader("self", FORK), ours: [helper], theirs })).toEqual([true, true]);
    }
  });

  test("is weighed like any other if somebody else is believed in it, or nobody is in the other", () => {
    expect(came({ ours: [helper, other], theirs: [leader("a")] })).toEqual([false, true]);
    expect(came({ ours: [helper, member("z"), member("w")], theirs: [leader("a")] })).toEqual([false, true]);
    for (const theirs of [[], [member("a")], [member("a", FORK), leader("b", 8)]])
      expect(came({ ours: [helper], theirs })).toEqual([false, false]);
  });

  test("is weighed like any other by who was there before", () => {
    expect(came({ self: member("self"), ours: [helper], theirs: [leader("a")] })).toEqual([false, true]);
  });
});

describe("whatever the sides are", () => {
  /**
   * Everybody of a side, one device each. The ids of the two sides differ: nobody is in both
   * histories.
   */
  const side = (name: string, minLength = 1): fc.Arbitrary<Voice[]> =>
    fc
      .array(fc.record({ leads: fc.boolean(), since: fc.nat(2 * FORK) }), { minLength, maxLength: 4 })
      .map((list) => list.map((one, i) => ({ ...one, who: `${name}${i}` })));
  const isCompany = (voices: readonly Voice[]): boolean => voices.length > 1 || voices.some(({ leads }) => leads);
  const witnesses = (voices: readonly Voice[]): Voice[] => voices.filter(({ since }) => since < FORK);
  const weight = (voices: readonly Voice[]): number =>
    isCompany(witnesses(voices)) ? 3 : isCompany(voices) ? 2 : witnesses(voices).length;
  /**
   * What each device of a side decides that knows all voices of both; whose commit nobody could
   * open is not heard.
   */
  const verdicts = (
    own: readonly Voice[],
    theirs: readonly Voice[],
    isLower: boolean,
    unheard?: string,
  ): Set<boolean> =>
    new Set(
      own.map((self) => {
        const ours = own.filter((other) => other !== self);
        const heard = theirs.filter(({ who }) => who !== unheard);
        return givesWay(facts({ isLower, self, ours, theirs: heard }));
      }),
    );

  test("all of a side decide alike, and exactly one side gives way unless both are one member's word", () => {
    fc.assert(
      fc.property(side("l"), side("h"), (low, high) => {
        const [lower, higher] = [verdicts(low, high, true), verdicts(high, low, false)];
        expect([lower.size, higher.size]).toEqual([1, 1]);
        const [ofLow, ofHigh] = [weight(low), weight(high)];
        expect(lower.has(true) && higher.has(true)).toBe(false);
        const isEqual = ofLow < 2 && ofLow === ofHigh;
        expect(lower.has(true) || higher.has(true)).toBe(!isEqual);
        expect(higher.has(true)).toBe(!isEqual && ofLow >= ofHigh);
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  test("so it is when the lower side is one author alone, whose commit nobody could open and who is not heard", () => {
    fc.assert(
      fc.property(fc.boolean(), side("h"), (leads, high) => {
        const author: Voice = { who: "l0", leads, since: 1 };
        const isPassedOver = true;
        const lower = givesWay(facts({ isLower: true, self: author, theirs: high, isPassedOver }));
        const higher = verdicts(high, [author], false, "l0");
        expect([...higher]).toEqual([false]);
        expect(lower).toBe(isCompany(high));
      }),
    );
  });

  test("one member who leads nobody makes nobody give way who was there, no matter how many devices say so", () => {
    const since = fc.nat(FORK - 1);
    fc.assert(
      fc.property(
        since,
        since,
        fc.boolean(),
        fc.boolean(),
        side("o", 0),
        fc.boolean(),
        (from, own, isLower, leads, ours, isPassedOver) => {
          const self = { who: "self", leads, since: own };
          const theirs = [member("mallory", from), member("mallory", from)];
          expect(givesWay(facts({ isLower, self, ours, theirs, isPassedOver }))).toBe(false);
        },
      ),
      { numRuns: propertyRuns(500) },
    );
  });

  test("more voices for the other history never keep a device in its own", () => {
    fc.assert(
      fc.property(fc.boolean(), side("o", 0), side("t", 0), side("u", 0), (isLower, ours, theirs, more) => {
        const before = givesWay(facts({ isLower, ours, theirs }));
        expect(!before || givesWay(facts({ isLower, ours, theirs: [...theirs, ...more] }))).toBe(true);
      }),
    );
  });

  test("more voices for its own never make it give way", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.boolean(),
        side("o", 0),
        side("t", 0),
        side("u", 0),
        (isLower, isPassedOver, ours, theirs, more) => {
          const before = givesWay(facts({ isLower, ours, theirs, isPassedOver }));
          expect(before || !givesWay(facts({ isLower, ours: [...ours, ...more], theirs, isPassedOver }))).toBe(true);
        },
      ),
    );
  });

  test("the order of voices decides nothing", () => {
    fc.assert(
      fc.property(fc.boolean(), side("o", 0), side("t", 0), (isLower, ours, theirs) => {
        const turned = { ours: ours.toReversed(), theirs: theirs.toReversed() };
        expect(givesWay(facts({ isLower, ...turned }))).toBe(givesWay(facts({ isLower, ours, theirs })));
      }),
    );
  });
});
