import type { Person, World } from "@pli/testkit";

/**
 * What somebody does until it is done, whatever happens to their device meanwhile; undefined when
 * its power was cut.
 */
async function alive<T>(person: Person, act: () => Promise<T>): Promise<T | undefined> {
  return Promise.race([act(), person.power.gone.then(() => undefined)]);
}

/**
 * Lets time pass until `check` holds, starting the victim again as often as its power is cut. Gives
 * the number of cuts.
 */
export async function through(world: World, victim: Person, check: () => Promise<boolean>): Promise<number> {
  for (let cuts = 0, passed = 0; passed < 400; passed++) {
    await world.clock.advance(passed < 30 ? 100 : 1_000);
    if (victim.power.isCut) {
      cuts += 1;
      await victim.start(victim.power.after);
    } else if ((await alive(victim, check)) === true) {
      victim.power.cutAfter(Number.POSITIVE_INFINITY);
      if (!victim.power.isCut) return cuts;
    }
  }
  throw new Error("it did not come to an end");
}

/**
 * Cuts the victim's power after 1, 2, 3… transactions of a scenario, until it runs through without
 * a cut.
 */
export async function cutEverywhere(run: (cutAfter: number) => Promise<number>): Promise<number> {
  for (let n = 1; ; n++) if ((await run(n)) === 0) return n - 1;
}
