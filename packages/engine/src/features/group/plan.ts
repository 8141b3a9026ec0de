import {
  mayAdd,
  mayChange,
  mayRemove,
  profileOf,
  roleOf,
  rolesMayGive,
  heirOf,
  ownersOf,
  rulesAfter,
  seatFrom,
} from "@pli/protocol/group";
import type { Evidence, Role, Rules } from "@pli/protocol/group";
import { MAX_ADDED, type Member } from "@pli/protocol/conversation";
import { fromHex, toHex } from "@pli/protocol/crypto";
import type { ErrorCode } from "../../runtime/errors.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { QueuedOperation, RulesEdit, PendingOperation } from "./pending-operations.table.ts";

/** People who left whose statements one commit brings: they must fit beside it. */
const MAX_LEAVERS_AT_ONCE = 500;

/** The group as it stands, and what this device could add. */
export interface Standing {
  /** The MLS group, hexadecimal, and its epoch. */
  readonly group: string;
  readonly epoch: number;
  readonly rules: Rules;
  readonly members: readonly Member[];
  /** This person's profile. */
  readonly self: string;
  readonly ownLeaf: number;
  readonly now: number;
  /** Those who said that they leave. */
  readonly leavers: ReadonlySet<string>;
  /** A key package for each contact that has handed one over. */
  readonly keyPackages: ReadonlyMap<string, Uint8Array>;
}

/** One commit that does as much of what is wanted as can be done now. */
export interface Plan {
  readonly add: readonly Uint8Array[];
  readonly added: readonly string[];
  readonly remove: readonly number[];
  /** Undefined when the rules stay as they are. */
  readonly rules: Rules | undefined;
  readonly evidence: Evidence;
  readonly update: boolean;
  /** What is left of each operation once this commit is in effect; undefined: nothing. */
  readonly left: readonly { readonly id: number; readonly operation: PendingOperation | undefined }[];
}

export interface Planned {
  readonly plan: Plan | undefined;
  /** Operations that make no sense any more. `why` undefined: what they wanted is so already. */
  readonly dropped: readonly { readonly intention: QueuedOperation; readonly why: ErrorCode | undefined }[];
}

/**
 * Group change path 3/10. What to do about the operations of a group, in their order, on the state
 * of this moment: merged into one commit, left waiting, or dropped with the reason. A pure function
 * of what it is given.
 */
export function planCommit(standing: Standing, intentions: readonly QueuedOperation[]): Planned {
  if (intentions.some(({ operation }) => operation.kind === "refound")) return { plan: undefined, dropped: [] };
  const comes = new Set(intentions.flatMap(({ operation }) => (operation.kind === "bring" ? [operation.profile] : [])));
  const draft = createDraft(standing, comes);
  const dropped: Planned["dropped"][number][] = [];
  for (const intention of intentions) {
    const outcome = draft.take(intention);
    if (outcome.type === "moot") dropped.push({ intention, why: outcome.why });
  }
  return { plan: draft.finish(), dropped };
}

type Outcome = { type: "taken" } | { type: "waits" } | { type: "moot"; why: ErrorCode | undefined };

const TAKEN: Outcome = { type: "taken" };
const WAITS: Outcome = { type: "waits" };
const DONE_ALREADY: Outcome = { type: "moot", why: undefined };
const moot = (why: ErrorCode): Outcome => ({ type: "moot", why });

/** Not yet due. A clock that was set back since would make it wait for as long as it was ahead. */
const waits = ({ createdAt, dueAt }: QueuedOperation, now: number): boolean => dueAt > now && createdAt <= now;

/** `comes`: who is about to come over into this successor group. */
function createDraft(
  standing: Standing,
  comes: ReadonlySet<string>,
): { take(intention: QueuedOperation): Outcome; finish(): Plan | undefined } {
  const { rules: before, members, self, ownLeaf, now, keyPackages } = standing;
  const leavesOf = leavesByProfile(members);
  const removed = new Map<number, string>();
  const added = new Map<string, Uint8Array>();
  const evidence: Evidence[number][] = [];
  const left: Plan["left"][number][] = [];
  let rules = before;
  let update = false;

  const isMember = (profile: string): boolean => leavesOf.has(profile);
  const goes = (profile: string): boolean => (leavesOf.get(profile) ?? []).every((leaf) => removed.has(leaf));
  /** Whether somebody goes and does not come back in the same commit. */
  const isOut = (profile: string): boolean => goes(profile) && !added.has(profile);

  function take(intention: QueuedOperation): Outcome {
    const { operation } = intention;
    switch (operation.kind) {
      case "add":
        return takeAdd(intention, operation);
      case "remove":
        return takeRemove(intention, operation);
      case "role":
        return finished(intention, takeRole(operation.profile, operation.role));
      case "rules":
        return finished(intention, takeEdit(operation.edit));
      case "keys":
        update = true;
        return finished(intention, TAKEN);
      case "leave":
        return takeLeave(operation);
      case "left":
        return waits(intention, now) ? WAITS : finished(intention, takeLeft(operation));
      case "replace":
        return waits(intention, now) ? WAITS : finished(intention, takeReplace(operation));
      case "bring":
        return finished(intention, takeBring(operation));
      case "fresh":
        return waits(intention, now) ? WAITS : finished(intention, takeFresh(operation));
      case "refound":
        return WAITS;
    }
  }

  function finished(intention: QueuedOperation, outcome: Outcome): Outcome {
    if (outcome.type === "taken") left.push({ id: intention.id, operation: undefined });
    return outcome;
  }

  function takeAdd(intention: QueuedOperation, operation: PendingOperation & { kind: "add" }): Outcome {
    if (!mayAdd(before, self)) return moot("not_allowed");
    const wanted = operation.profiles.filter((profile) => !isMember(profile));
    if (wanted.length === 0) return DONE_ALREADY;
    const ready = wanted.filter((profile) => keyPackages.has(profile)).slice(0, MAX_ADDED - added.size);
    for (const profile of ready) added.set(profile, keyPackages.get(profile) ?? damaged("key package"));
    const rest = wanted.filter((profile) => !added.has(profile));
    if (ready.length === 0) return rest.length === 0 ? finished(intention, TAKEN) : WAITS;
    left.push({ id: intention.id, operation: rest.length === 0 ? undefined : { kind: "add", profiles: rest } });
    return TAKEN;
  }

  function takeRemove(intention: QueuedOperation, operation: PendingOperation & { kind: "remove" }): Outcome {
    const here = operation.profiles.filter((profile) => isMember(profile) && !goes(profile));
    if (here.length === 0)
      return operation.profiles.some((profile) => comes.has(profile)) ? WAITS : moot("already_removed");
    const allowed = here.filter((profile) => profile !== self && mayRemove(before, self, profile));
    if (allowed.length === 0) return moot("not_allowed");
    for (const profile of allowed) for (const leaf of leavesOf.get(profile) ?? []) removed.set(leaf, profile);
    return finished(intention, TAKEN);
  }

  function takeRole(profile: string, role: Role): Outcome {
    if (!isMember(profile) || isOut(profile)) return moot("already_removed");
    if (roleOf(rules, profile) === role) return DONE_ALREADY;
    if (!rolesMayGive(before, self, profile).includes(role)) return moot("not_allowed");
    const roles = new Map(rules.roles);
    if (role === "member") roles.delete(profile);
    else roles.set(profile, role);
    if (![...roles.values()].includes("owner")) return moot("owner_needed");
    rules = { ...rules, roles };
    return TAKEN;
  }

  function takeEdit(edit: RulesEdit): Outcome {
    const fields = Object.keys(edit) as (keyof RulesEdit)[];
    if (!fields.every((field) => mayChange(before, self, field))) return moot("not_allowed");
    rules = edited(rules, edit);
    return TAKEN;
  }

  /**
   * The operation to leave stays: this person leaves once the successor is an owner, if one is
   * needed.
   */
  function takeLeave({ successor }: PendingOperation & { kind: "leave" }): Outcome {
    if (successor === undefined || !isLastOwner(before, self, standing.leavers)) return WAITS;
    const outcome = takeRole(successor, "owner");
    return outcome.type === "moot" && outcome.why !== undefined ? outcome : WAITS;
  }

  function takeLeft({ leaf, profile, signature }: PendingOperation & { kind: "left" }): Outcome {
    const isThere = members.some((member) => member.leaf === leaf && profileOf(member) === profile);
    if (!isThere) return DONE_ALREADY;
    // They go anyway; that they have left is known as long as they are not gone.
    if (removed.has(leaf)) return TAKEN;
    if (evidence.length >= MAX_LEAVERS_AT_ONCE) return WAITS;
    removed.set(leaf, profile);
    evidence.push({ leaf, signature: bytes(signature) });
    return TAKEN;
  }

  /** Repair path 7/9: a new leaf takes the place of the one that the device consented to. */
  function takeReplace({ profile, device, keyPackage, replaces }: PendingOperation & { kind: "replace" }): Outcome {
    if (!isMember(profile) || goes(profile)) return moot("already_removed");
    const seats = members.filter((member) => isSeat(member, profile, device));
    if (seats.some(({ leaf }) => leaf === ownLeaf)) return moot("not_allowed");
    // Somebody else was faster: what the device consented to have replaced is gone.
    if (replaces !== undefined && !seats.some(({ encryptionKey }) => toHex(encryptionKey) === replaces))
      return DONE_ALREADY;
    for (const { leaf } of seats) removed.set(leaf, profile);
    added.set(profile, bytes(keyPackage));
    return TAKEN;
  }

  /** Any commit that renews our keys begins all chains again; another's has done so already. */
  function takeFresh({ group, epoch }: PendingOperation & { kind: "fresh" }): Outcome {
    if (standing.group !== group || standing.epoch !== epoch) return DONE_ALREADY;
    update = true;
    return TAKEN;
  }

  function takeBring({ profile, role, keyPackage }: PendingOperation & { kind: "bring" }): Outcome {
    if (isMember(profile) || added.has(profile)) return DONE_ALREADY;
    if (!mayAdd(before, self)) return moot("not_allowed");
    if (added.size >= MAX_ADDED) return WAITS;
    added.set(profile, bytes(keyPackage));
    if (role !== "member") rules = { ...rules, roles: new Map([...rules.roles, [profile, role]]) };
    return TAKEN;
  }

  function finish(): Plan | undefined {
    const gone = new Set([...removed.values()].filter(isOut));
    const after = rulesAfter(rules, gone, heirOf(before, present(members), gone));
    const changes = after !== before;
    if (added.size + removed.size === 0 && !changes && !update) return undefined;
    return {
      add: [...added.values()],
      added: [...added.keys()],
      remove: [...removed.keys()],
      rules: changes ? after : undefined,
      evidence,
      update,
      left,
    };
  }

  return { take, finish };
}

/** Whether a group has no other owner who stays. */
export function isLastOwner(rules: Rules, profile: string, leavers: ReadonlySet<string>): boolean {
  const staying = ownersOf(rules).filter((owner) => !leavers.has(owner));
  return staying.length === 1 && staying[0] === profile;
}

/**
 * Who may found a group again: its owners who stay, or, if there is none, the member who inherits
 * it.
 */
export function foundersOf(rules: Rules, members: readonly Member[], leavers: ReadonlySet<string>): readonly string[] {
  const heir = heirOf(rules, present(members), leavers);
  return heir === undefined ? ownersOf(rules).filter((owner) => !leavers.has(owner)) : [heir];
}

/** People by rising leaf. */
function present(members: readonly Member[]): string[] {
  return members.toSorted((a, b) => a.leaf - b.leaf).flatMap((member) => profileOf(member) ?? []);
}

export function leavesByProfile(members: readonly Member[]): Map<string, number[]> {
  const leaves = new Map<string, number[]>();
  for (const member of members) {
    const profile = profileOf(member);
    if (profile !== undefined) leaves.set(profile, [...(leaves.get(profile) ?? []), member.leaf]);
  }
  return leaves;
}

function isSeat({ credential }: Member, profile: string, device: string): boolean {
  const seat = seatFrom(credential);
  return seat?.profile === profile && seat.device === device;
}

function edited(rules: Rules, { picture, ...values }: RulesEdit): Rules {
  const { picture: old, ...kept } = rules;
  const next = { ...kept, ...values };
  if (picture === null) return next;
  if (picture === undefined) return old === undefined ? next : { ...next, picture: old };
  return {
    ...next,
    picture: { seed: bytes(picture.seed), length: picture.length, hash: bytes(picture.hash) },
  };
}

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? damaged("hexadecimal");
