import type { Dice } from "../simulation/dice.ts";

/**
 * Who lives in a town, who knows whom, and how they use the app: what a seed decides before
 * anything happens.
 */
export interface Town {
  readonly people: readonly Citizen[];
  /** Who write to each other, by number. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly groups: readonly Group[];
}

export interface Citizen {
  readonly name: string;
  /**
   * `always`: on line while awake; `day and night`: never away; `visits`: opens the app some times
   * a day.
   */
  readonly habit: "always" | "day and night" | "visits";
  /** The day they come to town; 0: they are there before the first. */
  readonly arrives: number;
  /** A day on which they do not open the app at all. */
  readonly away: number | undefined;
}

/**
 * The first member founds it and knows all others; the last comes to it later, while the others
 * already write.
 */
export interface Group {
  readonly name: string;
  readonly members: readonly number[];
}

/** Who is in it only from some day on. */
export const latecomerOf = ({ members }: Group): number | undefined => members.at(-1);

/** There is one group for this many people, with this many members. */
const PEOPLE_A_GROUP = 8;
const MEMBERS = [4, 6] as const;
/** Beside one friend for each person, this many more pairs for each. */
const MORE_PAIRS = 0.25;

export function planTown(dice: Dice, people: number): Town {
  const groups = planGroups(dice, people);
  const newcomer = groups[0] && latecomerOf(groups[0]);
  const traveller = groups.at(-1)?.members[1];
  return {
    people: Array.from({ length: people }, (_, who) => ({
      name: nameOf(who),
      habit: who === traveller ? "always" : dice.weighed({ always: 3, "day and night": 3, visits: 4 }),
      arrives: who === newcomer ? 1 : 0,
      away: who === traveller ? 1 : undefined,
    })),
    pairs: planPairs(dice, people, groups, newcomer),
    groups,
  };
}

/** Addresses are handed out at random: numbers that are next to each other say nothing. */
export const nameOf = (who: number): string => `P${String(who).padStart(2, "0")}`;

/** Who comes to town later is in one group only. */
function planGroups(dice: Dice, people: number): Group[] {
  const all = Array.from({ length: people }, (_, who) => who);
  const count = Math.max(1, Math.floor(people / PEOPLE_A_GROUP));
  const groups: Group[] = [];
  for (let i = 0; i < count; i++) {
    const newcomer = groups[0] && latecomerOf(groups[0]);
    const there = all.filter((who) => who !== newcomer);
    groups.push({ name: `Group ${i}`, members: dice.some(there, dice.between(...MEMBERS)) });
  }
  return groups;
}

/** Everybody has a friend. The newcomer knows only who founded their group. */
function planPairs(
  dice: Dice,
  people: number,
  groups: readonly Group[],
  newcomer: number | undefined,
): [number, number][] {
  const known = new Map<string, [number, number]>();
  const meet = (a: number, b: number): void => {
    if (a !== b) known.set(linkOf(nameOf(a), nameOf(b)), [Math.min(a, b), Math.max(a, b)]);
  };
  const settled = Array.from({ length: people }, (_, who) => who).filter((who) => who !== newcomer);
  const shuffled = dice.some(settled, settled.length);
  for (let i = 0; i < shuffled.length; i += 2) meet(shuffled[i] ?? 0, shuffled[(i + 1) % shuffled.length] ?? 0);
  for (let i = 0; i < people * MORE_PAIRS; i++) meet(dice.pick(settled), dice.pick(settled));
  for (const { members } of groups) for (const member of members) meet(members[0] ?? 0, member);
  return [...known.values()];
}

/** Two who write to each other, alone or in a group, as a key. */
export const linkOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** What attacks are to find out: every two who have a conversation in common. */
export function linksOf({ pairs, groups }: Town): ReadonlySet<string> {
  const links = pairs.map(([a, b]) => linkOf(nameOf(a), nameOf(b)));
  for (const { members } of groups) {
    for (const [i, a] of members.entries()) {
      for (const b of members.slice(i + 1)) links.push(linkOf(nameOf(a), nameOf(b)));
    }
  }
  return new Set(links);
}
