import {
  createGroupEngine,
  type Committed,
  type GroupEngine,
  type GroupState,
  type Member,
  type ProcessedCommit,
} from "@pli/protocol/conversation";
import { createContent, encodeContent, parseContent, type Body } from "@pli/protocol/content";
import { toHex, type Crypto } from "@pli/protocol/crypto";
import { encodeGroupControl, parseGroupControl, profileOf } from "@pli/protocol/group";
import { bentCrypto } from "../bent-crypto.ts";
import { inside } from "../../../protocol/src/conversation/mls/state.ts";
import { ancestorsOf } from "../../../protocol/src/conversation/mls/tree.ts";

/**
 * How the commits of a device are bent, and until when: for this profile they are garbage, or,
 * without one, for everybody.
 */
export interface Spoiling {
  readonly victim: string | undefined;
  readonly until: number;
}

/**
 * What a hostile member's own engine, which knows nothing of it, is made to do: it continues from
 * there as if all were well.
 */
export interface Mischief {
  /** `groups` as that engine gets them. */
  around(groups: GroupEngine, crypto: Crypto): GroupEngine;
  bend: Spoiling | undefined;
  /**
   * What invitations are said as, if not as what they are: nothing, or that one is not in the group
   * any more.
   */
  instead: "nothing" | "refusal" | undefined;
  /** What is said in the place of a text. */
  readonly words: Map<string, Body>;
  /** This device takes a commit made past its engine for the change it is. */
  follow(made: Committed, p: Omit<ProcessedCommit, "state" | "wipe" | "removedSelf">): void;
}

const isIn =
  ({ victim }: Spoiling) =>
  (member: Member): boolean =>
    victim === undefined || profileOf(member) === victim;
const SILENCE: Body = { kind: "control", name: "nothing", body: Uint8Array.of(0xa0) };

export function createMischief(now: () => number): Mischief {
  const followed = new Map<string, ProcessedCommit>();

  function spoken(crypto: Crypto, content: Uint8Array): Uint8Array {
    const parsed = parseContent(content);
    const body = parsed.ok ? bodyFor(parsed.value.body) : undefined;
    return parsed.ok && body !== undefined ? encodeContent(createContent(crypto, parsed.value.sentAt, body)) : content;
  }

  function bodyFor(said: Body): Body | undefined {
    if (said.kind === "text") return mischief.words.get(said.text);
    const control = said.kind === "control" ? parseGroupControl(said.name, said.body) : undefined;
    if (control?.ok !== true || control.value.name !== "group-invitation") return undefined;
    if (mischief.instead !== "refusal") return mischief.instead && SILENCE;
    return encodeGroupControl({ name: "group-rejoin-refused", conversation: control.value.conversation });
  }

  const mischief: Mischief = {
    bend: undefined,
    instead: undefined,
    words: new Map(),
    around: (groups, crypto) => ({
      ...groups,
      commit: (state, p) => {
        const { bend } = mischief;
        if (bend === undefined || bend.until < now()) return groups.commit(state, p);
        return bentCommits(crypto, isIn(bend)).commit(state, p);
      },
      encrypt: (state, content, aad) => groups.encrypt(state, spoken(crypto, content), aad),
      processCommit: (state, bytes, p) => {
        const value = followed.get(toHex(bytes));
        return value === undefined ? groups.processCommit(state, bytes, p) : Promise.resolve({ ok: true, value });
      },
    }),
    follow: ({ state, commit, wipe }, p) => followed.set(toHex(commit), { ...p, state, wipe, removedSelf: false }),
  };
  return mischief;
}

/**
 * Makes commits whose path secrets these members cannot open, nor those who share a node below the
 * committer's path with one.
 */
export function bentCommits(crypto: Crypto, isVictim: (member: Member) => boolean): Pick<GroupEngine, "commit"> {
  const honest = createGroupEngine(crypto);
  return {
    commit: (state, p) => {
      const keys = keysOf(state, honest.members(state).filter(isVictim));
      const bent = bentCrypto(crypto, "garbage", (key) => keys.has(toHex(key)));
      return createGroupEngine(bent.crypto).commit(state, p);
    },
  };
}

/**
 * The public keys to which these members have the private ones: of their leaves, and of what stands
 * above those.
 */
function keysOf(state: GroupState, members: readonly Member[]): ReadonlySet<string> {
  const tree = inside(state).ratchetTree;
  const nodes = members.flatMap(({ leaf }) => [2 * leaf, ...ancestorsOf(tree, 2 * leaf)]);
  const keys = nodes.map((index) => {
    const node = tree[index];
    return node?.nodeType === "leaf" ? node.leaf.hpkePublicKey : node?.parent.hpkePublicKey;
  });
  return new Set(keys.flatMap((key) => (key === undefined ? [] : [toHex(key)])));
}

/** Makes commits whose confirmation tag is wrong, all else being right. */
export const mistaggedCommits = (crypto: Crypto): Pick<GroupEngine, "commit"> =>
  createGroupEngine(bentCrypto(crypto, "wrong tag", () => true).crypto);
