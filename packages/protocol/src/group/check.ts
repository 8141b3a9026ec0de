import type { CommitChange, CommitCheck, Member } from "../conversation/group.ts";
import { fromHex, type Crypto } from "../crypto/index.ts";
import { parseCredential } from "../identity/index.ts";
import { sameBytes } from "../object/bytes.ts";
import { consentToAdd, consentToRejoin } from "./consent.ts";
import { parseEvidence, verifyLeaveStatement } from "./leave/statement.ts";
import { seatFrom, type Seat } from "./members.ts";
import {
  heirOf,
  mayAdd,
  mayChange,
  mayGive,
  mayRemove,
  ownersOf,
  roleOf,
  rulesAfter,
  type RulesField,
} from "./rights.ts";
import { parseRules, type Picture, type Rules } from "./rules.ts";

/** Why the rules of a group do not allow a commit. */
export type RulesProblem =
  | "rules_malformed"
  | "credential_malformed"
  | "conversation_changed"
  | "not_allowed"
  | "not_consented"
  | "wrong_evidence"
  | "already_member"
  | "not_renewed"
  | "earlier_keys"
  | "too_many_devices"
  | "role_of_nobody"
  | "no_owner";

/** The members and rules of the epoch a commit ends. */
export type Before = { readonly rules: Rules; readonly members: readonly Member[] };

/** Leaves of one profile. */
export const MAX_DEVICES = 16;
const FIELDS: readonly RulesField[] = [
  "name",
  "description",
  "picture",
  "timer",
  "whoAdds",
  "whoWrites",
  "newcomersRead",
];

type Comer = Seat & { readonly consent: Uint8Array | undefined };

/** What a commit does, in terms of people. */
type Step = {
  readonly crypto: Crypto;
  readonly groupId: Uint8Array;
  readonly rules: Rules;
  readonly change: CommitChange;
  /** The profile of the committer. */
  readonly by: string;
  readonly members: ReadonlyMap<number, Member & Seat>;
  readonly added: readonly Comer[];
  readonly removed: ReadonlySet<number>;
  /** Of those who come back, the leaf whose place each takes. */
  readonly replaced: ReadonlyMap<Comer, Member & Seat>;
  /** Of each person with a leaf before or after it, the latest generation of their leaves' keys. */
  readonly latest: ReadonlyMap<string, number>;
};

/**
 * Whether the rules allow a commit, by the roles of the epoch before it (section 5). It depends on
 * its arguments alone, and its time grows with the number of members, of changes and of statements.
 */
export function rulesProblem(
  crypto: Crypto,
  groupId: Uint8Array,
  before: Before,
  change: CommitChange,
): RulesProblem | undefined {
  const members = seated(before.members);
  const added = seatedAll(change.added);
  const by = members?.get(change.sender)?.profile;
  if (members === undefined || added === undefined || by === undefined) return "credential_malformed";
  const renewed = renewedSeat(members, change);
  if (renewed === "refused") return "not_renewed";
  const latest = latestOf([...members.values(), ...added, ...renewed]);
  const removed = new Set(change.removed);
  const given = { crypto, groupId, rules: before.rules, change, by, members, added, removed, latest };
  const step = { ...given, replaced: replacedBy(given) };
  return addsProblem(step) ?? removesProblem(step) ?? outcomeProblem(step);
}

/**
 * Whether a group's rules fit its members, as they do after every allowed commit: for those who
 * join, and who have not seen how it came to be.
 */
export function rosterProblem(rules: Rules, members: readonly Member[]): RulesProblem | undefined {
  const seats = seated(members);
  if (seats === undefined) return "credential_malformed";
  return fitProblem(rules, new Set(Array.from(seats.values(), ({ profile }) => profile)));
}

/** Group change path 8/10. The rules as `GroupEngine` asks for them. */
export function createCommitCheck(crypto: Crypto): CommitCheck {
  return (change, before) => {
    if (before.rules === undefined) return isAllowedWithoutRules(change, before.members);
    const rules = parseRules(before.rules);
    if (!rules.ok) return false;
    return rulesProblem(crypto, before.groupId, { rules: rules.value, members: before.members }, change) === undefined;
  };
}

/**
 * A group without rules is a conversation of two, or one of a person's own devices. Its founder,
 * alone in it, brings in the other. Then no person comes or goes: each of the two adds and removes
 * devices of their own, which consent to that. None comes in by keys of an earlier generation than
 * its person has there, and a leaf takes out none of a later one: what earlier keys certify may be
 * a thief's.
 */
function isAllowedWithoutRules(change: CommitChange, members: readonly Member[]): boolean {
  const { added, removed, rules, evidence, sender } = change;
  const [before, comers] = [seated(members), seatedAll(added)];
  const by = before?.get(sender)?.profile;
  if (before === undefined || comers === undefined || by === undefined) return false;
  const renewed = renewedSeat(before, change);
  if (renewed === "refused") return false;
  const latest = latestOf([...before.values(), ...renewed]);
  const people = new Set(Array.from(before.values(), ({ profile }) => profile));
  if (rules !== undefined || evidence.length > 0 || people.size > 2) return false;
  if (before.size === 1 && comers.length === 0) return renewed.length > 0;
  if (before.size === 1 && comers.length === 1 && comers[0]?.profile !== by) return removed.length === 0;
  const mayGo = (seat: Seat | undefined): boolean => seat?.profile === by && seat.generation <= own;
  const own = Math.max(before.get(sender)?.generation ?? 0, ...renewed.map(({ generation }) => generation));
  return (
    removed.every((leaf) => leaf !== sender && mayGo(before.get(leaf))) &&
    comers.every(({ generation }) => generation >= (latest.get(by) ?? 0)) &&
    comeOwn(
      [...before.values()].filter(({ leaf }) => !removed.includes(leaf)),
      comers,
      by,
    )
  );
}

/**
 * The seat that the committer's leaf takes by its new credential, if it has one: the same device of
 * the same person, certified by keys of a later generation, or for longer by the same ones.
 */
function renewedSeat(
  members: ReadonlyMap<number, Member>,
  { sender, credential }: CommitChange,
): readonly Seat[] | "refused" {
  if (credential === undefined) return [];
  const [before, after] = [parseCredential(members.get(sender)?.credential ?? credential), parseCredential(credential)];
  const seat = seatFrom(credential);
  if (!before.ok || !after.ok || seat === undefined) return "refused";
  const [old, fresh] = [before.value, after.value];
  const isSame = sameBytes(old.profileId, fresh.profileId) && sameBytes(old.deviceId, fresh.deviceId);
  const isLonger = fresh.generation === old.generation && fresh.notAfter > old.notAfter;
  return isSame && (fresh.generation > old.generation || isLonger) ? [seat] : "refused";
}

/** Whether those who come are further devices of the committer, each with its consent. */
function comeOwn(stay: readonly Seat[], comers: readonly Comer[], by: string): boolean {
  const devices = new Set(stay.map(deviceOf));
  const consent = consentToAdd(fromHex(by) ?? new Uint8Array(0));
  for (const comer of comers) {
    const isOwn = comer.profile === by && comer.consent !== undefined && sameBytes(comer.consent, consent);
    if (!isOwn || devices.has(deviceOf(comer))) return false;
    devices.add(deviceOf(comer));
  }
  return [...devices].filter((device) => device.startsWith(`${by}/`)).length <= MAX_DEVICES;
}

/**
 * The leaf whose place each takes who comes back: that of the same device, or, for a device that
 * the person restored, the one that goes and that its consent names. Each leaf gives its place
 * once.
 */
function replacedBy(step: Omit<Step, "replaced">): Step["replaced"] {
  const { crypto, groupId, by, members, added, removed } = step;
  const leaves = leavesByDevice(step);
  const replaced = new Map(
    added.flatMap((comer) => {
      const own = leaves.get(deviceOf(comer));
      return own === undefined ? [] : [[comer, own] as const];
    }),
  );
  const given = new Set(replaced.values());
  const left = new Set([...members.values()].filter((member) => removed.has(member.leaf) && !given.has(member)));
  const place = { conversation: step.rules.conversation, groupId };
  const helper = fromHex(by) ?? new Uint8Array(0);
  for (const comer of added) {
    const { consent, profile } = comer;
    if (replaced.has(comer) || consent === undefined || profile === by) continue;
    const named = [...left].find(
      ({ profile: whose, encryptionKey }) =>
        whose === profile && sameBytes(consent, consentToRejoin(crypto, { ...place, encryptionKey }, helper)),
    );
    if (named === undefined) continue;
    left.delete(named);
    replaced.set(comer, named);
  }
  return replaced;
}

/**
 * New people, further devices of the committer, and devices that come back in the place of an old
 * leaf.
 */
function addsProblem(step: Step): RulesProblem | undefined {
  const profiles = new Set(Array.from(step.members.values(), ({ profile }) => profile));
  const seen = new Set<string>();
  for (const seat of step.added) {
    const device = deviceOf(seat);
    if (seen.has(device)) return "already_member";
    seen.add(device);
    const problem = addProblem(step, seat, profiles.has(seat.profile));
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function addProblem(step: Step, comer: Comer, isIn: boolean): RulesProblem | undefined {
  const { crypto, groupId, rules, by, removed, latest } = step;
  const { profile, consent, generation } = comer;
  const replaced = step.replaced.get(comer);
  if (generation < (latest.get(profile) ?? 0)) return "earlier_keys";
  if (replaced !== undefined && !removed.has(replaced.leaf)) return "already_member";
  if (replaced === undefined && isIn && profile !== by) return "already_member";
  // The member that a device has asked brings it back: the only one who may add must not be lost to
  // their own group.
  if (replaced === undefined && !mayAdd(rules, by) && profile !== by) return "not_allowed";
  const committer = fromHex(by) ?? new Uint8Array(0);
  const { conversation } = rules;
  const wanted =
    replaced === undefined
      ? consentToAdd(committer)
      : consentToRejoin(crypto, { conversation, groupId, encryptionKey: replaced.encryptionKey }, committer);
  return consent !== undefined && sameBytes(consent, wanted) ? undefined : "not_consented";
}

/**
 * Each removed leaf is one that the committer may put out, one that comes back, one that said it
 * leaves, or one of keys that its person has later ones than: those a thief may have.
 */
function removesProblem(step: Step): RulesProblem | undefined {
  const left = leaversIn(step);
  if (left === undefined) return "wrong_evidence";
  const back = new Set(Array.from(step.replaced.values(), ({ leaf }) => leaf));
  for (const leaf of step.removed) {
    const member = step.members.get(leaf);
    if (member === undefined || leaf === step.change.sender) return "not_allowed";
    const isEarlier = member.generation < (step.latest.get(member.profile) ?? 0);
    const hasReason = isEarlier || back.has(leaf) || left.has(leaf);
    if (!hasReason && !mayRemove(step.rules, step.by, member.profile)) return "not_allowed";
  }
  return undefined;
}

/** The leaves whose statements hold; undefined when one does not, or is of a leaf that stays. */
function leaversIn({ crypto, groupId, rules, change, members, removed }: Step): ReadonlySet<number> | undefined {
  const evidence = parseEvidence(change.evidence);
  if (!evidence.ok) return undefined;
  const group = { conversation: rules.conversation, groupId };
  const holds = evidence.value.every(({ leaf, signature }) => {
    const member = members.get(leaf);
    return member !== undefined && removed.has(leaf) && verifyLeaveStatement(crypto, group, member, signature);
  });
  return holds ? new Set(evidence.value.map(({ leaf }) => leaf)) : undefined;
}

/** Who is there afterwards, and under which rules. */
function outcomeProblem(step: Step): RulesProblem | undefined {
  const { rules, change, by, members } = step;
  const devices = devicesAfter(step);
  for (const { profile } of step.added) if ((devices.get(profile) ?? 0) > MAX_DEVICES) return "too_many_devices";
  const present = [...members.values()].toSorted((a, b) => a.leaf - b.leaf).map(({ profile }) => profile);
  const gone = new Set(present.filter((profile) => !devices.has(profile)));
  const without = rulesAfter(rules, gone, heirOf(rules, present, gone));
  const after = change.rules === undefined ? ({ ok: true, value: rules } as const) : parseRules(change.rules);
  if (!after.ok) return after.error;
  return fitProblem(after.value, new Set(devices.keys())) ?? changeProblem(rules, by, without, after.value);
}

/**
 * Whether the committer may make of the rules, as they are without those who are gone, what the
 * commit makes of them.
 */
function changeProblem(before: Rules, by: string, without: Rules, after: Rules): RulesProblem | undefined {
  if (!sameBytes(before.conversation, after.conversation)) return "conversation_changed";
  for (const field of FIELDS)
    if (!sameField(without[field], after[field]) && !mayChange(before, by, field)) return "not_allowed";
  for (const profile of new Set([...without.roles.keys(), ...after.roles.keys()])) {
    const [from, to] = [roleOf(without, profile), roleOf(after, profile)];
    if (from !== to && !mayGive(before, by, from, to)) return "not_allowed";
  }
  return undefined;
}

/** Roles are of people who are there, and one of them is an owner. */
function fitProblem(rules: Rules, profiles: ReadonlySet<string>): RulesProblem | undefined {
  for (const profile of rules.roles.keys()) if (!profiles.has(profile)) return "role_of_nobody";
  return ownersOf(rules).length > 0 ? undefined : "no_owner";
}

function devicesAfter({ members, added, removed }: Step): ReadonlyMap<string, number> {
  const devices = new Map<string, number>();
  const count = ({ profile }: Seat): unknown => devices.set(profile, (devices.get(profile) ?? 0) + 1);
  for (const [leaf, member] of members) if (!removed.has(leaf)) count(member);
  for (const seat of added) count(seat);
  return devices;
}

function latestOf(seats: readonly Seat[]): ReadonlyMap<string, number> {
  const latest = new Map<string, number>();
  for (const { profile, generation } of seats) latest.set(profile, Math.max(generation, latest.get(profile) ?? 0));
  return latest;
}

/** A device has one leaf: no commit that gives it a second is allowed. */
function leavesByDevice({ members }: Pick<Step, "members">): ReadonlyMap<string, Member & Seat> {
  return new Map(Array.from(members.values(), (member) => [deviceOf(member), member]));
}

function deviceOf({ profile, device }: Seat): string {
  return `${profile}/${device}`;
}

function seated(members: readonly Member[]): ReadonlyMap<number, Member & Seat> | undefined {
  const all = seatedAll(members);
  return all === undefined ? undefined : new Map(all.map((member) => [member.leaf, member]));
}

/** Undefined when one of the credentials is not one of ours. */
function seatedAll<T extends { readonly credential: Uint8Array }>(of: readonly T[]): (T & Seat)[] | undefined {
  const all: (T & Seat)[] = [];
  for (const one of of) {
    const seat = seatFrom(one.credential);
    if (seat === undefined) return undefined;
    all.push({ ...one, ...seat });
  }
  return all;
}

function sameField(a: Rules[RulesField], b: Rules[RulesField]): boolean {
  if (typeof a !== "object" || typeof b !== "object") return a === b;
  return samePicture(a, b);
}

function samePicture(a: Picture, b: Picture): boolean {
  return a.length === b.length && sameBytes(a.seed, b.seed) && sameBytes(a.hash, b.hash);
}
