import type { Cell } from "@pli/protocol/wire";
import { isBehind, listBehind, setBehind } from "../../epochs/conversations.table.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Commits } from "../../epochs/commits.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Receiving } from "../../epochs/receiving.ts";
import type { Delivery } from "../../delivery/port.ts";

/** Labels asked for at once. */
const AT_ONCE = 64;

/**
 * A device that joins a group, or follows a commit late, learns labels when the feed may have shown
 * some of them already: what was written between that commit and this moment is asked for, epoch by
 * epoch, until one has no commit yet. From there on the feed brings everything, and nothing is
 * asked.
 */
export interface CatchUp {
  /**
   * The feed may have passed labels of this epoch: what every sender has written in it, and its
   * commit. The feed waits.
   */
  look(tx: Tx, held: HeldEpoch): Promise<void>;
  /** An epoch has begun: as long as this device is behind, its labels may have passed too. */
  epochStarted(tx: Tx, held: HeldEpoch): Promise<void>;
  /** Nothing stands yet at the label of the next commit. */
  done(tx: Tx, conversation: string): Promise<void>;
  resume(tx: Tx): Promise<void>;
}

/** A sender, and the step of their chain that is looked for; at first, where it stands. */
interface Next {
  readonly leaf: number;
  readonly step?: number;
}

export function createCatchUp(
  context: Context,
  deps: { epochs: Epochs; receiving: Receiving; commits: Commits; delivery(store: string): Delivery },
): CatchUp {
  const { epochs } = deps;

  async function look(tx: Tx, held: HeldEpoch): Promise<void> {
    await setBehind(tx, held.conversation, true);
    tx.before(held.store, () => lookAt(held));
  }

  async function epochStarted(tx: Tx, held: HeldEpoch): Promise<void> {
    if (await isBehind(tx, held.conversation)) await look(tx, held);
  }

  const done = (tx: Tx, conversation: string): Promise<void> => setBehind(tx, conversation, false);

  async function resume(tx: Tx): Promise<void> {
    for (const id of await listBehind(tx)) {
      const held = await epochs.current(tx, id);
      if (held !== undefined) await look(tx, held);
    }
  }

  async function lookAt({ id, epoch }: HeldEpoch): Promise<void> {
    const senders = epoch.chains.filter(({ leaf }) => leaf !== epoch.ownLeaf).map(({ leaf }) => leaf);
    for (let i = 0; i < senders.length; i += AT_ONCE) await lookFor(id, senders.slice(i, i + AT_ONCE));
    await context.transact((tx) => deps.commits.lookBehind(tx, id));
  }

  /**
   * The next cell of each of these senders, and the next, as far as there are any: a message may
   * stand in several.
   */
  async function lookFor(epoch: number, senders: readonly number[]): Promise<void> {
    for (let next: readonly Next[] = senders.map((leaf) => ({ leaf })); next.length > 0;) {
      const held = await context.transact((tx) => epochs.load(tx, epoch));
      const found = held === undefined ? [] : await ask(held, next);
      next = await context.transact((tx) => bring(tx, epoch, found));
    }
  }

  async function ask(held: HeldEpoch, next: readonly Next[]): Promise<{ leaf: number; step: number; cell: Cell }[]> {
    const { get } = deps.delivery(held.store);
    const found = await Promise.all(
      next.map(async ({ leaf, step }) => {
        const window = epochs.window(held, leaf);
        const slot = step === undefined ? window[0] : window.find(({ index }) => index === step);
        const cell = slot && (await get.cell(slot.label));
        return cell === undefined ? undefined : { leaf, step: slot?.index ?? 0, cell };
      }),
    );
    return found.filter((one) => one !== undefined);
  }

  /** Gives where to look next, for the senders of whom there was something. */
  async function bring(
    tx: Tx,
    epoch: number,
    cells: readonly { leaf: number; step: number; cell: Cell }[],
  ): Promise<Next[]> {
    const next: Next[] = [];
    for (const { leaf, step, cell } of cells) {
      const held = await epochs.load(tx, epoch);
      if (held === undefined) continue;
      await deps.receiving.bring(tx, held, leaf, step, cell);
      next.push({ leaf, step: step + 1 });
    }
    return next;
  }

  return { look, epochStarted, done, resume };
}
