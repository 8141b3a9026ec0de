import type { Dice } from "../simulation/dice.ts";
import { latecomerOf, type Citizen, type Town } from "./town.ts";

/** What happens in a town, in order. `at`: milliseconds after the beginning of the first day. */
export type Entry = { readonly at: number } & Happening;

export type Happening =
  | { readonly do: "open"; readonly who: number }
  | { readonly do: "close"; readonly who: number }
  /** The process ends without saying so, and starts again at once. */
  | { readonly do: "kill"; readonly who: number }
  /** The network drops the lines of one, or, with the store, of everybody. */
  | { readonly do: "cut"; readonly who: number | "everybody" }
  | { readonly do: "say"; readonly who: number; readonly to: Place; readonly characters: number }
  /** Somebody comes to town: meets who founded this group, who adds them. */
  | { readonly do: "arrive"; readonly who: number; readonly group: number }
  /** Who founded this group adds one they know. */
  | { readonly do: "add"; readonly who: number; readonly group: number }
  | { readonly do: "describe"; readonly group: number };

/** A conversation, by its number in the town. */
export type Place = { readonly pair: number } | { readonly group: number };

interface Span {
  readonly from: number;
  readonly to: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** From a day's beginning at 06:00 to when the latest have gone to bed. */
const WAKING = [0.5 * HOUR, 3 * HOUR] as const;
const SLEEPING = [15 * HOUR, 18 * HOUR] as const;
/** Talks of a pair and of a group in one day, and texts of a talk. */
const TALKS = [0, 4] as const;
const GROUP_TALKS = [1, 3] as const;
const TEXTS = [2, 10] as const;
const GAP = [4 * SECOND, 90 * SECOND] as const;
/** How often somebody writes once more before anybody answers. */
const AGAIN = 0.3;
/** How often somebody who was away answers, and how soon after they look. */
const ANSWERED = 0.7;
const ANSWERED_IN_GROUP = 0.3;
const LOOKING = [15 * SECOND, 2 * MINUTE] as const;
/** How often and for how long somebody who is not always on line looks in a day. */
const VISITS = [4, 9] as const;
const VISIT = [3 * MINUTE, 40 * MINUTE] as const;
const ARRIVING = 3.5 * HOUR;
/** A text for which no cell is large enough, and one that fills many. */
const LONG = 0.05;
const VERY_LONG = 0.01;
/** The share of days on which a group gets another description. */
const DESCRIBED = 0.5;

/** Each day begins at 06:00. */
export function planDays(dice: Dice, town: Town, days: number): Entry[] {
  const all = Array.from({ length: days }, (_, day) => {
    const spans = town.people.map((citizen) => spansOf(dice, citizen, day));
    const entries = [
      ...comings(town, spans, day),
      ...talks(dice, town, spans),
      ...changes(dice, town, spans, day),
      ...mishaps(dice, town),
    ];
    return entries.map((entry) => ({ ...entry, at: entry.at + day * DAY }));
  });
  return all.flat().toSorted((a, b) => a.at - b.at);
}

/** When somebody has the app open on a day. */
function spansOf(dice: Dice, { habit, arrives, away }: Citizen, day: number): Span[] {
  const [wakes, sleeps] = [dice.between(...WAKING), dice.between(...SLEEPING)];
  if (day < arrives || day === away) return [];
  if (day === arrives && day > 0) return [{ from: ARRIVING, to: sleeps }];
  if (habit !== "visits") return [{ from: wakes, to: sleeps }];
  const visits = Array.from({ length: dice.between(...VISITS) }, () => {
    const from = dice.between(wakes, sleeps - HOUR);
    return { from, to: from + dice.between(...VISIT) };
  });
  return joined(visits.toSorted((a, b) => a.from - b.from));
}

/** One who comes again before they have left stays. */
function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last === undefined || span.from > last.to + MINUTE) all.push(span);
    else all[all.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return all;
}

function comings({ people, groups }: Town, spans: readonly (readonly Span[])[], day: number): Entry[] {
  return people.flatMap(({ habit, arrives }, who): Entry[] => {
    if (arrives === day && day > 0) {
      const group = groups.findIndex(({ members }) => members.includes(who));
      return [{ at: ARRIVING, do: "arrive", who, group }];
    }
    if (habit === "day and night") return [];
    return (spans[who] ?? []).flatMap(({ from, to }): Entry[] => [
      { at: from, do: "open", who },
      { at: to, do: "close", who },
    ]);
  });
}

function talks(dice: Dice, town: Town, spans: readonly (readonly Span[])[]): Entry[] {
  const talk = (members: readonly number[], place: Place): Entry[] => talkOf(dice, members, spans, place);
  const several = (often: readonly [number, number], once: () => Entry[]): Entry[] =>
    Array.from({ length: dice.between(...often) }, once).flat();
  return [
    ...town.pairs.flatMap((two, pair) => several(TALKS, () => talk(two, { pair }))),
    ...town.groups.flatMap(({ members }, group) => several(GROUP_TALKS, () => talk(members, { group }))),
  ];
}

/**
 * Somebody begins while they are there; those who are there write, in turn or not; others answer
 * when they next look.
 */
function talkOf(dice: Dice, members: readonly number[], spans: readonly (readonly Span[])[], place: Place): Entry[] {
  const first = dice.pick(members);
  const span = pickOf(dice, spans[first] ?? []);
  if (span === undefined) return [];
  const isThere = (who: number, at: number): boolean =>
    (spans[who] ?? []).some(({ from, to }) => from <= at && at < to);
  const says = (who: number, at: number): Entry => ({ at, do: "say", who, to: place, characters: lengthOf(dice) });
  const entries: Entry[] = [];
  let [who, at] = [first, dice.between(span.from, span.to - SECOND)];
  for (let left = dice.between(...TEXTS); left > 0; left--) {
    entries.push(says(who, at));
    at += dice.between(...GAP);
    const there = members.filter((member) => isThere(member, at));
    const others = there.filter((member) => member !== who);
    if (others.length === 0 && (!there.includes(who) || dice.chance(0.5))) break;
    if (others.length > 0 && !(there.includes(who) && dice.chance(AGAIN))) who = dice.pick(others);
  }
  for (const absent of members.filter((member) => !isThere(member, at))) {
    const next = (spans[absent] ?? []).find(({ from }) => from > at);
    if (next === undefined || !dice.chance("pair" in place ? ANSWERED : ANSWERED_IN_GROUP)) continue;
    const when = next.from + dice.between(...LOOKING);
    if (when < next.to) entries.push(says(absent, when));
  }
  return entries;
}

/**
 * Those who founded groups change them, and add who is to come to them later: on the first day or
 * the second.
 */
function changes(dice: Dice, { people, groups }: Town, spans: readonly (readonly Span[])[], day: number): Entry[] {
  return groups.flatMap((group, number): Entry[] => {
    const [founder = 0] = group.members;
    const when = (): number | undefined => momentIn(dice, spans[founder] ?? []);
    const latecomer = latecomerOf(group);
    const isDue = latecomer !== undefined && people[latecomer]?.arrives === 0 && day === number % 2;
    const [described, added] = [dice.chance(DESCRIBED) ? when() : undefined, isDue ? when() : undefined];
    return [
      ...(described === undefined ? [] : [{ at: described, do: "describe", group: number } as const]),
      ...(added === undefined ? [] : [{ at: added, do: "add", who: latecomer ?? 0, group: number } as const]),
    ];
  });
}

function mishaps(dice: Dice, { people }: Town): Entry[] {
  const when = (): number => dice.between(WAKING[0], SLEEPING[1]);
  const someone = (): number => dice.below(people.length);
  return [
    ...Array.from({ length: people.length / 2 }, () => ({ at: when(), do: "cut", who: someone() }) as const),
    ...Array.from({ length: people.length / 4 }, () => ({ at: when(), do: "kill", who: someone() }) as const),
    ...Array.from({ length: 2 }, () => ({ at: when(), do: "cut", who: "everybody" }) as const),
  ];
}

const pickOf = (dice: Dice, spans: readonly Span[]): Span | undefined =>
  spans.length === 0 ? undefined : dice.pick(spans);

function momentIn(dice: Dice, spans: readonly Span[]): number | undefined {
  const span = pickOf(dice, spans);
  return span === undefined ? undefined : dice.between(span.from, span.to - SECOND);
}

function lengthOf(dice: Dice): number {
  if (dice.chance(VERY_LONG)) return dice.between(30_000, 60_000);
  return dice.chance(LONG) ? dice.between(5_000, 15_000) : dice.between(1, 300);
}
