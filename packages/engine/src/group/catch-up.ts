import type { Cell } from "@pli/protocol/wire";
import type { Context, Unit } from "../core/context.ts";
import type { Commits } from "../conversation/commits.ts";
import type { Epochs, HeldEpoch } from "../conversation/epochs.ts";
import type { Receiving } from "../conversation/receiving.ts";
import type { Session } from "../feed/session.ts";

/** Labels asked for at once. */
const AT_ONCE = 64;

/**
 * Who joins a group learns its labels when the feed may have shown some of them already: what was written between the
 * commit that added this device and this moment is asked for.
 */
export interface CatchUp {
  /** The first cells of every sender of this epoch, and its commit. The feed waits. */
  look(unit: Unit, held: HeldEpoch): void;
}

export function createCatchUp(
  context: Context,
  p: { epochs: Epochs; receiving: () => Receiving; commits: () => Commits; session(store: string): Session },
): CatchUp {
  const { epochs } = p;

  function look(unit: Unit, held: HeldEpoch): void {
    unit.before(held.store, () => lookAt(held));
  }

  async function lookAt(held: HeldEpoch): Promise<void> {
    const senders = held.epoch.chains.filter(({ leaf }) => leaf !== held.epoch.ownLeaf).map(({ leaf }) => leaf);
    for (let i = 0; i < senders.length; i += AT_ONCE) await lookFor(held, senders.slice(i, i + AT_ONCE));
    await context.transact((unit) => p.commits().lookBehind(unit, held.id));
  }

  async function lookFor(held: HeldEpoch, leaves: readonly number[]): Promise<void> {
    const session = p.session(held.store);
    const found = await Promise.all(
      leaves.map(async (leaf) => {
        const slot = epochs.window(held, leaf)[0];
        const cell = slot && (await session.whenOnline(() => session.link.get(slot.label)));
        return cell === undefined ? undefined : { leaf, step: slot?.index ?? 0, cell };
      }),
    );
    const here = found.filter((one) => one !== undefined);
    if (here.length > 0) await context.transact((unit) => bring(unit, held.id, here));
  }

  async function bring(
    unit: Unit,
    epoch: number,
    cells: readonly { leaf: number; step: number; cell: Cell }[],
  ): Promise<void> {
    for (const { leaf, step, cell } of cells) {
      const held = await epochs.load(unit, epoch);
      if (held !== undefined) await p.receiving().bring(unit, held, leaf, step, cell);
    }
  }

  return { look };
}
