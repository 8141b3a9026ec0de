import { createDice, type Dice } from "./dice.ts";
import { extrasFrom, isWanted } from "./extras.ts";
import type { Action, Cast, Plan, RulesChange, Step, Storm } from "./steps.ts";

/**
 * What a plan is to have: somebody hostile in any case, and of the extras only those of these
 * names.
 */
export interface Wanted {
  readonly hostile?: boolean;
  readonly only?: readonly string[];
}

/**
 * Everything that happens in the run of a seed, drawn before it begins: it can be replayed, and
 * parts of it left out. The extras are drawn apart and numbered behind the rest, so that the rest
 * is what the seed has always been.
 */
export function planFrom(seed: number, cast: Cast, wanted: Wanted = {}): Plan {
  const plan = usualPlan(seed, cast, wanted);
  const extras = extrasFrom(seed, plan, cast).filter(({ kind }) => isWanted(kind, wanted.only));
  const steps = [...plan.steps, ...extras.map(({ step }) => step)].toSorted((a, b) => a.at - b.at);
  return { ...plan, steps };
}

function usualPlan(seed: number, cast: Cast, wanted: Wanted): Plan {
  const dice = createDice(`plan ${seed}`);
  const everyone = Array.from({ length: cast.people }, (_, who) => who);
  const hostile = wanted.hostile === true || dice.chance(0.5) ? [1 + dice.below(cast.people - 1)] : [];
  const groups = foundings(dice, cast, everyone, hostile);
  const steps: Step[] = [];
  let at = 0;
  const add = (action: Action): void => void steps.push({ id: steps.length, at, ...action });
  for (const group of groups) add(group.founding);
  at += 5_000;
  const count = dice.between(15, 40);
  while (steps.length < count) {
    at += pause(dice);
    add(draw(dice, { cast, everyone, hostile, groups }));
  }
  return { seed, hostile, steps };
}

/** Most things happen at about the same time. */
export function pause(dice: Dice): number {
  const kind = dice.weighed({ none: 3, moment: 4, seconds: 3, minute: 1 });
  if (kind === "none") return 0;
  if (kind === "moment") return dice.between(1, 400);
  return kind === "seconds" ? dice.between(500, 10_000) : dice.between(10_000, 90_000);
}

interface GroupDraft {
  readonly founding: Action & { do: "found" };
  /** Who may have been in it at some time, and who may have been an owner or admin. */
  readonly members: Set<number>;
  readonly leaders: Set<number>;
}

interface Scene {
  readonly cast: Cast;
  readonly everyone: readonly number[];
  readonly hostile: readonly number[];
  readonly groups: readonly GroupDraft[];
}

/** Somebody honest founds each group; who does not keep to the rules is in the first. */
export function foundings(
  dice: Dice,
  cast: Cast,
  everyone: readonly number[],
  hostile: readonly number[],
): readonly GroupDraft[] {
  const count = dice.chance(0.25) ? 2 : 1;
  return Array.from({ length: count }, (_, group) => {
    const founder = dice.pick(
      everyone.filter((who) => !hostile.includes(who) && hostile.every((other) => cast.areContacts(who, other))),
    );
    const contacts = everyone.filter((who) => cast.areContacts(founder, who));
    const invited = dice.some(contacts, dice.between(1, contacts.length));
    const whom = [...new Set(group === 0 ? [...hostile, ...invited] : invited)];
    return {
      founding: { do: "found", who: founder, group, whom },
      members: new Set([founder, ...whom]),
      leaders: new Set([founder]),
    };
  });
}

const WEIGHTS = {
  say: 30,
  tell: 4,
  add: 6,
  remove: 7,
  role: 7,
  change: 5,
  renew: 4,
  leave: 2,
  away: 5,
  restart: 4,
  crash: 6,
  "back up": 2,
  restore: 2,
  clock: 3,
  storm: 6,
  "store down": 2,
  "store full": 1,
  "cut lines": 3,
} as const;

const ATTACKS = { squat: 8, forge: 14 };
const NO_ATTACKS = { squat: 0, forge: 0 };

export function draw(dice: Dice, scene: Scene): Action {
  const { cast, everyone, hostile } = scene;
  const group = dice.pick(scene.groups);
  const index = group.founding.group;
  const anyone = dice.pick(everyone);
  const member = dice.pick([...group.members]);
  const leader = dice.chance(0.8) ? dice.pick([...group.leaders]) : member;
  const attacks = hostile.length === 0 ? NO_ATTACKS : ATTACKS;
  const kind = dice.weighed({ ...WEIGHTS, ...attacks });
  switch (kind) {
    case "say":
      return { do: kind, who: member, group: index, length: lengthFrom(dice) };
    case "tell": {
      const whom = dice.pick(everyone.filter((other) => cast.areContacts(anyone, other)));
      return { do: kind, who: anyone, whom, length: lengthFrom(dice) };
    }
    case "add": {
      const whom = dice.some(everyone, dice.between(1, 2));
      for (const one of whom) group.members.add(one);
      return { do: kind, who: leader, group: index, whom };
    }
    case "remove":
      return { do: kind, who: leader, group: index, whom: dice.some([...group.members], 1) };
    case "role": {
      const role = dice.pick(["admin", "admin", "owner", "member", "reader"] as const);
      if (role === "admin" || role === "owner") group.leaders.add(member);
      return { do: kind, who: leader, group: index, whom: member, role };
    }
    case "change":
      return { do: kind, who: leader, group: index, change: changeFrom(dice) };
    case "renew":
      return { do: kind, who: member, group: index };
    case "leave":
      return { do: kind, who: member, group: index, successor: dice.pick([...group.members]) };
    case "away":
      return { do: kind, who: anyone, for: dice.between(100, 60_000) };
    case "restart":
    case "back up":
    case "restore":
      return { do: kind, who: anyone };
    case "crash":
      return { do: kind, who: anyone, writes: dice.between(1, 12), for: dice.between(100, 20_000) };
    case "clock":
      return { do: kind, who: anyone, by: dice.between(-26, 26) * 3_600_000 + dice.between(-60_000, 60_000) };
    case "storm":
      return { do: kind, for: dice.between(1_000, 60_000), storm: stormFrom(dice) };
    case "store down":
    case "store full":
      return { do: kind, for: dice.between(100, 30_000) };
    case "cut lines":
      return { do: kind };
    case "squat": {
      const where = dice.pick(["commits", "own", "others"] as const);
      const ahead = dice.chance(0.5) ? 0 : dice.below(4);
      return { do: kind, who: dice.pick(hostile), group: index, where, ahead, count: dice.between(1, 4) };
    }
    case "forge": {
      const what = dice.pick(["remove", "take over", "rename", "add", "garbage", "speak", "late"] as const);
      return { do: kind, who: dice.pick(hostile), group: index, what, whom: member };
    }
  }
}

/** Mostly one cell; sometimes fragments, or an object. */
function lengthFrom(dice: Dice): number {
  const size = dice.weighed({ short: 8, fragments: 1, object: 1 });
  if (size === "short") return dice.between(1, 300);
  return size === "fragments" ? dice.between(4_000, 14_000) : dice.between(17_000, 60_000);
}

function changeFrom(dice: Dice): RulesChange {
  const number = dice.below(1000);
  switch (dice.pick(["name", "description", "whoAdds", "whoWrites", "newcomersRead"] as const)) {
    case "name":
      return { name: `Name ${number}` };
    case "description":
      return { description: `What ${number}\nis about` };
    case "whoAdds":
      return { whoAdds: dice.pick(["admins", "members"]) };
    case "whoWrites":
      return { whoWrites: dice.pick(["admins", "everyone", "everyone"]) };
    case "newcomersRead":
      return { newcomersRead: dice.pick(["nothing", "week"]) };
  }
}

function stormFrom(dice: Dice): Storm {
  const rate = (most: number): number => (dice.chance(0.5) ? most * (dice.below(100) / 100) : 0);
  return {
    delay: dice.pick([0, 50, 500, 5_000]),
    lost: rate(0.1),
    unanswered: rate(0.2),
    twice: rate(0.3),
    late: rate(0.3),
    cut: rate(0.05),
  };
}

/** A step as one line to read. */
export function wordsOf(step: Step, names: readonly string[]): string {
  const { id, at, do: what, ...rest } = step;
  const name = (who: number): string => names[who] ?? String(who);
  const named = (key: string, value: unknown): string => {
    const isPerson = key === "who" || key === "whom" || key === "successor";
    if (isPerson && typeof value === "number") return name(value);
    if (isPerson && Array.isArray(value)) return `[${value.map((who: number) => name(who)).join(" ")}]`;
    return JSON.stringify(value);
  };
  const details = Object.entries(rest).map(([key, value]) => `${key}=${named(key, value)}`);
  return `#${id} ${(at / 1000).toFixed(3)}s ${what} ${details.join(" ")}`;
}
