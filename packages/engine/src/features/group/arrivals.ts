import type { Conversation } from "../../epochs/conversations.table.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Came, Forks } from "./forks.ts";
import type { History } from "./history.ts";
import { named } from "./people.table.ts";
import type { Successors } from "./successors.ts";
import type { GroupRejoining } from "./rejoin.ts";

/**
 * `by`: who brought this device in. `comers`: who came in since it knew the group before. `told`:
 * the history of the group as they know it.
 */
interface Arrival extends Required<Came> {
  readonly by: string;
  readonly isSuccessor: boolean;
}

/** How this device came in, as the history of the group says it. */
export interface Arrivals {
  /**
   * Notes a line for coming back from a branch that gave way, after a removal, or over into another
   * MLS group (`isSuccessor`). False: it was none of these, and the history says nothing yet.
   */
  note(tx: Tx, before: Conversation, arrival: Arrival): Promise<boolean>;
}

/** A person who was out says nothing again: others came meanwhile. */
const cameFrom = ({ state }: Conversation, { comers, told }: Came): Came =>
  state === "joining" ? { comers } : { comers, told };

export function createArrivals(deps: {
  forks: Forks;
  history: History;
  profiles: Profiles;
  successors: Successors;
  rejoining: GroupRejoining;
}): Arrivals {
  const { forks, history, profiles, successors, rejoining } = deps;

  async function note(tx: Tx, before: Conversation, { by, isSuccessor, ...back }: Arrival): Promise<boolean> {
    const remover = await rejoining.remover(tx, before.id, by);
    if (remover !== undefined) {
      const self = await profiles.get(tx);
      await history.note(tx, before.id, remover, { what: "removed", who: await named(tx, [self.id]) });
      await history.note(tx, before.id, by, { what: "joined" });
      return true;
    }
    if (!isSuccessor && (await forks.onCameBack(tx, before.id, cameFrom(before, back)))) return true;
    if (before.state !== "ready" || !isSuccessor) return false;
    await successors.onMigrated(tx, before.id, by);
    return true;
  }

  return { note };
}
