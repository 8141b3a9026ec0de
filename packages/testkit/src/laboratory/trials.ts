import type { Attack } from "./attack.ts";
import { ATTACKS } from "./attacks/index.ts";
import { judge, type Trial, type Finding } from "./judge.ts";
import { watchTown, type LifeOptions, type Watched } from "./life.ts";
import { since, type View } from "./view.ts";

/** What every attack said of one town, by the attack's name. */
export type TownTrials = ReadonlyMap<string, Trial>;

/**
 * Tries all attacks on a town. Attacks on what clients ask for get all that was ever seen. Those on
 * times get the days only: before that people meet one pair after the other, as they never do.
 */
export function tryAll({ view, links, names, began }: Watched): TownTrials {
  const days = since(view, began);
  const viewFor = ({ kind }: Attack): View => (kind === "timing" ? days : view);
  return new Map(ATTACKS.map((attack) => [attack.name, { guesses: attack.run(viewFor(attack)), names, links }]));
}

export const tryTown = async (options: LifeOptions): Promise<TownTrials> => tryAll(await watchTown(options));

/** One finding on each attack over all these towns. */
export const judgeAll = (towns: readonly TownTrials[]): Finding[] =>
  ATTACKS.map((attack) =>
    judge(
      attack,
      towns.flatMap((trials) => trials.get(attack.name) ?? []),
    ),
  );
