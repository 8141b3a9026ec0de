/**
 * A group of a thousand with Pli's suite: what each thing that people do in it costs one device, in
 * CPU time.
 */
import {
  createGroupEngine,
  LEAVES_PER_PART,
  type Committed,
  type GroupEngine,
  type GroupState,
} from "@pli/protocol/conversation";
import { createCrypto, type Crypto, type KeyPair } from "@pli/protocol/crypto";
import { createSuite } from "../packages/protocol/src/conversation/mls/ciphersuite.ts";
import { makePath } from "../packages/protocol/src/conversation/mls/path.ts";
import { closed, inside } from "../packages/protocol/src/conversation/mls/state.ts";
import { rootHash } from "../packages/protocol/src/conversation/mls/tree.ts";
import { median, rounded, type Measurement } from "./measure.ts";
import { pairwiseMilliseconds } from "./pairwise.ts";

const MEMBERS = 1_000;
const BATCH = 200;
const ROUNDS = 7;
const TEXTS = 300;
const NOW = 1_800_000_000;
const TRUST = { check: () => true, allows: () => true };
const NOTHING = new Uint8Array(0);
const PAIRWISE = "the same text for 999 others one by one, libsignal";

interface Person {
  readonly signKeys: KeyPair;
  readonly keyPackage: Uint8Array;
  readonly secret: Uint8Array;
}

interface Group {
  readonly people: readonly Person[];
  /** Of the founder, who added all the others. */
  readonly founder: GroupState;
  /** Of the one who came last. */
  readonly last: GroupState;
}

export async function run(): Promise<Measurement[]> {
  const crypto = await createCrypto();
  const engine = createGroupEngine(crypto);
  const notes = new Notes();
  const fresh = await grown(notes, crypto, engine);
  await commits(notes, engine, fresh, "fresh tree");
  const settled = await settle(crypto, engine, fresh);
  await commits(notes, engine, settled, "each has updated once");
  await texts(notes, crypto, engine, settled);
  notes.size("state of an epoch saved", engine.encodeState(settled.founder));
  notes.size("state of a past epoch saved", engine.encodeState(engine.readOnly(settled.founder)));
  await afterRestart(notes, engine, settled);
  for (let round = 0; round < ROUNDS; round++) {
    const milliseconds = await pairwiseMilliseconds(MEMBERS - 1, crypto.random(1024));
    if (milliseconds !== undefined) notes.add(PAIRWISE, "CPU time", milliseconds, "ms");
  }
  return notes.measurements();
}

class Notes {
  readonly #values = new Map<string, { metric: string; unit: string; values: number[] }>();

  add(subject: string, metric: string, value: number, unit: string): void {
    const known = this.#values.get(subject) ?? { metric, unit, values: [] };
    known.values.push(value);
    this.#values.set(subject, known);
  }

  size(subject: string, bytes: Uint8Array): void {
    this.add(subject, "size", bytes.length / 1024, "KiB");
  }

  /** Runs the work and notes the CPU time of the whole process: garbage collection counts. */
  async cpu<T>(subject: string, work: () => Promise<T>): Promise<T> {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    this.add(subject, "CPU time", (user + system) / 1000, "ms");
    return result;
  }

  measurements(): Measurement[] {
    return [...this.#values].map(([subject, { metric, unit, values }]) => ({
      bench: "groups",
      subject,
      metric: `${metric}, median`,
      value: rounded(median(values)),
      unit,
    }));
  }
}

/** A group in which only the founder has ever committed, in batches. */
async function grown(notes: Notes, crypto: Crypto, engine: GroupEngine): Promise<Group> {
  const people = [await person(crypto, engine)];
  const rules = crypto.random(4096);
  let founder = await engine.createGroup({ groupId: crypto.random(32), ...at(people, 0), rules });
  let first: GroupState | undefined;
  let last: GroupState | undefined;
  while (people.length < MEMBERS) {
    const there = people.length;
    const added = await many(crypto, engine, Math.min(BATCH, MEMBERS - there));
    const add = added.map(({ keyPackage }) => keyPackage);
    const made = await notes.cpu(`${BATCH} people added`, () => committed(engine, founder, { add, update: true }));
    if (first !== undefined)
      first = await followed(notes, `${BATCH} people added, by another`, engine, first, made.commit);
    notes.size("a commit that adds 200", made.commit);
    notes.size("its welcome", made.welcome ?? NOTHING);
    first ??= await joined(notes, engine, made, at(added, 0));
    last = await joined(notes, engine, made, at(added, added.length - 1));
    founder = made.state;
    people.push(...added);
  }
  notes.size("the tree, fresh", engine.exportTree(founder));
  if (last === undefined) throw new Error("nobody joined");
  return { people, founder, last };
}

/**
 * The same group when every other member has updated, so that no parent is blank. Built from the
 * parts: the states of a thousand devices, each following a thousand commits, would take an hour.
 */
async function settle(crypto: Crypto, engine: GroupEngine, group: Group): Promise<Group> {
  const suite = createSuite(crypto);
  const founder = inside(group.founder);
  const { groupContext: context } = founder;
  let tree = founder.ratchetTree;
  let privatePath = founder.privatePath;
  for (let leaf = MEMBERS - 2; leaf >= 0; leaf -= 2) {
    const signaturePrivateKey = at(group.people, leaf).signKeys.secretKey;
    const member = { ...founder, signaturePrivateKey, privatePath: { leafIndex: leaf, privateKeys: {} } };
    ({ tree, privatePath } = await makePath(suite, member, { tree, context, newcomers: [] }));
  }
  const groupContext = { ...context, treeHash: rootHash(suite, tree) };
  const state = closed({ ...founder, ratchetTree: tree, privatePath, groupContext });
  const newcomer = await person(crypto, engine);
  const made = await committed(engine, state, { remove: [MEMBERS - 1], add: [newcomer.keyPackage] });
  const last = await joined(new Notes(), engine, made, newcomer);
  return { people: [...group.people.slice(0, -1), newcomer], founder: made.state, last };
}

/** The founder and the last one in turn renew their keys. */
async function commits(notes: Notes, engine: GroupEngine, { founder, last }: Group, tree: string): Promise<void> {
  let [own, other] = [founder, last];
  for (let round = 0; round < ROUNDS; round++) {
    const start = tree === "fresh tree" ? [founder, last] : [own, other];
    const made = await notes.cpu(`an update made, ${tree}`, () => committed(engine, at(start, 0), { update: true }));
    notes.size(`an update, ${tree}`, made.commit);
    const next = await followed(notes, `an update followed, ${tree}`, engine, at(start, 1), made.commit);
    [own, other] = [next, made.state];
  }
}

async function texts(notes: Notes, crypto: Crypto, engine: GroupEngine, { founder, last }: Group): Promise<void> {
  let [own, other] = [founder, last];
  for (let i = 0; i < TEXTS; i++) {
    const content = crypto.random(1024);
    const sent = await notes.cpu("a text of 1 KiB sealed", () => engine.encrypt(own, content, NOTHING));
    const sender = engine.ownLeaf(own);
    const read = await notes.cpu("a text of 1 KiB opened", () => engine.decrypt(other, sent.message, { sender }));
    if (!read.ok) throw new Error(read.error);
    notes.size("saved after a text", engine.encodeLeafPart(read.value.state, Math.floor(sender / LEAVES_PER_PART)));
    [own, other] = [sent.state, read.value.state];
  }
}

/** What is kept in memory of a tree is found again. */
async function afterRestart(notes: Notes, engine: GroupEngine, { founder, last }: Group): Promise<void> {
  const made = await committed(engine, founder, { update: true });
  const bytes = engine.encodeState(last);
  const parts = Array.from({ length: engine.leafParts(last) }, (_, part) => engine.encodeLeafPart(last, part));
  for (let round = 0; round < ROUNDS; round++) {
    const read = await notes.cpu("a state read back", async () => engine.parseState(bytes, parts));
    if (!read.ok) throw new Error(read.error);
    await followed(notes, "an update followed, first after a restart", engine, read.value, made.commit);
  }
}

async function committed(
  engine: GroupEngine,
  state: GroupState,
  what: { add?: Uint8Array[]; remove?: number[]; update?: boolean },
): Promise<Committed> {
  const made = await engine.commit(state, { ...what, now: NOW, ...TRUST });
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

async function followed(
  notes: Notes,
  subject: string,
  engine: GroupEngine,
  state: GroupState,
  commit: Uint8Array,
): Promise<GroupState> {
  const got = await notes.cpu(subject, () => engine.processCommit(state, commit, TRUST));
  if (!got.ok) throw new Error(got.error.code);
  return got.value.state;
}

/** Only joining the whole group is noted. */
async function joined(notes: Notes, engine: GroupEngine, made: Committed, newcomer: Person): Promise<GroupState> {
  const tree = engine.exportTree(made.state);
  const whole = engine.members(made.state).length === MEMBERS;
  const work = () => engine.join(made.welcome ?? NOTHING, { ...newcomer, tree, now: NOW, ...TRUST });
  const got = await (whole ? notes.cpu("joined, after the download", work) : work());
  if (!got.ok) throw new Error(got.error);
  return got.value;
}

async function many(crypto: Crypto, engine: GroupEngine, count: number): Promise<Person[]> {
  return Promise.all(Array.from({ length: count }, () => person(crypto, engine)));
}

/** With a credential about as long as Pli's. */
async function person(crypto: Crypto, engine: GroupEngine): Promise<Person> {
  const signKeys = crypto.signKeyPair();
  const request = { credential: crypto.random(260), signKeys, notBefore: NOW - 3600, notAfter: NOW + 86_400 };
  return { signKeys, ...(await engine.createKeyPackage({ ...request, consent: crypto.random(32) })) };
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`nothing at ${index}`);
  return item;
}
