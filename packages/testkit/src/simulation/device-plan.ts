/**
 * Runs in which people have several devices, link, lose and restore them. Nobody is hostile but
 * thieves.
 */
import { createDice, type Dice } from "./dice.ts";
import { draw, foundings, pause } from "./plan.ts";
import type { Action, Cast, Plan, Step } from "./steps.ts";

/** Of what people do besides, the same as in other plans but putting a disk back to a copy. */
const DEVICE_ACTS = { link: 6, "remove device": 3, theft: 3, "lose all": 2, choose: 8 } as const;
/** So long before all devices are lost the words may have been confirmed, which makes a backup. */
const BACKUP_MS = 40_000;

/**
 * Drawn apart from the plans of `planFrom`: the seeds that were played so far stay what they were,
 * with one device for each person.
 */
export function devicePlanFrom(seed: number, cast: Cast): Plan {
  const dice = createDice(`devices ${seed}`);
  const everyone = Array.from({ length: cast.people }, (_, who) => who);
  const groups = foundings(dice, cast, everyone, []);
  const steps: Step[] = [];
  let at = 0;
  const add = (action: Action, device: number): void => void steps.push({ id: steps.length, at, device, ...action });
  for (const { founding } of groups) add(founding, dice.below(2));
  at += 5_000;
  const scene = { cast, everyone, hostile: [], groups };
  const count = dice.between(10, 25);
  while (steps.length < count) {
    at += pause(dice);
    if (!dice.chance(0.25)) {
      const action = draw(dice, scene);
      if (action.do !== "back up" && action.do !== "restore") add(action, dice.below(4));
      continue;
    }
    // Some are known to have two from the start.
    const who = dice.chance(0.6) ? dice.below(2) : dice.pick(everyone);
    const action = actFrom(dice, who);
    if (action.do === "lose all" && dice.chance(0.7)) {
      add({ do: "confirm words", who }, 0);
      at += dice.between(1_000, BACKUP_MS);
    }
    add(action, dice.below(3));
    if (action.do !== "link") continue;
    for (const step of troublesFrom(dice, who)) {
      at += dice.below(6_000);
      add(step, dice.below(4));
    }
  }
  return { seed, hostile: [], severalDevices: true, steps };
}

function actFrom(dice: Dice, who: number): Action {
  const kind = dice.weighed(DEVICE_ACTS);
  switch (kind) {
    case "link":
      return { do: kind, who };
    case "remove device":
      return { do: kind, who, other: dice.below(3), dies: dice.chance(0.5) };
    case "theft":
      return { do: kind, who, other: dice.below(3), for: dice.between(1_000, 120_000) };
    case "lose all":
      return { do: kind, who, stolen: dice.chance(0.4), for: dice.between(1_000, 60_000) };
    case "choose": {
      const what = dice.pick(["mute", "receipts", "name", "read"] as const);
      return { do: kind, who, group: 0, what, value: dice.chance(0.6) };
    }
  }
}

/** What happens to one of the two devices while they are being linked. */
function troublesFrom(dice: Dice, who: number): Action[] {
  const kind = dice.weighed({ none: 4, away: 2, restart: 2, crash: 3 });
  if (kind === "none") return [];
  if (kind === "away") return [{ do: kind, who, for: dice.between(100, 60_000) }];
  if (kind === "restart") return [{ do: kind, who }];
  return [{ do: kind, who, writes: dice.between(1, 12), for: dice.between(100, 20_000) }];
}
