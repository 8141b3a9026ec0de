import type { Clock } from "@pli/engine/ports";
import { COMMIT_ATTEMPTS, putsFromCommit, type Committed } from "@pli/protocol/conversation";
import { encodeGroupControl, mayRemove, mayWrite, profileOf, type EpochMark } from "@pli/protocol/group";
import { textOf } from "./calls.ts";
import { utter } from "./forgeries.ts";
import { FEED, type Ground } from "./ground.ts";
import { mistaggedCommits, type Mischief } from "./mischief.ts";
import type { Action } from "./steps.ts";
import type { Begun } from "./witness.ts";

/** What was done, and what the member's own engine is asked for then. */
export interface Assaulted {
  readonly done: string;
  readonly wanted: readonly Action[];
}

/** A victim: by number, and by profile id. */
interface Aim {
  readonly group: number;
  readonly whom: number;
  readonly victim: string;
}

/**
 * What is aimed at one member, or by way of them at all. `group` is the MLS group's id, `aim.group`
 * its number.
 */
export interface Assaults {
  exclude(group: string, aim: Aim, whole: boolean): Assaulted;
  mistag(group: string, aim: Aim): Promise<string>;
  /** `id`: of the step, whose text stands for what is said instead. */
  lie(group: string, aim: Aim, what: "false fork" | "refuse", id: number): Promise<Assaulted>;
  replay(group: string, aim: Aim): Promise<string>;
}

/** For so long what a device's own engine commits is bent: until it has come first. */
const BENT_MS = 30_000;
/** Epochs of the invented history. */
const INVENTED = 8;
const MARK_BYTES = 16;

export function createAssaults(ground: Ground, { clock, mischief }: { clock: Clock; mischief: Mischief }): Assaults {
  const { crypto, groups, device, witness, epochOf, slotsOf, rulesOf, isFree, putAll } = ground;
  const who = device.index;
  const yes = (): boolean => true;
  const now = (): number => Math.floor(clock.now() / 1000);

  function exclude(group: string, aim: Aim, whole: boolean): Assaulted {
    const begun = epochOf(group);
    if (begun === undefined) return { done: "is not in it", wanted: [] };
    mischief.bend = { victim: whole ? undefined : aim.victim, until: clock.now() + BENT_MS };
    const removes = whole && leavesToRemove(begun, aim.victim).length > 0;
    const change: Action = removes
      ? { do: "remove", who, group: aim.group, whom: [aim.whom] }
      : { do: "renew", who, group: aim.group };
    return { done: `bends ${change.do} of epoch ${begun.epoch}`, wanted: [change] };
  }

  /** Of somebody whom this member may remove. */
  function leavesToRemove(begun: Begun, victim: string): number[] {
    const rules = rulesOf(begun);
    const may = rules !== undefined && victim !== device.profile && mayRemove(rules, device.profile, victim);
    return may ? leavesOf(begun, victim) : [];
  }

  const leavesOf = ({ state }: Begun, profile: string): number[] =>
    groups.members(state).flatMap((member) => (profileOf(member) === profile ? [member.leaf] : []));

  async function mistag(group: string, { victim }: Aim): Promise<string> {
    const begun = epochOf(group);
    if (begun === undefined) return "is not in it";
    const remove = leavesToRemove(begun, victim);
    const mistagged = mistaggedCommits(crypto);
    const made = await attempt(() =>
      mistagged.commit(begun.state, { remove, update: true, now: now(), check: yes, allows: yes }),
    );
    return made === undefined ? "cannot" : placed(begun, made.commit, remove.length > 0 ? "a removal" : "an update");
  }

  function placed(begun: Begun, commit: Uint8Array, what: string): string {
    const { commits } = slotsOf(begun);
    const slot = commits.slice(0, COMMIT_ATTEMPTS).find(isFree);
    if (slot === undefined) return "cannot";
    putAll(putsFromCommit(crypto, slot, FEED, commit));
    return `${what} at attempt ${commits.indexOf(slot)} of epoch ${begun.epoch}`;
  }

  async function lie(group: string, aim: Aim, what: "false fork" | "refuse", id: number): Promise<Assaulted> {
    const begun = epochOf(group);
    const rules = begun && rulesOf(begun);
    if (begun === undefined || rules === undefined) return { done: "is not in it", wanted: [] };
    const { conversation } = rules;
    const tell: Action = { do: "tell", who, whom: aim.whom, length: 0 };
    if (what === "refuse") {
      mischief.instead = "refusal";
      mischief.words.set(textOf(id, 0), encodeGroupControl({ name: "group-rejoin-refused", conversation }));
      return { done: "refuses", wanted: [tell] };
    }
    const marks = inventedMarks(group);
    const body = encodeGroupControl({
      name: "group-state",
      conversation,
      group: groups.groupId(begun.state),
      epochs: marks,
    });
    mischief.words.set(textOf(id, 0), body);
    const done = `tells of ${marks.length} epochs`;
    if (mayWrite(rules, device.profile))
      return { done, wanted: [{ do: "say", who, group: aim.group, length: 0 }, tell] };
    putAll(await utter(ground, slotsOf(begun).epoch, clock.now(), body));
    return { done, wanted: [tell] };
  }

  /** Random marks for the newest epochs of this group. */
  function inventedMarks(group: string): EpochMark[] {
    const numbers = witness.begun(who).flatMap((one) => (one.group === group ? [one.epoch] : []));
    const rising = [...new Set(numbers)].toSorted((a, b) => a - b);
    return rising.slice(-INVENTED).map((epoch) => ({ epoch, mark: crypto.random(MARK_BYTES) }));
  }

  async function replay(group: string, { victim }: Aim): Promise<string> {
    const begun = epochOf(group);
    const remove = begun === undefined ? [] : leavesOf(begun, victim);
    const used = await usedPackage(group, victim);
    if (begun === undefined || remove.length === 0 || used === undefined) return "cannot";
    const at = now();
    const made = await attempt(() =>
      groups.commit(begun.state, { add: [used.keyPackage], remove, now: at, check: yes, allows: yes }),
    );
    if (made === undefined) return "cannot";
    const change = {
      madeAt: at,
      evidence: new Uint8Array(0),
      added: [used],
      removed: remove,
      rules: undefined,
      credential: undefined,
    };
    const sender = groups.ownLeaf(begun.state);
    mischief.follow(made, { sender, madeAt: at, change: { sender, ...change } });
    return placed(
      begun,
      made.commit,
      `a replacement by what was given to ${used.to === device.profile ? "us" : "others"}`,
    );
  }

  /**
   * A key package of this person that a commit in this group has used: one that was made for us if
   * there is any.
   */
  async function usedPackage(group: string, owner: string) {
    const found = [];
    for (const { keyPackage, to } of witness.used.filter((one) => one.group === group)) {
      const checked = await groups.checkKeyPackage(keyPackage, now(), yes);
      if (checked.ok && profileOf(checked.value) === owner) found.push({ ...checked.value, keyPackage, to });
    }
    return found.findLast(({ to }) => to === device.profile) ?? found.at(-1);
  }

  return { exclude, mistag, lie, replay };
}

/** Undefined where it cannot be made: the state it would come from may be used up. */
async function attempt(
  commit: () => Promise<{ ok: true; value: Committed } | { ok: false }>,
): Promise<Committed | undefined> {
  try {
    const made = await commit();
    return made.ok ? made.value : undefined;
  } catch {
    return undefined;
  }
}
