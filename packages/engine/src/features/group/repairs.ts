/**
 * What is done about something that this device finds wrong in a group: the table of repairs
 * chooses (docs/protocol.md, section 8.6). Of what a reducer finds, such as a fork, its effects
 * name the repair; of conversations of two, the feature `direct` has it.
 */
import { isRepairedBy, type CauseOf } from "@pli/protocol/group";
import type { Tx } from "../../runtime/context.ts";
import type { Forks } from "./forks.ts";
import type { FreshEpochs } from "./fresh-epochs.ts";
import type { GroupRejoining } from "./rejoin.ts";
import type { Successors } from "./successors.ts";

/** `by`: who made it so, as far as that is known. */
export type Repairs = (tx: Tx, conversation: string, cause: GroupCause, by?: string) => Promise<void>;

type GroupCause = CauseOf<"rejoin" | "freshEpoch"> | "blocked";

export function createRepairs(deps: {
  forks: Forks;
  fresh: FreshEpochs;
  rejoining: GroupRejoining;
  successors: Successors;
}): Repairs {
  const { forks, fresh, rejoining, successors } = deps;

  async function freshEpoch(tx: Tx, id: string, cause: CauseOf<"freshEpoch">): Promise<void> {
    const isLost = cause === "storeLost";
    // All have lost it: nobody is ahead, but for who wrote last.
    if (isLost) await forks.stays(tx, id);
    await fresh.want(tx, id, isLost);
  }

  return async (tx, id, cause, by) => {
    if (isRepairedBy(cause, "rejoin")) await rejoining.start(tx, id, cause, by === undefined ? {} : { by });
    else if (isRepairedBy(cause, "freshEpoch")) await freshEpoch(tx, id, cause);
    else await successors.onOutOfLabels(tx, id);
  };
}
