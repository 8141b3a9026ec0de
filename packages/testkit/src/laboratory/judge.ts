import { createDice, type Dice } from "../simulation/dice.ts";
import type { Attack, Guess } from "./attack.ts";
import { linkOf } from "./town.ts";

/** What an attack said of one town, and what is so there. */
export interface Trial {
  readonly guesses: readonly Guess[];
  readonly names: readonly string[];
  readonly links: ReadonlySet<string>;
}

/** A share of all that could be, with what names drawn by lot give. */
export interface Share {
  /** 0 to 1; undefined: there was nothing to count. */
  readonly found: number | undefined;
  readonly chance: number;
  /** Between these are 95 of 100 draws. */
  readonly from: number;
  readonly to: number;
  /** Of all draws, how many give as much as was found, or more. */
  readonly luck: number;
}

export interface Finding {
  readonly attack: Pick<Attack, "name" | "kind" | "reads">;
  /** How many guesses there are, and how many people they are about. */
  readonly guesses: number;
  readonly people: number;
  /** Right ones among the guesses. */
  readonly precision: Share;
  /** People whose first guess is right, among those of whom there is one. */
  readonly first: Share;
  /** Links that were guessed at all, among all there are. */
  readonly recall: number;
  readonly outcome: Outcome;
}

/**
 * `above`: more than `MARGIN` above chance, and not by luck. `unclear`: as much above, but so few
 * guesses may be lucky. `chance`: not so much above. `nothing`: there was nothing to guess from.
 */
export type Outcome = "above" | "unclear" | "chance" | "nothing";

/** What is allowed above chance. */
const MARGIN = 0.05;
/** Of a hundred attacks that know nothing one may look so good. */
const LUCK = 0.01;
const DRAWS = 1_000;

/**
 * Judges one attack over several towns together. Chance is what the same guesses are worth when the
 * names are exchanged by lot: there are as many with many links, and as many who are guessed often.
 * Only who is who is lost.
 */
export function judge(attack: Finding["attack"], trials: readonly Trial[]): Finding {
  const cases = trials.map(caseOf);
  const dice = createDice(`judge ${attack.name}`);
  const seen = scoreOf(cases, (n) => n);
  const draws = Array.from({ length: DRAWS }, () => drawOf(cases, dice));
  const precision = shareOf(
    seen.precision,
    draws.map((draw) => draw.precision),
  );
  const first = shareOf(
    seen.first,
    draws.map((draw) => draw.first),
  );
  const [links, found] = [sum(cases.map((one) => one.links)), sum(cases.map((one) => one.foundLinks))];
  return {
    attack: { name: attack.name, kind: attack.kind, reads: attack.reads },
    guesses: sum(trials.map(({ guesses }) => guesses.length)),
    people: sum(cases.map((one) => one.firsts.length)),
    precision,
    first,
    recall: links === 0 ? 0 : found / links,
    outcome: outcomeOf([precision, first]),
  };
}

function outcomeOf(shares: readonly Share[]): Outcome {
  if (shares.every(({ found }) => found === undefined)) return "nothing";
  const over = shares.filter(({ found = 0, chance }) => found - chance > MARGIN);
  if (over.length === 0) return "chance";
  return over.some(({ luck }) => luck <= LUCK) ? "above" : "unclear";
}

/** A trial in numbers. */
interface Case {
  readonly size: number;
  /** Row by row: 1 where two have a link. */
  readonly truth: Uint8Array;
  /** Each guessed two, once, and how often. */
  readonly pairs: readonly { readonly a: number; readonly b: number; readonly count: number }[];
  /** For each person there is a guess about, who comes first; several that score the same. */
  readonly firsts: readonly { readonly who: number; readonly others: readonly number[] }[];
  readonly links: number;
  readonly foundLinks: number;
}

function caseOf({ guesses, names, links }: Trial): Case {
  const size = names.length;
  const numbers = new Map(names.map((name, i) => [name, i]));
  const truth = new Uint8Array(size * size);
  for (const [a, one] of names.entries()) {
    for (const [b, other] of names.entries()) truth[a * size + b] = a !== b && links.has(linkOf(one, other)) ? 1 : 0;
  }
  const counts = new Map<string, { a: number; b: number; count: number }>();
  const scores = new Map<number, Map<number, number>>();
  for (const { who, other, score } of guesses) {
    const [a, b] = [numbers.get(who), numbers.get(other)];
    if (a === undefined || b === undefined) throw new RangeError("a guess about nobody");
    const known = counts.get(`${a} ${b}`);
    if (known === undefined) counts.set(`${a} ${b}`, { a, b, count: 1 });
    else known.count += 1;
    const of = scores.get(a) ?? new Map<number, number>();
    scores.set(a, of.set(b, (of.get(b) ?? 0) + score));
  }
  const guessed = new Set(guesses.map(({ who, other }) => linkOf(who, other)));
  return {
    size,
    truth,
    pairs: [...counts.values()],
    firsts: [...scores].map(([who, of]) => ({ who, others: firstOf(of) })),
    links: links.size,
    foundLinks: [...guessed].filter((link) => links.has(link)).length,
  };
}

function firstOf(scores: ReadonlyMap<number, number>): number[] {
  const most = Math.max(...scores.values());
  return [...scores].flatMap(([other, score]) => (score === most ? [other] : []));
}

interface Score {
  readonly precision: number | undefined;
  readonly first: number | undefined;
}

function drawOf(cases: readonly Case[], dice: Dice): Score {
  const orders = new Map(cases.map((one) => [one, dice.some(upTo(one.size), one.size)]));
  return scoreOf(cases, (n, one) => orders.get(one)?.[n] ?? n);
}

/** `as`: whom a number stands for. */
function scoreOf(cases: readonly Case[], as: (n: number, one: Case) => number): Score {
  let [right, all, rightFirst, allFirst] = [0, 0, 0, 0];
  for (const one of cases) {
    const isLink = (a: number, b: number): number => one.truth[as(a, one) * one.size + as(b, one)] ?? 0;
    for (const { a, b, count } of one.pairs) {
      right += isLink(a, b) * count;
      all += count;
    }
    for (const { who, others } of one.firsts) {
      rightFirst += sum(others.map((other) => isLink(who, other))) / others.length;
      allFirst += 1;
    }
  }
  return { precision: ratio(right, all), first: ratio(rightFirst, allFirst) };
}

function shareOf(found: number | undefined, draws: readonly (number | undefined)[]): Share {
  const drawn = draws.map((draw) => draw ?? 0).toSorted((a, b) => a - b);
  const at = (share: number): number => drawn[Math.min(drawn.length - 1, Math.floor(share * drawn.length))] ?? 0;
  return {
    found,
    chance: sum(drawn) / drawn.length,
    from: at(0.025),
    to: at(0.975),
    luck: drawn.filter((draw) => draw >= (found ?? 0)).length / drawn.length,
  };
}

const ratio = (part: number, all: number): number | undefined => (all === 0 ? undefined : part / all);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
