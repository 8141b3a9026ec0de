/** A leaf whose credential is replaced: by keys of a later generation, or for a longer time. */
import { beforeAll, describe, expect, test } from "vitest";
import { createGroupEngine, type GroupState, type LeafCheck } from "../src/conversation/index.ts";
import { createCrypto, type Crypto, type KeyPair } from "../src/crypto/index.ts";
import { consentToAdd, createCommitCheck, seatFrom } from "../src/group/index.ts";
import {
  checkCredential,
  createDeviceCertificate,
  createRecoverySecret,
  credentialFromCertificate,
  identityFromRecovery,
  type IdentitySecret,
} from "../src/identity/index.ts";
import { createDevice, Group, NOW } from "./group-rules-people.ts";

const YEAR = 365 * 86_400;

interface Device {
  readonly identity: IdentitySecret;
  readonly keys: KeyPair;
  readonly deviceId: Uint8Array;
}

let crypto: Crypto;
let check: LeafCheck;
let now: IdentitySecret;
let next: IdentitySecret;

beforeAll(async () => {
  crypto = await createCrypto();
  check = (credential, key) => checkCredential(crypto, credential, key, "any time").ok;
  const secret = createRecoverySecret(crypto);
  [now, next] = [identityFromRecovery(crypto, secret, 0), identityFromRecovery(crypto, secret, 1)];
});

const deviceOf = (identity: IdentitySecret): Device => ({
  identity,
  keys: crypto.signKeyPair(),
  deviceId: crypto.random(16),
});

function credentialOf({ identity, keys, deviceId }: Device, until = NOW + YEAR): Uint8Array {
  const times = { notBefore: NOW - 100, notAfter: until };
  const certificate = createDeviceCertificate(crypto, identity, { deviceKey: keys.publicKey, deviceId, ...times });
  const publicKeys = { edKey: identity.sign.publicKey, mlDsaKey: identity.mlDsa.publicKey };
  return credentialFromCertificate(crypto, certificate, { ...identity, ...publicKeys });
}

async function two() {
  const groups = createGroupEngine(crypto);
  const allows = createCommitCheck(crypto);
  const [phone, tablet, bob] = [
    deviceOf(now),
    deviceOf(now),
    deviceOf(identityFromRecovery(crypto, createRecoverySecret(crypto), 0)),
  ];
  const packageOf = (device: Device, consent?: Uint8Array) =>
    groups.createKeyPackage({
      credential: credentialOf(device),
      signKeys: device.keys,
      notBefore: NOW - 100,
      notAfter: NOW + 100_000,
      ...(consent && { consent }),
    });
  const begin = { now: NOW, check, allows };
  const [own, tabletKeys, bobKeys] = [
    await packageOf(phone),
    await packageOf(tablet, consentToAdd(now.id)),
    await packageOf(bob),
  ];
  const alone = await groups.createGroup({ groupId: crypto.random(16), ...own });
  const withBob = value(await groups.commit(alone, { add: [bobKeys.keyPackage], ...begin }));
  const bobIn = value(await groups.join(withBob.welcome ?? new Uint8Array(0), { ...bobKeys, now: NOW, check }));
  const withTablet = value(await groups.commit(withBob.state, { add: [tabletKeys.keyPackage], ...begin }));
  const tabletIn = value(
    await groups.join(withTablet.welcome ?? new Uint8Array(0), { ...tabletKeys, now: NOW, check }),
  );
  const bobNext = value(await groups.processCommit(bobIn, withTablet.commit, begin)).state;
  const follow = (state: GroupState, commit: Uint8Array) => groups.processCommit(state, commit, begin);
  const states = { phone: withTablet.state, tablet: tabletIn, bob: bobNext };
  return { groups, begin, follow, packageOf, devices: { phone, tablet, bob }, states };
}

function value<T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

describe("between two", () => {
  test("one commit gives a leaf keys of the next generation and takes out the leaf of a thief", async () => {
    const { groups, begin, follow, devices, states } = await two();
    const credential = credentialOf({ ...devices.phone, identity: next });
    const remove = [groups.ownLeaf(states.tablet)];
    const made = value(await groups.commit(states.phone, { remove, credential, ...begin }));
    const bob = value(await follow(states.bob, made.commit));
    expect(bob.change.credential).toEqual(credential);
    expect(groups.members(bob.state).map((member) => seatFrom(member.credential)?.generation)).toEqual([1, 0]);
    expect(groups.epochAuthenticator(bob.state)).toEqual(groups.epochAuthenticator(made.state));
    expect(value(await follow(states.tablet, made.commit)).removedSelf).toBe(true);
  });

  test("a thief's leaf takes out none of a later generation, and brings in none of an earlier one", async () => {
    const { groups, begin, follow, packageOf, devices, states } = await two();
    const credential = credentialOf({ ...devices.phone, identity: next });
    const made = value(await groups.commit(states.phone, { credential, ...begin }));
    const tablet = value(await follow(states.tablet, made.commit)).state;
    const lenient = { ...begin, allows: () => true };
    const bob = value(await follow(states.bob, made.commit)).state;
    const more = await packageOf(deviceOf(now), consentToAdd(now.id));
    for (const wanted of [{ remove: [groups.ownLeaf(states.phone)] }, { add: [more.keyPackage] }]) {
      expect((await groups.commit(tablet, { ...wanted, ...begin })).ok).toBe(false);
      const forced = value(await groups.commit(tablet, { ...wanted, ...lenient }));
      expect(await follow(bob, forced.commit)).toMatchObject({ ok: false, error: { code: "rules_refused" } });
    }
  });

  test("a certificate that ends later takes the place of one that ends sooner, and not the other way", async () => {
    const { groups, begin, follow, devices, states } = await two();
    const later = credentialOf(devices.phone, NOW + 3 * YEAR);
    const made = value(await groups.commit(states.phone, { credential: later, ...begin }));
    const bob = value(await follow(states.bob, made.commit)).state;
    expect(groups.members(bob)[0]?.credential).toEqual(later);
    const back = await groups.commit(made.state, { credential: credentialOf(devices.phone), ...begin });
    expect(back).toEqual({ ok: false, error: "rules_refused" });
  });

  test("no credential of another device, another person or another key comes in by an update", async () => {
    const { groups, begin, follow, devices, states } = await two();
    const stranger = identityFromRecovery(crypto, createRecoverySecret(crypto), 1);
    const bent = {
      "another device": [
        credentialOf({ ...devices.phone, identity: next, deviceId: crypto.random(16) }),
        "rules_refused",
      ],
      "another person": [credentialOf({ ...devices.phone, identity: stranger }), "rules_refused"],
      "another key": [
        credentialOf({ ...devices.phone, identity: next, keys: crypto.signKeyPair() }),
        "credential_refused",
      ],
      nothing: [new Uint8Array(0), "rules_refused"],
    } as const;
    for (const [credential, code] of Object.values(bent)) {
      expect(await groups.commit(states.phone, { credential, ...begin })).toEqual({ ok: false, error: code });
      const lenient = { now: NOW, check: () => true, allows: () => true };
      const forced = value(await groups.commit(states.phone, { credential, ...lenient }));
      expect(await follow(states.bob, forced.commit)).toMatchObject({ ok: false, error: { code } });
    }
  });
});

describe("in a group", () => {
  test("who renews their leaf may take out their own earlier ones, whatever their role, and nobody else", () => {
    const [owner, reader] = [createDevice(crypto), createDevice(crypto, { identity: now })];
    const second = createDevice(crypto, { identity: now });
    const group = new Group(crypto, [
      [owner, "owner"],
      [reader, "reader"],
      [second, "reader"],
    ]);
    const credential = createDevice(crypto, { ...reader, identity: next }).credential;
    expect(group.verdict(1, { credential })).toBeUndefined();
    expect(group.verdict(1, { credential, removed: [2] })).toBeUndefined();
    expect(group.verdict(1, { credential, removed: [0] })).toBe("not_allowed");
    expect(group.verdict(2, { credential })).toBe("not_renewed");
    expect(group.verdict(1, { credential: reader.credential })).toBe("not_renewed");
    expect(group.verdict(1, { credential: owner.credential })).toBe("not_renewed");
    const more = createDevice(crypto, { identity: now });
    const added = [{ credential: more.credential, signatureKey: more.keys.publicKey, consent: group.consentFor(1) }];
    expect(group.verdict(1, { credential, added })).toBe("earlier_keys");
  });
});
