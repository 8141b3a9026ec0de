/**
 * Which history of a group this device and its contacts are in. The reducer `protocol/group/fork`
 * decides; here events reach it (docs/protocol.md, section 8.4).
 */
import {
  EPOCH_MARK_BYTES,
  type ForkEffect,
  type ForkEvent,
  type ForkView,
  type GroupControl,
  type Place,
} from "@pli/protocol/group";
import type { Since, ToldState } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Cell, Label } from "@pli/protocol/wire";
import type { Context, Tx } from "../../runtime/context.ts";
import { fractionFrom } from "../../runtime/chance.ts";
import { createRunner, type Viewless } from "../../runtime/reducers.ts";
import { findGroup, listConversationIds, type Conversation } from "../../epochs/conversations.table.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import { findSettledHash, listSettledLabels } from "../../epochs/settled-commits.table.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Doubts } from "./doubts.ts";
import { createForkEffects, type ForkParts } from "./fork-effects.ts";
import { FORK, findForkState, toldFrom } from "./fork-state.ts";
import { workingGroupsOf } from "./members.table.ts";
import { findNewestOrder } from "../messages/messages.table.ts";
import type { PendingOperation } from "./pending-operations.table.ts";

type State = GroupControl & { readonly name: "group-state" };

export interface Forks {
  /** An epoch has begun on this device, with the group or by a commit. */
  epochStarted(tx: Tx, held: HeldEpoch, p?: Beginning): Promise<void>;
  /**
   * This device came in by a welcome of `by`, with this epoch.
   */
  joined(tx: Tx, held: HeldEpoch, p: Came & { readonly by: string }): Promise<void>;
  /**
   * Nobody was ahead: this device's history stays. `passed`: who made the commit that nobody could
   * open, and who stood beside us.
   */
  stays(tx: Tx, conversation: string, passed?: { who: string; beside: readonly string[] }): Promise<void>;
  /**
   * A commit put these people's devices back in the place of their old leaves, and brought those
   * in.
   */
  broughtIn(tx: Tx, held: HeldEpoch, p: { back: readonly string[]; added: readonly string[] }): Promise<void>;
  /** The epoch began by our own commit, which did this. */
  recordOwnChange(tx: Tx, held: HeldEpoch, operations: readonly PendingOperation[]): Promise<void>;
  /**
   * The conversation with this contact has begun again: their device, or this one, may have been
   * put back to an old state.
   */
  reached(tx: Tx, contact: string): Promise<void>;
  /** A contact tells which history they have. */
  onPeerState(tx: Tx, contact: Contact, state: State): Promise<void>;
  /**
   * Somebody who is back says in the group which history they were in: they lack what was said here
   * meanwhile.
   */
  onMemberReturned(tx: Tx, at: { conversation: Conversation; sender: string }, state: State): Promise<void>;
  /**
   * The store shows a cell where the commit stood that ended this epoch; another one proves that it
   * tells others otherwise.
   */
  shownAgain(tx: Tx, place: { conversation: string; epoch: number; isNext?: true }, cell: Cell): Promise<void>;
  /**
   * This device is back in the group. True when it had been in a branch that gave way: the history
   * says so.
   */
  onCameBack(tx: Tx, conversation: string, p: Came): Promise<boolean>;
}

/** How this device came in. */
export interface Came {
  /** Who came in since it knew the group before. */
  readonly comers: readonly string[];
  /** The history as who brought it in knows it. */
  readonly told?: ToldState;
}

/** How an epoch began. */
interface Beginning {
  /** Who made the commit. */
  readonly by?: string;
  /** Contacts to tell in any case: those this device brought in. */
  readonly tell?: readonly string[];
  /**
   * Those who came in with it: somebody other than the one who brought them in tells them of the
   * group.
   */
  readonly comers?: readonly string[];
  /** The label of the next attempt. */
  readonly behind?: Label;
}

export function createForks(context: Context, deps: ForkParts & { doubts: Doubts }): Forks {
  const { crypto, groups } = context;
  const { epochs, talk } = deps;
  const effects = createForkEffects(context, deps);
  const runner = createRunner(context, FORK, {
    perform: effects.perform,
    onTimer: async (tx, id) => {
      await handle(tx, id, { type: "timer" });
    },
  });

  context.onReload(async (tx) => {
    for (const id of await listConversationIds(tx, "group", "ready")) await expectSettled(tx, id);
  });

  /** Gives what came of it. */
  async function handle(
    tx: Tx,
    id: string,
    happened: Viewless<ForkEvent>,
    view?: ForkView,
  ): Promise<readonly ForkEffect[]> {
    const event = { ...happened, view: view ?? (await effects.view(tx, id)) } as ForkEvent;
    return runner.handle(tx, id, event);
  }

  async function epochStarted(tx: Tx, held: HeldEpoch, p: Beginning = {}): Promise<void> {
    const { by, tell = [], comers = [], behind } = p;
    await handle(tx, held.conversation, {
      type: "epochStarted",
      ...(await epochOf(tx, held)),
      tell,
      comers,
      leaves: groups.members(held.epoch.group).length,
      chance: fractionFrom(crypto.random(4)),
      ...(by !== undefined && { by }),
      ...(behind !== undefined && { behind: toHex(behind) }),
    });
    await expectSettled(tx, held.conversation);
  }

  async function joined(tx: Tx, held: HeldEpoch, came: Came & { readonly by: string }): Promise<void> {
    const { conversation } = held;
    const view = await effects.view(tx, conversation);
    const former: string[] = [];
    for (const who of await deps.doubts.others(tx, conversation))
      if ((await deps.contacts.find(tx, who))?.blocked === false) former.push(who);
    await handle(tx, conversation, { type: "joined", ...(await epochOf(tx, held)), ...came, former }, view);
    await expectSettled(tx, conversation);
  }

  async function epochOf(
    tx: Tx,
    { id: epochId, conversation, epoch: { group }, number }: HeldEpoch,
  ): Promise<{ group: string; epoch: number; mark: string; since: Since }> {
    const mark = toHex(groups.epochAuthenticator(group).subarray(0, EPOCH_MARK_BYTES));
    return {
      group: toHex(groups.groupId(group)),
      epoch: number,
      mark,
      since: { ...(await findNewestOrder(tx, conversation)), epochId },
    };
  }

  async function reached(tx: Tx, contact: string): Promise<void> {
    for (const id of await workingGroupsOf(tx, contact)) await handle(tx, id, { type: "reached", who: contact });
  }

  async function onPeerState(tx: Tx, { id: who }: Contact, state: State): Promise<void> {
    const conversation = await findGroup(tx, state.conversation);
    if (conversation === undefined) return;
    const { id } = conversation;
    const said = toldFrom(state);
    if (conversation.state === "rejoining") return deps.rejoining.onPeerState(tx, id, who, newestPlaceIn(said));
    if (conversation.state !== "ready" || (await epochs.current(tx, id)) === undefined) return;
    const isContradicted = await deps.doubts.isContradicted(tx, id, who, said.group);
    const leadsBack = isContradicted && (await effects.mayRepair(tx, id, who));
    await handle(tx, id, { type: "peerState", who, said, leadsBack });
  }

  async function expectSettled(tx: Tx, conversation: string): Promise<void> {
    const labels = (await listSettledLabels(tx, conversation)).map(({ epoch, label }) => ({
      label,
      expectation: { kind: "settled", conversation, epoch } as const,
    }));
    const behind = ((await findForkState(tx, conversation))?.behind ?? []).map(({ epoch, label }) => ({
      label: talk.bytes(label) as Label,
      expectation: { kind: "settled", conversation, epoch: epoch - 1, isNext: true } as const,
    }));
    context.expectations.set("settled", conversation, [...labels, ...behind]);
  }

  async function shownAgain(
    tx: Tx,
    { conversation, epoch, isNext }: { conversation: string; epoch: number; isNext?: true },
    cell: Cell,
  ): Promise<void> {
    if (isNext === true) {
      await handle(tx, conversation, { type: "passedOver", epoch: epoch + 1 });
      return;
    }
    const hash = await findSettledHash(tx, conversation, epoch);
    const isSame = hash === undefined || crypto.equal(hash, crypto.sha256(cell));
    if (!isSame) await handle(tx, conversation, { type: "shownAgain", epoch: epoch + 1 });
  }

  return {
    epochStarted,
    joined,
    stays: async (tx, id, passed) => {
      await handle(tx, id, { type: "stays", ...(passed && { passed }) });
    },
    broughtIn: async (tx, { conversation, number: epoch }, { back, added }) => {
      await handle(tx, conversation, { type: "broughtIn", epoch, back, added });
    },
    recordOwnChange: async (tx, { conversation, number: epoch }, operations) => {
      const changes = operations.map((operation) => ({ kind: operation.kind, operation: JSON.stringify(operation) }));
      await handle(tx, conversation, { type: "changed", epoch, changes });
    },
    reached,
    onPeerState,
    onMemberReturned: async (tx, { conversation, sender: who }, state) => {
      await handle(tx, conversation.id, { type: "memberReturned", who, said: toldFrom(state) });
    },
    shownAgain,
    onCameBack: async (tx, id, came) =>
      (await handle(tx, id, { type: "cameBack", ...came })).some(({ type }) => type === "note"),
  };
}

/** Where somebody stands who tells their history. */
function newestPlaceIn({ group, marks }: ToldState): Place | undefined {
  const [epoch, mark] = marks.at(-1) ?? [];
  return epoch === undefined || mark === undefined ? undefined : { group, epoch, mark };
}
