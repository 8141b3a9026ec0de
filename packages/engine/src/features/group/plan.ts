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

/** What a commit would change of the leaves of this person; `credential`: of this device's own. */
export interface WantedLeaves {
  readonly add: ReadonlyMap<string, Uint8Array>;
  readonly remove: readonly number[];
  readonly credential: Uint8Array | undefined;
}

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
  /**
   * Own devices that are not in the group yet, each with a key package; and leaves of removed ones.
   */
  readonly ownDevices: WantedLeaves;
  /** A key package for each contact that has handed one over. */
  readonly keyPackages: ReadonlyMap<string, Uint8Array>;
}

/** One commit that does as much of what is wanted as can be done now. */
export interface Plan {
  readonly add: readonly Uint8Array[];
  readonly added: readonly string[];
  /** Own devices that it brings in. */
  readonly devices: readonly string[];
  readonly remove: readonly number[];
  /** Undefined when the rules stay as they are. */
  readonly rules: Rules | undefined;
  readonly evidence: Evidence;
  readonly update: boolean;
  readonly credential: Uint8Array | undefined;
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
  if (intentions.some(({ operation }) => operation.kind === "successorGroup")) return { plan: undefined, dropped: [] };
  const draft = createDraft(standing, intentions);
  const dropped: Planned["dropped"][number][] = [];
  for (const intention of intentions) {
    const outcome = take(draft, intention);
    if (outcome.type === "moot") dropped.push({ intention, why: outcome.why });
  }
  return { plan: planFrom(draft), dropped };
}

type Outcome = { type: "taken" } | { type: "waits" } | { type: "moot"; why: ErrorCode | undefined };

const TAKEN: Outcome = { type: "taken" };
const WAITS: Outcome = { type: "waits" };
const DONE_ALREADY: Outcome = { type: "moot", why: undefined };
const moot = (why: ErrorCode): Outcome => ({ type: "moot", why });

/** Not yet due. A clock that was set back since would make it wait for as long as it was ahead. */
const waits = ({ createdAt, dueAt }: QueuedOperation, now: number): boolean => dueAt > now && createdAt <= now;

/** The commit as far as it is planned. */
interface Draft {
  readonly standing: Standing;
  readonly leavesOf: ReadonlyMap<string, readonly number[]>;
  /** Who is about to come over into this successor group. */
  readonly comes: ReadonlySet<string>;
  readonly removed: Map<number, string>;
  readonly added: Map<string, Uint8Array>;
  readonly devices: Map<string, Uint8Array>;
  readonly evidence: Evidence[number][];
  readonly left: Plan["left"][number][];
  rules: Rules;
  update: boolean;
  credential: Uint8Array | undefined;
}

type Operation<K extends PendingOperation["kind"]> = PendingOperation & { readonly kind: K };

const isMember = ({ leavesOf }: Draft, profile: string): boolean => leavesOf.has(profile);
const goes = ({ leavesOf, removed }: Draft, profile: string): boolean =>
  (leavesOf.get(profile) ?? []).every((leaf) => removed.has(leaf));
/** Whether somebody goes and does not come back in the same commit. */
const isOut = (draft: Draft, profile: string): boolean => goes(draft, profile) && !draft.added.has(profile);

function createDraft(standing: Standing, intentions: readonly QueuedOperation[]): Draft {
  return {
    standing,
    leavesOf: leavesByProfile(standing.members),
    comes: new Set(intentions.flatMap(({ operation }) => (operation.kind === "bring" ? [operation.profile] : []))),
    removed: new Map(),
    added: new Map(),
    devices: new Map(),
    evidence: [],
    left: [],
    rules: standing.rules,
    update: false,
    credential: undefined,
  };
}

function take(draft: Draft, intention: QueuedOperation): Outcome {
  const { operation } = intention;
  const isEarly = waits(intention, draft.standing.now);
  switch (operation.kind) {
    case "add":
      return takeAdd(draft, intention, operation);
    case "remove":
      return finished(draft, intention, takeRemove(draft, operation));
    case "role":
      return finished(draft, intention, takeRole(draft, operation.profile, operation.role));
    case "rules":
      return finished(draft, intention, takeEdit(draft, operation.edit));
    case "keys":
      return finished(draft, intention, takeKeys(draft));
    case "leave":
      return takeLeave(draft, operation);
    case "left":
      return isEarly ? WAITS : finished(draft, intention, takeLeft(draft, operation));
    case "replace":
      return isEarly ? WAITS : finished(draft, intention, takeReplace(draft, operation));
    case "devices":
      return finished(draft, intention, takeDevices(draft));
    case "bring":
      return finished(draft, intention, takeBring(draft, operation));
    case "fresh":
      return isEarly ? WAITS : finished(draft, intention, takeFresh(draft, operation));
    case "successorGroup":
      return WAITS;
  }
}

function finished({ left }: Draft, { id }: QueuedOperation, outcome: Outcome): Outcome {
  if (outcome.type === "taken") left.push({ id, operation: undefined });
  return outcome;
}

function takeAdd(draft: Draft, intention: QueuedOperation, operation: Operation<"add">): Outcome {
  const { standing, added, left } = draft;
  const { rules, self, keyPackages } = standing;
  if (!mayAdd(rules, self)) return moot("not_allowed");
  const wanted = operation.profiles.filter((profile) => !isMember(draft, profile));
  if (wanted.length === 0) return DONE_ALREADY;
  const ready = wanted.filter((profile) => keyPackages.has(profile)).slice(0, MAX_ADDED - added.size);
  for (const profile of ready) added.set(profile, keyPackages.get(profile) ?? damaged("key package"));
  const rest = wanted.filter((profile) => !added.has(profile));
  if (ready.length === 0) return rest.length === 0 ? finished(draft, intention, TAKEN) : WAITS;
  left.push({ id: intention.id, operation: rest.length === 0 ? undefined : { kind: "add", profiles: rest } });
  return TAKEN;
}

function takeRemove(draft: Draft, { profiles }: Operation<"remove">): Outcome {
  const { comes, leavesOf, removed, standing } = draft;
  const { rules, self } = standing;
  const here = profiles.filter((profile) => isMember(draft, profile) && !goes(draft, profile));
  if (here.length === 0) return profiles.some((profile) => comes.has(profile)) ? WAITS : moot("already_removed");
  const allowed = here.filter((profile) => profile !== self && mayRemove(rules, self, profile));
  if (allowed.length === 0) return moot("not_allowed");
  for (const profile of allowed) for (const leaf of leavesOf.get(profile) ?? []) removed.set(leaf, profile);
  return TAKEN;
}

function takeRole(draft: Draft, profile: string, role: Role): Outcome {
  const { rules: before, self } = draft.standing;
  if (!isMember(draft, profile) || isOut(draft, profile)) return moot("already_removed");
  if (roleOf(draft.rules, profile) === role) return DONE_ALREADY;
  if (!rolesMayGive(before, self, profile).includes(role)) return moot("not_allowed");
  const roles = new Map(draft.rules.roles);
  if (role === "member") roles.delete(profile);
  else roles.set(profile, role);
  if (![...roles.values()].includes("owner")) return moot("owner_needed");
  draft.rules = { ...draft.rules, roles };
  return TAKEN;
}

function takeEdit(draft: Draft, edit: RulesEdit): Outcome {
  const { rules: before, self } = draft.standing;
  const fields = Object.keys(edit) as (keyof RulesEdit)[];
  if (!fields.every((field) => mayChange(before, self, field))) return moot("not_allowed");
  draft.rules = edited(draft.rules, edit);
  return TAKEN;
}

function takeKeys(draft: Draft): Outcome {
  draft.update = true;
  return TAKEN;
}

/**
 * The operation to leave stays: this person leaves once the successor is an owner, if one is
 * needed.
 */
function takeLeave(draft: Draft, { successor }: Operation<"leave">): Outcome {
  const { rules, self, leavers } = draft.standing;
  if (successor === undefined || !isLastOwner(rules, self, leavers)) return WAITS;
  const outcome = takeRole(draft, successor, "owner");
  return outcome.type === "moot" && outcome.why !== undefined ? outcome : WAITS;
}

function takeLeft({ evidence, removed, standing }: Draft, { leaf, profile, signature }: Operation<"left">): Outcome {
  const isThere = standing.members.some((member) => member.leaf === leaf && profileOf(member) === profile);
  if (!isThere) return DONE_ALREADY;
  // They go anyway; that they have left is known as long as they are not gone.
  if (removed.has(leaf)) return TAKEN;
  if (evidence.length >= MAX_LEAVERS_AT_ONCE) return WAITS;
  removed.set(leaf, profile);
  evidence.push({ leaf, signature: bytes(signature) });
  return TAKEN;
}

/** Repair path 7/9: a new leaf takes the place of the one that the device consented to. */
function takeReplace(draft: Draft, operation: Operation<"replace">): Outcome {
  const { profile, device, keyPackage, replaces, generation = 0 } = operation;
  const { members, ownLeaf } = draft.standing;
  if (!isMember(draft, profile) || goes(draft, profile)) return moot("already_removed");
  // That of the device, or of another one of its person, which is gone.
  const seats = members.filter(
    (member) =>
      isSeat(member, profile, device) || (profileOf(member) === profile && toHex(member.encryptionKey) === replaces),
  );
  if (seats.some(({ leaf }) => leaf === ownLeaf)) return moot("not_allowed");
  // Somebody else was faster: what the device consented to have replaced is gone, or it is in.
  if (replaces !== undefined && !seats.every(({ encryptionKey }) => toHex(encryptionKey) === replaces))
    return DONE_ALREADY;
  if (seats.length === 0) return DONE_ALREADY;
  const earlier = members.filter((member) => member.leaf !== ownLeaf && isEarlier(member, profile, generation));
  for (const { leaf } of [...seats, ...earlier]) draft.removed.set(leaf, profile);
  draft.added.set(profile, bytes(keyPackage));
  return TAKEN;
}

/** Any commit that renews our keys begins all chains again; another's has done so already. */
function takeFresh(draft: Draft, { group, epoch }: Operation<"fresh">): Outcome {
  if (draft.standing.group !== group || draft.standing.epoch !== epoch) return DONE_ALREADY;
  return takeKeys(draft);
}

/** The leaves of this person become those of their list of devices. */
function takeDevices(draft: Draft): Outcome {
  const { ownDevices, self } = draft.standing;
  for (const leaf of ownDevices.remove) draft.removed.set(leaf, self);
  for (const [device, keyPackage] of ownDevices.add) draft.devices.set(device, keyPackage);
  draft.credential = ownDevices.credential;
  const isNothing = ownDevices.remove.length + ownDevices.add.size === 0 && ownDevices.credential === undefined;
  return isNothing ? DONE_ALREADY : TAKEN;
}

function takeBring(draft: Draft, { profile, role, keyPackage }: Operation<"bring">): Outcome {
  const { rules: before, self } = draft.standing;
  if (isMember(draft, profile) || draft.added.has(profile)) return DONE_ALREADY;
  if (!mayAdd(before, self)) return moot("not_allowed");
  if (draft.added.size >= MAX_ADDED) return WAITS;
  draft.added.set(profile, bytes(keyPackage));
  const { rules } = draft;
  if (role !== "member") draft.rules = { ...rules, roles: new Map([...rules.roles, [profile, role]]) };
  return TAKEN;
}

function planFrom(draft: Draft): Plan | undefined {
  const { added, devices, evidence, left, removed, standing, update, credential } = draft;
  const gone = new Set([...removed.values()].filter((profile) => isOut(draft, profile)));
  const after = rulesAfter(draft.rules, gone, heirOf(standing.rules, present(standing.members), gone));
  const changes = after !== standing.rules;
  if (added.size + devices.size + removed.size === 0 && !changes && !update && !credential) return undefined;
  return {
    add: [...added.values(), ...devices.values()],
    added: [...added.keys()],
    devices: [...devices.keys()],
    remove: [...removed.keys()],
    rules: changes ? after : undefined,
    evidence,
    update,
    credential,
    left,
  };
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

/** Whether a leaf of this person is of keys that those of `generation` take the place of. */
function isEarlier({ credential }: Member, profile: string, generation: number): boolean {
  const seat = seatFrom(credential);
  return seat?.profile === profile && seat.generation < generation;
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
