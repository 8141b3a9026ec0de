import {
  chainSlot,
  chainsFromExport,
  createGroupEngine,
  LABELS_EXPORT,
  nextChain,
  type GroupEngine,
  type GroupState,
  type KeyPackageRequest,
  type Pointer,
  type Slot,
} from "@pli/protocol/conversation";
import { createContent, encodeContent, parseContent, type Body } from "@pli/protocol/content";
import { fromHex, toHex, type Crypto } from "@pli/protocol/crypto";
import { encodeGroupControl, encodeRoster, encodeRules, parseGroupControl, parseRules } from "@pli/protocol/group";
import { profileOf, type GroupControl } from "@pli/protocol/group";
import { padObject, sealObject } from "@pli/protocol/object";
import type { Cell } from "@pli/protocol/wire";
import { bentCrypto, type Bend, type MemoryStore } from "@pli/testkit";
import { createPuppet, type Invitation, type Puppet } from "./puppet.ts";

const FEED = 0;

export type Places = Pick<Invitation, "welcome" | "tree" | "roster">;

type Named = { readonly id: string; readonly name: string };
type Commitment = Parameters<GroupEngine["commit"]>[1];

/** Somebody who keeps to no rule: what their device does as others do it, unless told otherwise. */
export interface Hostile {
  readonly groups: GroupEngine;
  readonly puppet: Puppet;
  /**
   * From now on its commits in groups are bent, for the devices of these profiles or for
   * everybody's; `ofTwo`: the next one, anywhere.
   */
  bend: { readonly how: Bend; readonly victims: readonly string[] | "everybody"; readonly ofTwo?: true } | undefined;
  /**
   * What its next commit does in the place of what its device wants, whatever the rules say. Nobody
   * gets its welcome.
   */
  instead: Pick<Commitment, "add" | "remove"> | undefined;
  /** Bent and replaced commits that it has made. */
  readonly made: number;
  /** Whether its device hears who asks to be brought back. */
  helps: boolean;
  /** Whether its device takes itself for somebody who may write. */
  speaks: boolean;
  /** Somebody asks to be brought back. */
  asked: () => void;
  /** What it says in the place of an invitation; undefined: nothing. */
  invites: (invitation: Invitation) => GroupControl | undefined | Promise<GroupControl | undefined>;
  /** Key packages that others gave it to be brought back with. */
  readonly given: readonly Uint8Array[];
  /** Where it has brought others back to: the invitations that its device wanted to send. */
  readonly invited: readonly Invitation[];
  /** Its group as it is now. */
  state(): GroupState;
  leafOf(profile: string): number;
  /** Noise under the next labels of a member: in this epoch, or in one this many before. */
  spoil(store: MemoryStore, profile: string, count: number, before?: number): void;
  /**
   * Founds a group for the same conversation, of itself and who gave it a key package last.
   * `people`: the two, by rising id.
   */
  foundAnother(store: MemoryStore, people: readonly Named[]): Promise<Places>;
  /** Stores these bytes as an object of a group. */
  objectIn(store: MemoryStore, bytes: Uint8Array): Pointer;
  /**
   * Noise under every label for a commit that is free: in this epoch, or in one this many before.
   */
  jam(store: MemoryStore, before?: number): void;
}

interface Known {
  readonly state: GroupState;
  readonly exported: Uint8Array;
}

export function createHostile(crypto: Crypto): Hostile {
  const puppet = createPuppet(crypto);
  const real = puppet.groups;
  const epochs: Known[] = [];
  const given: Uint8Array[] = [];
  const invited: Invitation[] = [];
  let made = 0;
  let newest: KeyPackageRequest | undefined;

  async function commit(state: GroupState, wanted: Commitment): ReturnType<GroupEngine["commit"]> {
    const { bend, instead } = hostile;
    if (real.rules(state) === undefined && bend?.ofTwo !== true) return real.commit(state, wanted);
    if (bend === undefined && instead === undefined) return real.commit(state, wanted);
    const { now, check } = wanted;
    const asked = instead === undefined ? wanted : { ...instead, now, check, update: true, allows: () => true };
    const keys = bend && keysOf(real, state, bend.victims);
    const bent = bend && bentCrypto(crypto, bend.how, (key) => keys?.has(toHex(key)) ?? true);
    const committed = await createGroupEngine(bent?.crypto ?? crypto).commit(state, asked);
    if (!committed.ok) throw new Error(`a hostile commit could not be made: ${committed.error}`);
    if (bent !== undefined && bent.used.size < (bend?.how === "wrong tag" ? 1 : (keys?.size ?? 1)))
      throw new Error("nothing in the commit is sealed to the victim alone");
    hostile.instead = undefined;
    if (bend?.ofTwo === true) hostile.bend = undefined;
    made += 1;
    return committed;
  }

  /** What it says, when that is not what its device would say. */
  async function spoken(body: Body): Promise<Body | undefined> {
    const said = controlFrom(body);
    if (said?.name !== "group-invitation") return undefined;
    invited.push(said);
    const instead = await hostile.invites(said);
    return instead === undefined ? SILENCE : encodeGroupControl(instead);
  }

  async function heard(body: Body): Promise<Body | undefined> {
    const said = controlFrom(body);
    if (said?.name !== "group-rejoin") return undefined;
    given.push(said.keyPackage);
    hostile.asked();
    return hostile.helps ? undefined : SILENCE;
  }

  async function changed(content: Uint8Array, change: (body: Body) => Promise<Body | undefined>): Promise<Uint8Array> {
    const parsed = parseContent(content);
    const body = parsed.ok ? await change(parsed.value.body) : undefined;
    return parsed.ok && body !== undefined ? encodeContent(createContent(crypto, parsed.value.sentAt, body)) : content;
  }

  const groups: GroupEngine = {
    ...real,
    commit,
    createKeyPackage: (request) => real.createKeyPackage((newest = request)),
    exportSecret: async (state, label, context, length) => {
      const exported = await real.exportSecret(state, label, context, length);
      if (label === LABELS_EXPORT && real.rules(state) !== undefined)
        epochs.push({ state, exported: exported.slice() });
      return exported;
    },
    rules: (state) => {
      const parsed = parseRules(real.rules(state) ?? new Uint8Array(0));
      if (!hostile.speaks || !parsed.ok) return real.rules(state);
      const self = real.members(state).find(({ leaf }) => leaf === real.ownLeaf(state));
      const roles = [...parsed.value.roles].filter(([profile]) => self === undefined || profile !== profileOf(self));
      return encodeRules({ ...parsed.value, roles: new Map(roles) });
    },
    encrypt: async (state, content, aad) => real.encrypt(state, await changed(content, spoken), aad),
    decrypt: async (state, message, p) => {
      const opened = await real.decrypt(state, message, p);
      if (!opened.ok) return opened;
      return { ok: true, value: { ...opened.value, content: await changed(opened.value.content, heard) } };
    },
  };

  function known(before: number): Known {
    const found = epochs.at(-1 - before);
    if (found === undefined) throw new Error("an epoch that it was not in");
    return found;
  }

  function leafOf(profile: string, before = 0): number {
    const found = real.members(known(before).state).find((member) => profileOf(member) === profile);
    if (found === undefined) throw new Error("nobody of the group");
    return found.leaf;
  }

  function spoil(store: MemoryStore, profile: string, count: number, before = 0): void {
    const leaf = leafOf(profile, before);
    const { chains } = chainsFromExport(crypto, known(before).exported.slice(), FEED, [leaf]);
    let [chain] = chains;
    for (let left = count; left > 0 && chain !== undefined; chain = nextChain(crypto, chain))
      if (putNoise(store, chainSlot(crypto, chain, FEED))) left -= 1;
  }

  async function foundAnother(store: MemoryStore, people: readonly Named[]): Promise<Places> {
    const keyPackage = given.at(-1);
    const rules = parseRules(real.rules(known(0).state) ?? new Uint8Array(0));
    if (keyPackage === undefined || newest === undefined || !rules.ok) throw new Error("nobody to found it with");
    const roles = new Map(people.map(({ id }) => [id, "owner"] as const));
    const own = await real.createKeyPackage(newest);
    const worn = encodeRules({ ...rules.value, roles });
    const alone = await real.createGroup({ groupId: crypto.random(32), ...own, rules: worn });
    const now = Math.floor(store.clock.now() / 1000);
    const founded = await real.commit(alone, { add: [keyPackage], now, check: () => true, allows: () => true });
    if (!founded.ok || founded.value.welcome === undefined) throw new Error("it could not be founded");
    const members = people.map(({ id, name }) => ({ profile: fromHex(id) ?? new Uint8Array(0), name }));
    return {
      welcome: objectIn(store, founded.value.welcome),
      tree: objectIn(store, real.exportTree(founded.value.state)),
      roster: objectIn(store, encodeRoster({ members, history: [] })),
    };
  }

  function objectIn(store: MemoryStore, bytes: Uint8Array): Pointer {
    const [seed, padded] = [crypto.random(32), padObject(bytes)];
    for (const put of sealObject(crypto, seed, FEED, padded))
      store.put(put.kind === "cell" ? { type: "put", id: 0, ...put } : { type: "putBlock", id: 0, ...put });
    return { seed, length: padded.length };
  }

  function jam(store: MemoryStore, before = 0): void {
    const { commits } = chainsFromExport(crypto, known(before).exported.slice(), FEED, []);
    for (const slot of commits) putNoise(store, slot);
  }

  const putNoise = (store: MemoryStore, { label }: Slot): boolean =>
    store.put({ type: "put", id: 0, label, cell: crypto.random(4096) as Cell }) === "created";

  const hostile: Hostile = {
    groups,
    puppet,
    bend: undefined,
    instead: undefined,
    get made() {
      return made;
    },
    helps: true,
    speaks: false,
    asked: () => undefined,
    invites: (invitation) => invitation,
    given,
    invited,
    state: () => known(0).state,
    leafOf: (profile) => leafOf(profile),
    spoil,
    foundAnother,
    objectIn,
    jam,
  };
  return hostile;
}

/** What no device has a use for. */
const SILENCE: Body = { kind: "control", name: "nothing", body: new Uint8Array([0xa0]) };

export function controlFrom(body: Body): GroupControl | undefined {
  const parsed = body.kind === "control" ? parseGroupControl(body.name, body.body) : undefined;
  return parsed?.ok === true ? parsed.value : undefined;
}

/** The keys of the leaves of these profiles; undefined: of everybody. */
function keysOf(groups: GroupEngine, state: GroupState, victims: readonly string[] | "everybody") {
  if (victims === "everybody") return undefined;
  const members = groups.members(state).filter((member) => victims.includes(profileOf(member) ?? ""));
  return new Set(members.map(({ encryptionKey }) => toHex(encryptionKey)));
}
