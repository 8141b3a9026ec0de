import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inside } from "../src/conversation/mls/state.ts";
import type { GroupState, LeafCheck } from "../src/conversation/group.ts";
import {
  consentToAdd,
  consentToRejoin,
  createCommitCheck,
  createLeaveStatement,
  encodeEvidence,
  encodeRules,
  parseRules,
  profileOf,
  rosterProblem,
  rulesAfter,
  type Role,
  type Rules,
} from "../src/group/index.ts";
import { checkCredential } from "../src/identity/index.ts";
import { forgedCommit, withOwnLeaf } from "./group-attacks.ts";
import { NO_AAD, NOW, createWorld, trustAll, value, type World } from "./group-people.ts";
import { againFrom, createDevice, type Device } from "./group-rules-people.ts";

/**
 * Our rules on the real MLS: what a broken or hostile client makes, every honest one passes over.
 * Ada is the owner, Ben an admin, Cleo a member, Dan a reader.
 */
const NAMES = ["ada", "ben", "cleo", "dan"] as const;
type Name = (typeof NAMES)[number];
const GROUP_ID = new Uint8Array(32).fill(3);
const TIMES = { notBefore: NOW - 1000, notAfter: NOW + 1000 };

let world: World;
let people: Readonly<Record<Name, Device>>;
let states: Record<Name, GroupState>;
let honest: { check: LeafCheck; allows: ReturnType<typeof createCommitCheck> };

beforeAll(async () => {
  world = await createWorld();
  const { crypto } = world;
  const [ada, ben, cleo, dan] = NAMES.map(() => createDevice(crypto));
  if (ada === undefined || ben === undefined || cleo === undefined || dan === undefined) throw new Error("four people");
  people = { ada, ben, cleo, dan };
  honest = {
    check: (credential, key) => checkCredential(crypto, credential, key, "any time").ok,
    allows: createCommitCheck(crypto),
  };
});

beforeEach(async () => {
  const { engine } = world;
  const { ada, ben, cleo, dan } = people;
  const consent = consentToAdd(ada.identity.id);
  const newcomers = await Promise.all([ben, cleo, dan].map((device) => packageOf(device, consent)));
  const rules: Rules = {
    conversation: new Uint8Array(32).fill(5),
    name: "Les Amis",
    description: "",
    roles: new Map([[ada.id, "owner"]]),
    whoAdds: "admins",
    whoWrites: "everyone",
    timer: 0,
    newcomersRead: "nothing",
  };
  const founders = await packageOf(ada, consent);
  const alone = await engine.createGroup({ groupId: GROUP_ID, ...founders, rules: encodeRules(rules) });
  const roles = new Map<string, Role>([
    [ada.id, "owner"],
    [ben.id, "admin"],
    [dan.id, "reader"],
  ]);
  const add = newcomers.map(({ keyPackage }) => keyPackage);
  const changed = encodeRules({ ...rules, roles });
  const made = value(await engine.commit(alone, { add, rules: changed, now: NOW, ...honest }));
  const [second, third, fourth] = await Promise.all(newcomers.map((one) => join(made, one)));
  if (second === undefined || third === undefined || fourth === undefined) throw new Error("three joined");
  states = { ada: made.state, ben: second, cleo: third, dan: fourth };
});

type Package = { keyPackage: Uint8Array; secret: Uint8Array };

function packageOf({ credential, keys }: Device, consent: Uint8Array): Promise<Package> {
  return world.engine.createKeyPackage({ credential, signKeys: keys, consent, ...TIMES });
}

async function join(made: { state: GroupState; welcome?: Uint8Array }, own: Package): Promise<GroupState> {
  const tree = world.engine.exportTree(made.state);
  return value(await world.engine.join(made.welcome ?? NO_AAD, { ...own, tree, now: NOW, check: honest.check }));
}

const leafOf = (of: Device, state = states.ada): number => {
  const member = world.engine.members(state).find((one) => profileOf(one) === of.id);
  if (member === undefined) throw new Error("not in the group");
  return member.leaf;
};
const rulesIn = (state: GroupState): Rules => value(parseRules(world.engine.rules(state) ?? NO_AAD));
const without = (...gone: readonly Device[]): Uint8Array =>
  encodeRules(
    rulesAfter(
      rulesIn(states.ada),
      gone.map(({ id }) => id),
    ),
  );

type Change = Partial<Parameters<World["engine"]["commit"]>[1]>;

/** What a client makes that checks nothing. */
async function made(by: Name, change: Change) {
  return value(await world.engine.commit(states[by], { now: NOW, ...change, ...trustAll }));
}

/** A commit of somebody that everybody else follows; the verdict of each. */
async function verdicts(by: Name, commit: Uint8Array) {
  const others = NAMES.filter((name) => name !== by);
  return Promise.all(others.map((name) => world.engine.processCommit(states[name], commit, honest)));
}

async function follow(by: Name, change: Change): Promise<void> {
  const { engine } = world;
  const own = value(await engine.commit(states[by], { now: NOW, ...change, ...honest }));
  for (const name of NAMES.filter((other) => other !== by))
    states[name] = value(await engine.processCommit(states[name], own.commit, honest)).state;
  states[by] = own.state;
}

/** Nobody follows it, everybody can name its author, and the group continues from where it was. */
async function isIgnored(by: Name, change: Change): Promise<void> {
  const leaf = leafOf(people[by]);
  expect(await world.engine.commit(states[by], { now: NOW, ...change, ...honest })).toEqual({
    ok: false,
    error: "rules_refused",
  });
  const { commit } = await made(by, change);
  for (const verdict of await verdicts(by, commit))
    expect(verdict).toEqual({ ok: false, error: { code: "rules_refused", by: leaf } });
  await follow("ada", { rules: encodeRules({ ...rulesIn(states.ada), name: "On continue" }) });
  expect(new Set(NAMES.map((name) => rulesIn(states[name]).name))).toEqual(new Set(["On continue"]));
}

describe("a commit beyond its author's rights", () => {
  test("a member removes an admin", async () => {
    await isIgnored("cleo", { remove: [leafOf(people.ben)], rules: without(people.ben) });
  });

  test("an admin removes an owner, with their role or leaving it behind", async () => {
    await isIgnored("ben", { remove: [leafOf(people.ada)] });
    await isIgnored("ben", { remove: [leafOf(people.ada)], rules: without(people.ada) });
  });

  test("an admin makes an admin, or themselves an owner", async () => {
    for (const [who, role] of [
      [people.cleo, "admin"],
      [people.ben, "owner"],
    ] as const) {
      const rules = rulesIn(states.ada);
      await isIgnored("ben", { rules: encodeRules({ ...rules, roles: new Map([...rules.roles, [who.id, role]]) }) });
    }
  });

  test("a member renames the group, a reader turns off that others write", async () => {
    await isIgnored("cleo", { rules: encodeRules({ ...rulesIn(states.ada), name: "À moi" }) });
    await isIgnored("dan", { rules: encodeRules({ ...rulesIn(states.ada), whoWrites: "admins" }) });
  });

  test("a member adds somebody, an admin somebody who did not consent to them", async () => {
    const stranger = createDevice(world.crypto);
    const toCleo = await packageOf(stranger, consentToAdd(people.cleo.identity.id));
    await isIgnored("cleo", { add: [toCleo.keyPackage] });
    const toAda = await packageOf(stranger, consentToAdd(people.ada.identity.id));
    await isIgnored("ben", { add: [toAda.keyPackage] });
    const toNobody = await world.engine.createKeyPackage({
      credential: stranger.credential,
      signKeys: stranger.keys,
      ...TIMES,
    });
    await isIgnored("ben", { add: [toNobody.keyPackage] });
  });

  test("an owner leaves the group without one", async () => {
    await isIgnored("ada", { rules: encodeRules({ ...rulesIn(states.ada), roles: new Map() }) });
  });

  test("an admin puts a leaf made in advance in the place of an owner's", async () => {
    const { keyPackage } = await packageOf(againFrom(world.crypto, people.ada), consentToAdd(people.ben.identity.id));
    await isIgnored("ben", { add: [keyPackage], remove: [leafOf(people.ada)] });
  });

  test("a reader sheds the role by certifying their device under another profile of theirs", async () => {
    const { crypto, engine } = world;
    const { credential } = createDevice(crypto, { keys: people.dan.keys });
    expect(honest.check(credential, people.dan.keys.publicKey)).toBe(true);
    const bent = withOwnLeaf(inside(states.dan), { credential: { credentialType: "basic", identity: credential } });
    const { commit } = await forgedCommit(crypto, bent, []);
    for (const name of ["ada", "ben", "cleo"] as const)
      expect(await engine.processCommit(states[name], commit, honest)).toEqual({
        ok: false,
        error: { code: "rules_refused", by: leafOf(people.dan) },
      });
  });
});

describe("leaving", () => {
  const statementOf = (name: Name): Uint8Array => {
    const leaf = leafOf(people[name]);
    const member = world.engine.members(states[name]).find((one) => one.leaf === leaf);
    if (member === undefined) throw new Error("not in the group");
    const { conversation } = rulesIn(states.ada);
    const { encryptionKey } = member;
    const signKey = people[name].keys.secretKey;
    return createLeaveStatement(world.crypto, { conversation, groupId: GROUP_ID, encryptionKey, signKey });
  };

  test("is made true by any member, with the role of who leaves, and they know it", async () => {
    const evidence = encodeEvidence([{ leaf: leafOf(people.ben), signature: statementOf("ben") }]);
    const change = { remove: [leafOf(people.ben)], rules: without(people.ben), evidence, now: NOW };
    const own = value(await world.engine.commit(states.dan, { ...change, ...honest }));
    for (const name of ["ada", "ben", "cleo"] as const) {
      const followed = value(await world.engine.processCommit(states[name], own.commit, honest));
      expect(followed.removedSelf).toBe(name === "ben");
      expect(followed.change).toMatchObject({ sender: leafOf(people.dan), removed: [leafOf(people.ben)] });
    }
    expect(rosterProblem(rulesIn(own.state), world.engine.members(own.state))).toBeUndefined();
  });

  test("once does not put out who was added again in the same place", async () => {
    const leaf = leafOf(people.cleo);
    const evidence = encodeEvidence([{ leaf, signature: statementOf("cleo") }]);
    const out = value(await world.engine.commit(states.ada, { remove: [leaf], evidence, now: NOW, ...honest }));
    const anew = await packageOf(againFrom(world.crypto, people.cleo), consentToAdd(people.ada.identity.id));
    const back = value(await world.engine.commit(out.state, { add: [anew.keyPackage], now: NOW, ...honest }));
    expect(leafOf(people.cleo, back.state)).toBe(leaf);
    const replayed = { remove: [leaf], evidence, now: NOW };
    expect(await world.engine.commit(back.state, { ...replayed, ...honest })).toEqual({
      ok: false,
      error: "rules_refused",
    });
  });
});

describe("coming back", () => {
  /** What somebody says to being put in the place of their leaf as it is now, by this helper. */
  const consentBack = (name: Name, helper: Name): Uint8Array => {
    const leaf = leafOf(people[name]);
    const member = world.engine.members(states.ada).find((one) => one.leaf === leaf);
    if (member === undefined) throw new Error("not in the group");
    const { encryptionKey } = member;
    const replaced = { conversation: rulesIn(states.ada).conversation, groupId: GROUP_ID, encryptionKey };
    return consentToRejoin(world.crypto, replaced, people[helper].identity.id);
  };
  const isTaken = async (by: Name, change: Change): Promise<void> => {
    const { commit } = await made(by, change);
    for (const verdict of await verdicts(by, commit)) expect(verdict.ok).toBe(true);
  };

  test("a device takes the place of its old leaf, keeps its role, and its old state reads nothing later", async () => {
    const { engine } = world;
    const old = states.ben;
    const fresh = await packageOf(people.ben, consentBack("ben", "ada"));
    const change = { add: [fresh.keyPackage], remove: [leafOf(people.ben)], now: NOW };
    const own = value(await engine.commit(states.ada, { ...change, ...honest }));
    const followed = value(await engine.processCommit(states.cleo, own.commit, honest));
    const back = await join(own, fresh);
    expect(engine.epochAuthenticator(back)).toEqual(engine.epochAuthenticator(followed.state));
    expect(rulesIn(back).roles.get(people.ben.id)).toBe("admin");
    const said = await engine.encrypt(back, new Uint8Array(5), NO_AAD);
    expect((await engine.decrypt(old, said.message, { sender: leafOf(people.ben, back) })).ok).toBe(false);
    expect((await engine.decrypt(followed.state, said.message, { sender: leafOf(people.ben, back) })).ok).toBe(true);
  });

  test("a consent serves once: kept and used again it puts nobody out, nor does one given before an update", async () => {
    const { engine } = world;
    const change = async () => ({
      add: [(await packageOf(people.ben, consentBack("ben", "cleo"))).keyPackage],
      remove: [leafOf(people.ben)],
    });
    const [first, kept] = [await change(), await change()];
    await isTaken("cleo", first);
    const own = value(await engine.commit(states.cleo, { ...first, now: NOW, ...honest }));
    for (const name of ["ada", "dan"] as const)
      states[name] = value(await engine.processCommit(states[name], own.commit, honest)).state;
    states.cleo = own.state;
    for (const again of [first, kept]) {
      const forged = await made("cleo", again);
      for (const name of ["ada", "dan"] as const)
        expect(await engine.processCommit(states[name], forged.commit, honest)).toEqual({
          ok: false,
          error: { code: "rules_refused", by: leafOf(people.cleo) },
        });
    }
    const before = {
      add: [(await packageOf(people.dan, consentBack("dan", "cleo"))).keyPackage],
      remove: [leafOf(people.dan)],
    };
    const update = value(await engine.commit(states.dan, { update: true, now: NOW, ...honest }));
    states.ada = value(await engine.processCommit(states.ada, update.commit, honest)).state;
    states.cleo = value(await engine.processCommit(states.cleo, update.commit, honest)).state;
    const late = await made("cleo", before);
    expect(await engine.processCommit(states.ada, late.commit, honest)).toEqual({
      ok: false,
      error: { code: "rules_refused", by: leafOf(people.cleo) },
    });
  });
});

describe("at the same instant", () => {
  test("two who may remove each other: whoever is first wins, the other's commit is of no epoch any more", async () => {
    const { engine } = world;
    const roles = new Map(rulesIn(states.ada).roles).set(people.cleo.id, "admin");
    await follow("ada", { rules: encodeRules({ ...rulesIn(states.ada), roles }) });
    const ben = await made("ben", { remove: [leafOf(people.cleo)], rules: without(people.cleo) });
    const cleo = await made("cleo", { remove: [leafOf(people.ben)], rules: without(people.ben) });
    for (const name of ["ada", "dan"] as const) {
      const first = value(await engine.processCommit(states[name], ben.commit, honest));
      expect(await engine.processCommit(first.state, cleo.commit, honest)).toEqual({
        ok: false,
        error: { code: "wrong_epoch" },
      });
    }
    expect(value(await engine.processCommit(states.cleo, ben.commit, honest)).removedSelf).toBe(true);
  });

  test("a removed member's late commit, and one from far ahead, change nothing", async () => {
    const { engine } = world;
    const late = await made("cleo", { update: true });
    const ahead = await engine.commit(late.state, { update: true, now: NOW, ...trustAll });
    await expect(engine.processCommit(states.ada, value(ahead).commit, honest)).resolves.toEqual({
      ok: false,
      error: { code: "wrong_epoch" },
    });
    await follow("ada", { rules: encodeRules({ ...rulesIn(states.ada), timer: 60 }) });
    const out = value(await engine.commit(states.ada, { remove: [leafOf(people.cleo)], now: NOW, ...honest }));
    expect(await engine.processCommit(out.state, late.commit, honest)).toEqual({
      ok: false,
      error: { code: "wrong_epoch" },
    });
  });
});
