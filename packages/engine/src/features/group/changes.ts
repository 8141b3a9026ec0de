import { encodeEvidence, encodeRules } from "@pli/protocol/group";
import { MAX_ADDED } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Commits } from "../../epochs/commits.ts";
import { findConversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import { PliError, type ErrorCode } from "../../runtime/errors.ts";
import type { Profiles } from "../../people/profile.ts";
import { withoutEarly } from "./owed-texts.ts";
import { encodePurpose, isUnderWay, purposeFrom } from "./commit-purpose.ts";
import type { History } from "./history.ts";
import {
  deletePendingOperation,
  insertPendingOperation,
  leaversIn,
  listDueAfter,
  listGroupsThatChange,
  listPendingOperations,
  replaceOperation,
} from "./pending-operations.table.ts";
import type { QueuedOperation, PendingOperation } from "./pending-operations.table.ts";
import type { KeyPackages } from "./key-packages.ts";
import { viewOf } from "./pending-changes.ts";
import { leavesByProfile, planCommit, type Plan, type Standing } from "./plan.ts";
import { rulesIn } from "./members.ts";
import { named } from "./people.table.ts";
import type { OwnLeaves } from "../devices/own-leaves.ts";
import type { Offers } from "./offers.ts";

/**
 * What is wanted of a group, until it is so: operations wait in a queue, become one commit when the
 * group stands still, are tried again on whatever another's commit made of the group, and are
 * dropped, with the reason in the history, when they make no sense any more (docs/protocol.md,
 * section 5).
 */
export interface Changes {
  /** `dueAt`: what others may do as well can wait for them. */
  want(tx: Tx, conversation: string, operation: PendingOperation, dueAt?: number): Promise<number>;
  /** Makes the commit that can be made now, if any. */
  pump(tx: Tx, conversation: string): Promise<void>;
  /**
   * Our commit is the group's history: its operations are fulfilled. Gives the profiles it added,
   * and the own devices.
   */
  fulfilled(tx: Tx, conversation: string, body: Uint8Array): Promise<Pick<Plan, "added" | "devices">>;
  /** Takes an operation back; `change_unknown` when its commit is under way or in effect. */
  cancel(tx: Tx, conversation: string, id: string): Promise<void>;
  /** This person does not come: they are wanted no more, and the history says why. */
  unwant(tx: Tx, conversation: string, profile: string, why: ErrorCode): Promise<void>;
  /** Sets the timers of operations that wait for a moment, and looks at every queue. */
  resume(tx: Tx): Promise<void>;
  /**
   * What waits for something else than a moment, as for a clock that was wrong, is looked at again.
   */
  tick(tx: Tx): Promise<void>;
}

export function createChanges(
  context: Context,
  deps: {
    epochs: Epochs;
    epochRoles: EpochRoles;
    commits: Commits;
    profiles: Profiles;
    keyPackages: KeyPackages;
    history: History;
    offers: Pick<Offers, "willing" | "sweep">;
    ownLeaves: Pick<OwnLeaves, "wanted">;
  },
): Changes {
  const { clock, groups } = context;
  const { epochs, profiles, keyPackages, history } = deps;

  async function want(tx: Tx, conversation: string, operation: PendingOperation, dueAt = clock.now()): Promise<number> {
    const id = await insertPendingOperation(tx, { conversation, operation, createdAt: clock.now(), dueAt });
    if (dueAt > clock.now()) wakeAt(tx, conversation, dueAt);
    else await pump(tx, conversation);
    return id;
  }

  function wakeAt(tx: Tx, conversation: string, dueAt: number): void {
    tx.after(() => {
      context.later(Math.max(0, dueAt - clock.now()), (later) => pump(later, conversation));
    });
  }

  async function pump(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    const held = await epochs.current(tx, id);
    if (conversation?.kind !== "group" || conversation.state !== "ready" || held === undefined) return;
    if (await deps.commits.isPending(tx, held)) return;
    const intentions = await listPendingOperations(tx, id);
    if (intentions.length > 0) await propose(tx, held, intentions);
  }

  /**
   * One commit for all that can be done; when that is refused, for each operation alone, so that
   * one cannot stop the others.
   */
  async function propose(tx: Tx, held: HeldEpoch, intentions: readonly QueuedOperation[]): Promise<void> {
    const standing = await standingOf(tx, held, intentions);
    const { plan, dropped } = planCommit(standing, intentions);
    for (const { intention, why } of dropped) await drop(tx, intention, why);
    if (plan === undefined || (await tryPlan(tx, held, plan))) return;
    const rest = intentions.filter((intention) => !dropped.some((other) => other.intention === intention));
    if (rest.length === 1) return rest[0] === undefined ? undefined : drop(tx, rest[0], "not_allowed");
    for (const intention of rest) {
      const alone = planCommit(standing, [intention]).plan;
      if (alone === undefined) continue;
      if (await tryPlan(tx, held, alone)) return;
      await drop(tx, intention, "not_allowed");
    }
  }

  async function standingOf(tx: Tx, held: HeldEpoch, intentions: readonly QueuedOperation[]): Promise<Standing> {
    const { group, ownLeaf } = held.epoch;
    const members = groups.members(group);
    const self = (await profiles.get(tx)).id;
    const present = leavesByProfile(members);
    const wanted = intentions.flatMap(({ operation }) => (operation.kind === "add" ? operation.profiles : []));
    const missing = [...new Set(wanted)].filter((profile) => !present.has(profile)).slice(0, 2 * MAX_ADDED);
    const due = await withoutEarly(tx, held, missing);
    const willing = await deps.offers.willing(tx, held, due);
    const usable = await keyPackages.usable(tx, held.conversation, willing);
    const leavers = await leaversIn(tx, held.conversation);
    const place = { group: toHex(groups.groupId(group)), epoch: held.number };
    const rules = rulesIn(deps.epochRoles, held);
    const ownDevices = await deps.ownLeaves.wanted(tx, held);
    return { ...place, ownDevices, rules, members, self, ownLeaf, now: clock.now(), leavers, keyPackages: usable };
  }

  /** False: the rules or the group say no. Slots that are used up keep the operation waiting. */
  async function tryPlan(tx: Tx, held: HeldEpoch, plan: Plan): Promise<boolean> {
    const made = await deps.commits.propose(tx, held, {
      add: plan.add,
      remove: plan.remove,
      ...(plan.rules && { rules: encodeRules(plan.rules) }),
      ...(plan.evidence.length > 0 && { evidence: encodeEvidence(plan.evidence) }),
      update: plan.update,
      ...(plan.credential && { credential: plan.credential }),
      body: encodePurpose(plan),
    });
    return made.ok || made.error === "wrong_epoch";
  }

  async function drop(tx: Tx, intention: QueuedOperation, why: ErrorCode | undefined): Promise<void> {
    await deletePendingOperation(tx, intention.id);
    const self = await profiles.get(tx);
    const operation = await viewOf(tx, intention.operation);
    if (why === undefined || operation === undefined) return;
    await history.note(tx, intention.conversation, self.id, { what: "dropped", operation, why });
  }

  async function fulfilled(tx: Tx, conversation: string, body: Uint8Array): ReturnType<Changes["fulfilled"]> {
    const purpose = purposeFrom(body);
    for (const { id, operation } of purpose.left) {
      if (operation === undefined) await deletePendingOperation(tx, id);
      else await replaceOperation(tx, id, operation);
    }
    await keyPackages.used(tx, conversation, purpose.added);
    return purpose;
  }

  async function cancel(tx: Tx, conversation: string, id: string): Promise<void> {
    const intention = (await listPendingOperations(tx, conversation)).find((other) => String(other.id) === id);
    if (intention === undefined || (await isUnderWay(tx, conversation, intention.id)))
      throw new PliError("change_unknown");
    await deletePendingOperation(tx, intention.id);
    await deps.offers.sweep(tx, conversation);
  }

  async function unwant(tx: Tx, conversation: string, profile: string, why: ErrorCode): Promise<void> {
    for (const { id, operation } of await listPendingOperations(tx, conversation)) {
      if (operation.kind !== "add" || !operation.profiles.includes(profile) || (await isUnderWay(tx, conversation, id)))
        continue;
      const rest = operation.profiles.filter((other) => other !== profile);
      if (rest.length === 0) await deletePendingOperation(tx, id);
      else await replaceOperation(tx, id, { kind: "add", profiles: rest });
      const shown = { kind: "add", who: await named(tx, [profile]) } as const;
      await history.note(tx, conversation, (await profiles.get(tx)).id, { what: "dropped", operation: shown, why });
    }
    await deps.offers.sweep(tx, conversation);
  }

  async function resume(tx: Tx): Promise<void> {
    for (const { conversation, dueAt } of await listDueAfter(tx, clock.now())) wakeAt(tx, conversation, dueAt);
    await tick(tx);
  }

  async function tick(tx: Tx): Promise<void> {
    for (const conversation of await listGroupsThatChange(tx)) await pump(tx, conversation);
  }

  return { want, pump, fulfilled, cancel, unwant, resume, tick };
}
