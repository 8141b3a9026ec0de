import { concat, createCrypto, utf8 } from "../src/crypto/index.ts";
import type { Crypto, KeyPair } from "../src/crypto/index.ts";
import { createGroupEngine } from "../src/conversation/group-engine.ts";
import type { CommitRefusal, GroupEngine, GroupState, LeafCheck } from "../src/conversation/group.ts";

export const NOW = 1_800_000_000;
export const DAY = 86_400;
export const NO_AAD = new Uint8Array(0);
export const acceptEveryone: LeafCheck = () => true;
/** Every leaf is accepted and every commit allowed. */
export const trustAll = { check: acceptEveryone, allows: (): boolean => true };

export type Person = { name: string; signKeys: KeyPair; keyPackage: Uint8Array; secret: Uint8Array };
export type World = { crypto: Crypto; engine: GroupEngine };

export async function createWorld(): Promise<World> {
  const crypto = await createCrypto();
  return { crypto, engine: createGroupEngine(crypto) };
}

/** Somebody with a fresh key package around NOW. */
export async function person(
  { crypto, engine }: World,
  name: string,
  life = { notBefore: NOW - DAY, notAfter: NOW + DAY },
): Promise<Person> {
  const signKeys = crypto.signKeyPair();
  return { name, signKeys, ...(await engine.createKeyPackage({ credential: utf8(name), signKeys, ...life })) };
}

/** The value, or a failure of the test that names the code. */
export function value<T>(result: { ok: true; value: T } | { ok: false; error: string | CommitRefusal }): T {
  if (!result.ok) throw new Error(`expected success, got ${JSON.stringify(result.error)}`);
  return result.value;
}

/** A group of these people, all in the same epoch; the first founded it. */
export async function group(world: World, people: readonly Person[]): Promise<GroupState[]> {
  const [founder, ...others] = people;
  if (founder === undefined) throw new Error("nobody");
  const alone = await world.engine.createGroup({
    groupId: utf8("this group has an id of 32 bytes"),
    keyPackage: founder.keyPackage,
    secret: founder.secret,
  });
  if (others.length === 0) return [alone];
  const add = others.map(({ keyPackage }) => keyPackage);
  const made = value(await world.engine.commit(alone, { add, now: NOW, ...trustAll }));
  if (made.welcome === undefined) throw new Error("no welcome");
  const joined: GroupState[] = [];
  for (const { keyPackage, secret } of others)
    joined.push(value(await world.engine.join(made.welcome, { keyPackage, secret, now: NOW, check: acceptEveryone })));
  return [made.state, ...joined];
}

/** One of these, which the test knows to be there. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

/** What is saved of a state: the whole and the parts. */
export function saved({ engine }: World, state: GroupState): { state: Uint8Array; parts: Uint8Array[] } {
  const parts = Array.from({ length: engine.leafParts(state) }, (_, part) => engine.encodeLeafPart(state, part));
  return { state: engine.encodeState(state), parts };
}

/** Everything that is saved of a state in one piece. */
export function everything(world: World, state: GroupState): Uint8Array {
  const { state: whole, parts } = saved(world, state);
  return concat(whole, ...parts);
}

/** The state after a restart. */
export function reread(world: World, state: GroupState): GroupState {
  const bytes = saved(world, state);
  return value(world.engine.parseState(bytes.state, bytes.parts));
}
