import { createDice, type Dice } from "./dice.ts";
import type { Action, Cast, Plan, Step } from "./steps.ts";

/** What a member with valid keys can do besides: `Assault` but for `withhold`, which lasts. */
export const ASSAULTS = [
  "exclude",
  "exclude all",
  "wrong tag",
  "false fork",
  "refuse",
  "flood",
  "replay consent",
] as const;

/**
 * The names by which extras can be chosen. `device restored`: a device is put back to a copy made
 * earlier; `promote`: somebody hostile comes to lead the group.
 */
export const EXTRAS = [
  "device restored",
  "store wiped",
  "store restored",
  "store rolled back",
  ...ASSAULTS,
  "withhold",
  "promote",
] as const;
type Kind = (typeof EXTRAS)[number];

export const isWanted = (kind: Kind, only: readonly string[] | undefined): boolean => only?.includes(kind) ?? true;

interface Draft {
  readonly kind: Kind;
  readonly step: Step;
}

type Timed = { readonly kind: Kind; readonly at: number; readonly action: Action };

/** Until everybody is in the group that is founded first. */
const FOUNDED_MS = 8_000;
/** Noise under this many labels of a member has them ask to come back. */
const JAMS = 70;
/** Extras come up to so much later than the last usual step. */
const BEYOND_MS = 60_000;

/**
 * What else happens in the run of a seed beside its usual steps: in most runs the store keeps its
 * word.
 */
export function extrasFrom(seed: number, plan: Plan, cast: Cast): readonly Draft[] {
  const dice = createDice(`extras ${seed}`);
  const end = Math.max(FOUNDED_MS, plan.steps.at(-1)?.at ?? 0) + BEYOND_MS;
  const assaults = plan.hostile.flatMap((who) => assaultsFrom(dice, { who, plan, cast, end }));
  const drawn = [...lossesFrom(dice, end), ...restoringFrom(dice, plan, end), ...assaults];
  return drawn.map(({ kind, at, action }, i) => ({ kind, step: { id: plan.steps.length + i, at, ...action } }));
}

function lossesFrom(dice: Dice, end: number): Timed[] {
  const kind = dice.weighed({ none: 12, "store wiped": 1, "store restored": 1, "store rolled back": 1 });
  const [first, last] = [dice.between(0, end), dice.between(0, end)].toSorted((a, b) => a - b);
  if (kind === "none" || first === undefined || last === undefined) return [];
  const loss: Timed = { kind, at: last, action: { do: kind } };
  return kind === "store wiped" ? [loss] : [{ kind, at: first, action: { do: "store backed up" } }, loss];
}

/**
 * Somebody who is in the first group is put back; often enough in the run of a store that loses
 * something too.
 */
function restoringFrom(dice: Dice, plan: Plan, end: number): Timed[] {
  const founding = plan.steps.find((step) => step.do === "found");
  const [first, last] = [dice.between(0, end), dice.between(0, end)].toSorted((a, b) => a - b);
  if (!dice.chance(0.2) || founding === undefined || first === undefined || last === undefined) return [];
  const honest = [founding.who, ...founding.whom].filter((one) => !plan.hostile.includes(one));
  const [kind, who] = ["device restored", dice.pick(honest)] as const;
  return [
    { kind, at: first, action: { do: "back up", who } },
    { kind, at: last, action: { do: "restore", who } },
  ];
}

interface Scene {
  readonly who: number;
  readonly plan: Plan;
  readonly cast: Cast;
  readonly end: number;
}

function assaultsFrom(dice: Dice, scene: Scene): Timed[] {
  const { who, plan, cast, end } = scene;
  const founding = plan.steps.find((step) => step.do === "found");
  if (founding === undefined) return [];
  const everyone = Array.from({ length: cast.people }, (_, one) => one);
  const members = [founding.who, ...founding.whom].filter((one) => one !== who);
  const contactsOf = (one: number): number[] => everyone.filter((other) => cast.areContacts(one, other));
  const contacts = members.filter((one) => contactsOf(who).includes(one));
  const timed: Timed[] = [];
  if (dice.chance(0.5)) timed.push(...withholding(dice, who, contactsOf(who), end));
  if (dice.chance(0.3)) {
    const role = dice.chance(0.7) ? "admin" : "owner";
    const action = { do: "role", who: founding.who, group: 0, whom: who, role } as const;
    timed.push({ kind: "promote", at: FOUNDED_MS, action });
  }
  for (let left = dice.between(1, 3); left > 0; left--) {
    // Some come behind all else, which could hide what they did.
    const at = dice.chance(0.5) ? end : dice.between(FOUNDED_MS, end);
    timed.push(...assaultFrom(dice, at, { who, whom: dice.pick(members), contact: dice.pick(contacts) }));
  }
  return timed;
}

/** Somebody is brought in, if the rules allow it, and hears nothing of it. */
function withholding(dice: Dice, who: number, contacts: readonly number[], end: number): Timed[] {
  const at = dice.between(0, end);
  const add: Action = { do: "add", who, group: 0, whom: dice.some(contacts, 1) };
  return [
    { kind: "withhold", at, action: { do: "withhold", who } },
    { kind: "withhold", at: Math.max(at, dice.between(FOUNDED_MS, end)), action: add },
  ];
}

/**
 * Who may believe a refusal, or be put out by what they consented to once, must have asked to come
 * back first.
 */
function assaultFrom(dice: Dice, at: number, p: { who: number; whom: number; contact: number }): Timed[] {
  const { who, whom, contact } = p;
  const kind = dice.pick(ASSAULTS);
  const flood = (when: number, victim: number, count: number): Timed => ({
    kind: "flood",
    at: when,
    action: { do: "flood", who, group: 0, whom: victim, count },
  });
  const later = at + dice.between(1_000, 400_000);
  switch (kind) {
    case "flood":
      return [flood(at, whom, dice.between(20, 200))];
    case "refuse":
      return [{ kind, at, action: { do: kind, who, group: 0, whom: contact } }, flood(later, contact, JAMS)];
    case "replay consent":
      return [flood(at, contact, JAMS), { kind, at: later, action: { do: kind, who, group: 0, whom: contact } }];
    case "false fork":
      return [{ kind, at, action: { do: kind, who, group: 0, whom: contact } }];
    default:
      return [{ kind, at, action: { do: kind, who, group: 0, whom } }];
  }
}
