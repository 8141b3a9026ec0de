import {
  beginRejoin,
  givesWay,
  nextLook,
  relationOf,
  stepRejoin,
  weigh,
  type ForkFacts,
  type Helper,
  type LeafName,
  type Marks,
  type Place,
  type RejoinCause,
  type RejoinEvent,
  type Relation,
  type Voice,
} from "@pli/protocol/group";
import type { VectorFile } from "./json.ts";

/** When the devices of these stories find that they cannot go on, in ms. */
const T0 = 1_790_000_000_000;
const [ada, ben, cleo, mal, zoe] = ["ada", "ben", "cleo", "mal", "zoe"];
const LEAF: LeafName = { group: "a1", encryptionKey: "b1" };

const member = (id: string): Helper => ({ id, member: true, leads: false });
const leader = (id: string): Helper => ({ id, member: true, leads: true });
const stranger = (id: string): Helper => ({ id, member: false, leads: false });

type Said = Partial<RejoinEvent & { readonly type: "answered" }>;

/** A story of one device; times in seconds since it began. */
class Story {
  readonly #begin: Parameters<typeof beginRejoin>[0];
  readonly #helpers: readonly Helper[];
  readonly #more: { readonly others: number; readonly founds: boolean };
  readonly #events: RejoinEvent[] = [];

  constructor(
    cause: RejoinCause,
    helpers: readonly Helper[],
    p: { by?: string; others?: number; founds?: boolean } = {},
  ) {
    const { by, others = helpers.length, founds = false } = p;
    this.#begin = { cause, now: T0, ...(by !== undefined && { by }) };
    [this.#helpers, this.#more] = [helpers, { others, founds }];
  }

  looks(...times: readonly number[]): this {
    for (const at of times)
      this.#events.push({ type: "looked", now: T0 + 1000 * at, helpers: this.#helpers, ...this.#more });
    return this;
  }

  answers(at: number, who: string, said: Said): this {
    this.#events.push({ type: "answered", now: T0 + 1000 * at, who, standing: "goesOn", relation: "ahead", ...said });
    return this;
  }

  hearsOf(at: number, who: string, relation: Relation = "ahead"): this {
    this.#events.push({ type: "heardOf", now: T0 + 1000 * at, who, relation });
    return this;
  }

  refuses(at: number, who: string, leftOut = false): this {
    this.#events.push({ type: "refused", now: T0 + 1000 * at, who, leftOut });
    return this;
  }

  told(name: string): Record<string, unknown> {
    const begun = beginRejoin(this.#begin);
    let state = begun;
    const steps = this.#events.map((event) => {
      const stepped = stepRejoin(state, event);
      state = stepped.state;
      return { event, effects: stepped.effects, state, nextLook: nextLook(state, event.now) };
    });
    return { name, begin: this.#begin, state: begun, steps };
  }
}

/** Devices that cannot go on in a group, section 8.4. */
export async function rejoinVectors(): Promise<VectorFile> {
  const people = [member(ben), leader(ada), member(cleo)];
  const stories: Readonly<Record<string, Story>> = {
    "an unopened commit: an admin continues and brings the device back": new Story(
      "unopened",
      [...people, leader(mal)],
      {
        by: mal,
      },
    )
      .looks(0)
      .answers(1, ben, { standing: "stuck", relation: "same" })
      .answers(2, ada, { leaf: LEAF }),
    "an unopened commit: nobody is ahead, and it is passed over": new Story("unopened", people, { by: mal })
      .looks(0, 5)
      .answers(6, ada, { standing: "stuck", relation: "same" })
      .answers(6, ben, { standing: "stuck", relation: "behind" })
      .looks(10)
      .looks(15),
    "an unopened commit: who could not open it either was brought on, and it is not passed over": new Story(
      "unopened",
      [member(ben), leader(mal)],
      { by: mal },
    )
      .looks(0)
      .answers(1, ben, { standing: "stuck", relation: "same" })
      .hearsOf(4, ben, "same")
      .hearsOf(5, ben)
      .looks(10, 15),
    "an unopened commit: its author is asked last, and strangers after a minute": new Story(
      "unopened",
      [member(ben), leader(mal), stranger(zoe)],
      { by: mal },
    ).looks(0, 5, 40, 45, 55, 60),
    "an unopened commit: its author tells of the group, and is asked no earlier for it": new Story(
      "unopened",
      [member(ben), leader(mal)],
      { by: mal },
    )
      .looks(0)
      .hearsOf(4, mal)
      .hearsOf(45, mal),
    "lost cells: somebody continues where the device stands": new Story("lost", people)
      .looks(0)
      .answers(1, ben, { relation: "same" })
      .looks(5),
    "an old state: helpers take turns, and who is silent is not waited for": new Story("old", people)
      .looks(0)
      .answers(1, ada, { leaf: LEAF })
      .answers(2, ben, { relation: "same", leaf: LEAF })
      .answers(10, ben, { leaf: LEAF })
      .answers(30, ben, { leaf: { ...LEAF, encryptionKey: "b2" } })
      .answers(31, ben, { leaf: LEAF }),
    "an old state of an owner: nobody can bring it back, and the group is founded again": new Story("old", people, {
      founds: true,
      others: 2,
    })
      .looks(0, 5)
      .answers(6, ada, { standing: "stuck", relation: "ahead" })
      .answers(6, ben, { standing: "out", relation: "behind" })
      .looks(85, 90),
    "an old state of an owner: who came in since, and names the same leaf as somebody who is known, comes along":
      new Story("old", [member(ben), stranger(zoe)], { founds: true, others: 1 })
        .looks(0, 60)
        .answers(61, ben, { standing: "stuck", relation: "ahead", leaf: LEAF })
        .answers(61, zoe, { standing: "stuck", relation: "ahead", leaf: LEAF })
        .looks(90),
    "an old state: several say that the device is out, and one of them is in the group": new Story("old", [
      ...people,
      stranger(zoe),
    ])
      .looks(0, 5, 60)
      .refuses(61, zoe)
      .looks(65)
      .refuses(66, cleo)
      .looks(70),
    "an old state: one word and a denial do not end it": new Story("old", people)
      .looks(0, 5)
      .refuses(6, ada)
      .refuses(6, ben)
      .answers(6, cleo, { standing: "stuck", relation: "ahead" })
      .looks(60, 65),
    "an old state: the others are out, and the only one left says that this device is": new Story("old", people)
      .looks(0, 5)
      .answers(6, ben, { standing: "out", relation: "behind" })
      .answers(6, cleo, { standing: "out", relation: "behind" })
      .refuses(7, ada)
      .looks(55, 60),
    "lost cells: somebody who could not go on tells of the group, and is asked again": new Story("lost", people)
      .looks(0, 5)
      .answers(6, ben, { standing: "stuck", relation: "same" })
      .hearsOf(9, ben)
      .hearsOf(12, ben)
      .answers(13, ben, { relation: "ahead", leaf: LEAF }),
    "a removal: somebody else says the same": new Story("removed", people, { by: mal }).looks(0).refuses(1, ben),
    "a removal: silence for 20 s": new Story("removed", people, { by: mal }).looks(0, 5, 15, 20),
    "a removal: nobody else is left": new Story("removed", [leader(mal)], { by: mal }).looks(0),
    "a removal: doubted by somebody who cannot open it, who then passes over it": new Story("removed", people, {
      by: mal,
    })
      .looks(0)
      .answers(1, ben, { standing: "stuck", relation: "same" })
      .looks(20)
      .answers(31, ben, { relation: "same" })
      .looks(35),
    "behind: an owner founded the group again without this person": new Story("behind", people)
      .looks(0)
      .refuses(1, ada, true),
    "behind: all who go on are here, and the others say nothing for 15 s": new Story("behind", people)
      .looks(0)
      .answers(1, ben, { relation: "same" })
      .looks(5, 15),
    "another history stays: brought there": new Story("fork", people)
      .looks(0)
      .answers(1, ben, { relation: "same" })
      .answers(1, ada, { relation: "apart", leaf: LEAF })
      .looks(5),
    "a clock set back by an hour: strangers are asked, and everybody again": new Story("old", [
      member(ben),
      stranger(zoe),
    ])
      .looks(0, -3595)
      .looks(-3590, -3575),
  };
  const marks: Marks = [
    [3, "cc"],
    [4, "dd"],
    [5, "ee"],
  ];
  const ours = { group: "a1", marks };
  const places: Readonly<Record<string, { ours?: typeof ours; theirs?: Place }>> = {
    "a newer epoch": { ours, theirs: { group: "a1", epoch: 6, mark: "00" } },
    "the newest epoch": { ours, theirs: { group: "a1", epoch: 5, mark: "ee" } },
    "another epoch of the same number": { ours, theirs: { group: "a1", epoch: 5, mark: "ef" } },
    "an earlier epoch": { ours, theirs: { group: "a1", epoch: 4, mark: "dd" } },
    "another earlier epoch": { ours, theirs: { group: "a1", epoch: 3, mark: "dd" } },
    "an epoch before all known": { ours, theirs: { group: "a1", epoch: 2, mark: "dd" } },
    "another MLS group": { ours, theirs: { group: "a2", epoch: 5, mark: "ee" } },
    "no place": { ours },
    "a place, seen from nowhere": { theirs: { group: "a1", epoch: 5, mark: "ee" } },
    "no place, seen from nowhere": {},
  };
  return {
    structure: "rejoin",
    about:
      "Section 8.4. Stories: `state` after `begin`; then for each step what happened, what the device does, its state and when it looks again. Times in ms. Relations: how the place of another stands to ours, by the marks of the epochs known here.",
    valid: [
      ...Object.entries(stories).map(([name, story]) => story.told(name)),
      ...Object.entries(places).map(([name, at]) => ({ name, ...at, relation: relationOf(at.ours, at.theirs) })),
    ],
    invalid: [],
  };
}

/** Which of two histories of a group stays, section 8.4. */
export async function forkVectors(): Promise<VectorFile> {
  const from = (first: number, ...list: readonly string[]): Marks => list.map((mark, i) => [first + i, mark] as const);
  const pairs: Readonly<Record<string, readonly [Marks, Marks]>> = {
    "the newest epoch known to both is the same": [from(1, "aa", "bb"), from(2, "bb", "cc")],
    "the newest is the same, one before is not": [from(1, "xx", "bb"), from(1, "aa", "bb")],
    "no epoch known to both": [from(1, "aa"), from(2, "bb")],
    "nothing told": [from(1, "aa"), []],
    "parted at the second epoch, seen from the higher": [from(1, "aa", "cc", "11"), from(1, "aa", "bb", "99", "22")],
    "parted at the second epoch, seen from the lower": [from(1, "aa", "bb", "99", "22"), from(1, "aa", "cc", "11")],
    "nothing shared: the first epoch known to both": [from(4, "bb", "cc"), from(5, "aa", "dd")],
  };
  const [low, high] = [{ isLower: true }, { isLower: false }];
  const voice = (who: string, more: Partial<Voice> = {}): Voice => ({ who, leads: false, since: 1, ...more });
  const [one, two] = [voice(ben), voice(cleo)];
  const [owner, late] = [voice(ada, { leads: true }), voice(zoe, { leads: true, since: 5 })];
  const cases: Readonly<Record<string, Partial<ForkFacts>>> = {
    "higher: one member vouches for the other": { ...high, theirs: [one] },
    "higher: one member with two devices": { ...high, theirs: [one, one] },
    "higher: two members": { ...high, theirs: [one, two] },
    "higher: one who leads": { ...high, theirs: [owner], ours: [one, two] },
    "higher: one member and who came in with the fork": { ...high, theirs: [one, late] },
    "higher: one who leads, and came in with the fork": { ...high, theirs: [late] },
    "higher: two, one of whom came in with the fork": { ...high, theirs: [one, late] },
    "higher: a member who came in with the fork, against one who was there": {
      ...high,
      self: voice("me", { since: 5 }),
      theirs: [one],
    },
    "higher: the last other one of ours has moved": { ...high, theirs: [one], hasLost: true },
    "higher: one of ours has moved, another is left": { ...high, ours: [two], theirs: [one], hasLost: true },
    "higher: the only contact": { ...high, theirs: [one], isOnlyContact: true },
    "lower: believed": { ...low, ours: [one], theirs: [owner, two] },
    "lower: one who leads": { ...low, self: voice("me", { leads: true }), theirs: [one, two] },
    "lower: not believed, nor the other": { ...low, theirs: [one] },
    "lower: not believed, the other is": { ...low, theirs: [one, two] },
    "lower: with those who came in with the fork": { ...low, ours: [late], theirs: [one, two] },
    "lower: one who leads, alone with what others passed over": {
      ...low,
      self: voice("me", { leads: true }),
      isPassedOver: true,
      theirs: [one, two],
    },
    "lower: passed over by some, followed by one": {
      ...low,
      self: voice("me", { leads: true }),
      isPassedOver: true,
      ours: [voice(mal)],
      theirs: [one, two],
    },
  };
  return {
    structure: "fork",
    about:
      "Section 8.4. What two lists of marks of one MLS group, [epoch, mark] by rising epoch, say; and whether a device gives its history up by what it knows: `ours` and `theirs` are who told of each history, without this device (`self`), since which epoch they are in the group and whether they lead it.",
    valid: [
      ...Object.entries(pairs).map(([name, [ours, theirs]]) => ({ name, ours, theirs, verdict: weigh(ours, theirs) })),
      ...Object.entries(cases).map(([name, known]) => {
        const silent = { ours: [], theirs: [], isOnlyContact: false, hasLost: false, isPassedOver: false };
        const facts: ForkFacts = { epoch: 5, isLower: false, self: voice("me"), ...silent, ...known };
        return { name, facts, givesWay: givesWay(facts) };
      }),
    ],
    invalid: [],
  };
}
