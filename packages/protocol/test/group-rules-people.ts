import type { CommitChange, Member } from "../src/conversation/group.ts";
import { toHex, type Crypto, type KeyPair } from "../src/crypto/index.ts";
import { consentToAdd, consentToRejoin, createLeaveStatement, rulesProblem, type Role } from "../src/group/index.ts";
import type { Replaced, Rules, RulesProblem } from "../src/group/index.ts";
import { createDeviceCertificate, createIdentity, credentialFromCertificate } from "../src/identity/index.ts";
import type { IdentitySecret } from "../src/identity/index.ts";

export const NOW = 1_790_000_000;
export const GROUP_ID = new Uint8Array(16).fill(9);

/** A device of somebody, with what its leaf shows. */
export type Device = {
  readonly identity: IdentitySecret;
  /** The profile id, hexadecimal. */
  readonly id: string;
  readonly keys: KeyPair;
  readonly deviceId: Uint8Array;
  readonly credential: Uint8Array;
};

/** A new device; `of` says what it shares with another. */
export function createDevice(crypto: Crypto, of: Partial<Pick<Device, "identity" | "deviceId" | "keys">> = {}): Device {
  const { identity = createIdentity(crypto), deviceId = crypto.random(16), keys = crypto.signKeyPair() } = of;
  const times = { notBefore: NOW, notAfter: NOW + 1000 };
  const certificate = createDeviceCertificate(crypto, identity, { deviceKey: keys.publicKey, deviceId, ...times });
  const publicKeys = { edKey: identity.sign.publicKey, mlDsaKey: identity.mlDsa.publicKey };
  const credential = credentialFromCertificate(crypto, certificate, { ...identity, ...publicKeys });
  return { identity, id: toHex(identity.id), keys, deviceId, credential };
}

/** The same device after it was set up again: another signature key. */
export function againFrom(crypto: Crypto, { identity, deviceId }: Device): Device {
  return createDevice(crypto, { identity, deviceId });
}

export function memberFrom(crypto: Crypto, leaf: number, { credential, keys }: Device): Member {
  return { leaf, credential, signatureKey: keys.publicKey, encryptionKey: crypto.random(32) };
}

/** Somebody who would come in, with the consent given. */
export function addFrom({ credential, keys }: Device, consent: Uint8Array | undefined): CommitChange["added"][number] {
  return { credential, signatureKey: keys.publicKey, consent };
}

/** A group as its members have it: leaf i is `devices[i]`. */
export class Group {
  readonly crypto: Crypto;
  readonly devices: readonly Device[];
  readonly members: readonly Member[];
  readonly rules: Rules;

  constructor(crypto: Crypto, people: readonly (readonly [Device, Role])[], rules: Partial<Rules> = {}) {
    this.crypto = crypto;
    this.devices = people.map(([device]) => device);
    this.members = this.devices.map((device, leaf) => memberFrom(crypto, leaf, device));
    const roles = new Map(people.flatMap(([{ id }, role]) => (role === "member" ? [] : [[id, role] as const])));
    this.rules = {
      conversation: new Uint8Array(32).fill(7),
      name: "Les Amis",
      description: "",
      roles,
      whoAdds: "admins",
      whoWrites: "everyone",
      timer: 0,
      newcomersRead: "nothing",
      ...rules,
    };
  }

  /** What the rules say of a commit of `sender` that changes this and nothing else. */
  verdict(sender: number, change: Partial<CommitChange>): RulesProblem | undefined {
    return rulesProblem(this.crypto, GROUP_ID, this, this.change(sender, change));
  }

  change(sender: number, change: Partial<CommitChange>): CommitChange {
    const nothing = {
      madeAt: NOW,
      evidence: new Uint8Array(0),
      added: [],
      removed: [],
      rules: undefined,
      credential: undefined,
    };
    return { sender, ...nothing, ...change };
  }

  /** The consent that a contact of this member's gave. */
  consentFor(leaf: number): Uint8Array {
    return consentToAdd(at(this.devices, leaf).identity.id);
  }

  /**
   * The consent of a device to being put in the place of its leaf by this member; `instead`: to
   * something else.
   */
  consentBack(by: number, leaf: number, instead: Partial<Replaced> = {}): Uint8Array {
    const { encryptionKey } = at(this.members, leaf);
    const replaced = { conversation: this.rules.conversation, groupId: GROUP_ID, encryptionKey, ...instead };
    return consentToRejoin(this.crypto, replaced, at(this.devices, by).identity.id);
  }

  statement(leaf: number, group: Partial<{ conversation: Uint8Array; groupId: Uint8Array }> = {}): Uint8Array {
    const { encryptionKey } = at(this.members, leaf);
    const signKey = at(this.devices, leaf).keys.secretKey;
    const here = { conversation: this.rules.conversation, groupId: GROUP_ID };
    return createLeaveStatement(this.crypto, { ...here, ...group, encryptionKey, signKey });
  }
}

/** One of these, which the test knows to be there. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}
