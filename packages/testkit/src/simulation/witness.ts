import { parseContent } from "@pli/protocol/content";
import { LABELS_EXPORT, type GroupEngine, type GroupState } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import { mayWrite, parseRules, profileOf, seatFrom, type Rules } from "@pli/protocol/group";

/**
 * An epoch of an MLS group; `shared` is the conversation's id, empty in one of two. Hexadecimal.
 */
export interface Place {
  readonly group: string;
  readonly shared: string;
  readonly epoch: number;
}

/** A text was sealed for those who were in the group then. */
export interface Sealed extends Place {
  readonly text: string;
  readonly author: string;
  readonly readers: ReadonlySet<string>;
  /** The ids of their devices. */
  readonly devices: ReadonlySet<string>;
  /** Tells the history of its epoch from another one's, as in `Begun`. */
  readonly authenticator: string;
  /** What the rules of that epoch say. */
  readonly allowed: boolean;
}

/** A change of a group after which somebody is in it, or no longer, from this epoch on. */
export interface Passage extends Place {
  readonly profile: string;
}

/** An epoch as a device began it. `exported` is what its labels come from. */
export interface Begun extends Place {
  readonly authenticator: string;
  /** Profile ids. */
  readonly members: ReadonlySet<string>;
  readonly exported: Uint8Array;
  state: GroupState;
}

/** A key package in a commit, and the profile of the committer. */
export interface Used {
  readonly group: string;
  readonly keyPackage: Uint8Array;
  readonly to: string;
}

/** What the devices of a run did with MLS, seen from between the engine and its groups. */
export interface Witness {
  readonly sealed: Sealed[];
  readonly joins: Passage[];
  readonly removals: Passage[];
  /** Key packages that commits have used: any member can read them there. */
  readonly used: Used[];
  /** The epochs each device began, in that order. */
  begun(device: number): readonly Begun[];
  /**
   * `groups` with this witness beside it. What a device that breaks the rules does with commits
   * proves nothing.
   */
  watch(groups: GroupEngine, p: { device: number; profile: string; honest: boolean }): GroupEngine;
  /** Notes a text that was sealed past the engine. */
  noteSealed(groups: GroupEngine, state: GroupState, author: string, text: string): void;
}

export function createWitness(): Witness {
  const sealed: Sealed[] = [];
  const joins: Passage[] = [];
  const removals: Passage[] = [];
  const used: Used[] = [];
  const epochs = new Map<number, Begun[]>();

  const begunBy = (device: number): Begun[] => {
    const known = epochs.get(device) ?? [];
    epochs.set(device, known);
    return known;
  };

  function noteSealed(groups: GroupEngine, state: GroupState, author: string, text: string): void {
    const readers = profilesOf(groups, state);
    const devices = new Set(groups.members(state).flatMap(({ credential }) => seatFrom(credential)?.device ?? []));
    const rules = rulesOf(groups, state);
    const allowed = rules === undefined || mayWrite(rules, author);
    const authenticator = toHex(groups.epochAuthenticator(state));
    sealed.push({ text, author, readers, devices, authenticator, allowed, ...placeOf(groups, state) });
  }

  /** People who were in the epoch before and are not in this one. */
  function noteRemovals(known: readonly Begun[], { members, ...place }: Omit<Begun, "authenticator">): void {
    const before = known.findLast(({ group, epoch }) => group === place.group && epoch === place.epoch - 1);
    const { group, shared, epoch } = place;
    for (const profile of before?.members ?? [])
      if (!members.has(profile)) removals.push({ profile, group, shared, epoch });
  }

  function watch(
    groups: GroupEngine,
    { device, profile, honest }: { device: number; profile: string; honest: boolean },
  ): GroupEngine {
    /** The newest state of an epoch has what the older ones have, and is not wiped. */
    const renew = (state: GroupState): void => {
      const { group, epoch } = placeOf(groups, state);
      const known = begunBy(device).findLast((one) => one.group === group && one.epoch === epoch);
      if (known !== undefined) known.state = state;
    };
    return {
      ...groups,
      encrypt: async (state, content, aad) => {
        const body = parseContent(content);
        const text = body.ok && body.value.body.kind === "text" ? body.value.body.text : undefined;
        if (text !== undefined) noteSealed(groups, state, profile, text);
        const encrypted = await groups.encrypt(state, content, aad);
        renew(encrypted.state);
        return encrypted;
      },
      decrypt: async (state, message, p) => {
        const opened = await groups.decrypt(state, message, p);
        if (opened.ok) renew(opened.value.state);
        return opened;
      },
      commit: (state, p) => {
        const { group } = placeOf(groups, state);
        used.push(...(p.add ?? []).map((keyPackage) => ({ group, keyPackage, to: profile })));
        return groups.commit(state, p);
      },
      join: async (welcome, p) => {
        const joined = await groups.join(welcome, p);
        if (joined.ok) joins.push({ profile, ...placeOf(groups, joined.value) });
        return joined;
      },
      exportSecret: async (state, label, context, length) => {
        const exported = await groups.exportSecret(state, label, context, length);
        if (label !== LABELS_EXPORT) return exported;
        const begun = {
          ...placeOf(groups, state),
          members: profilesOf(groups, state),
          exported: exported.slice(),
          state,
        };
        if (honest) noteRemovals(begunBy(device), begun);
        begunBy(device).push({ ...begun, authenticator: toHex(groups.epochAuthenticator(state)) });
        return exported;
      },
    };
  }

  return { sealed, joins, removals, used, begun: begunBy, watch, noteSealed };
}

const profilesOf = (groups: GroupEngine, state: GroupState): ReadonlySet<string> =>
  new Set(groups.members(state).flatMap((member) => profileOf(member) ?? []));

function placeOf(groups: GroupEngine, state: GroupState): Place {
  const shared = rulesOf(groups, state)?.conversation;
  return {
    group: toHex(groups.groupId(state)),
    shared: shared === undefined ? "" : toHex(shared),
    epoch: Number(groups.epoch(state)),
  };
}

function rulesOf(groups: GroupEngine, state: GroupState): Rules | undefined {
  const bytes = groups.rules(state);
  const rules = bytes === undefined ? undefined : parseRules(bytes);
  return rules?.ok === true ? rules.value : undefined;
}
