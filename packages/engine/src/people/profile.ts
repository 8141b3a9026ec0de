import { fromHex, toHex, type Crypto, type KeyPair } from "@pli/protocol/crypto";
import {
  backupSecretFrom,
  createCard,
  createDeviceCertificate,
  createRecoverySecret,
  credentialFromCertificate,
  encodeIdentity,
  identityFromRecovery,
  isInTime,
  parseCard,
  parseDeviceCertificate,
  parseIdentity,
  type Card,
  type DeviceCertificate,
  type IdentitySecret,
  type RecoverySecret,
} from "@pli/protocol/identity";
import { returnSecretFrom } from "@pli/protocol/devices";
import type { Context, Tx } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";
import { allowedName } from "./allowed-name.ts";
import { findMeta, saveMeta } from "../runtime/storage/meta.ts";
import { damaged } from "../runtime/storage/row.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import { hasConversations } from "../epochs/conversations.table.ts";
import { hasContacts } from "./contacts.table.ts";
import { isNewerCard } from "./newer-card.ts";
import {
  findKeptProfile,
  insertProfile,
  replaceKeys,
  saveOwnCard,
  saveOwnCertificate,
  type KeptProfile,
} from "./profile.table.ts";

/**
 * A device certificate is valid from a day before it is made, for clocks that are slow, and for two
 * years.
 */
const BEFORE_SECONDS = 86_400;
const VALID_SECONDS = 2 * 365 * 86_400;
const DAY_SECONDS = 86_400;
/** It is renewed when no more than this is left of it. */
const RENEW_SECONDS = 182 * 86_400;
/** A key package is for one pairing or one re-joining, unless told otherwise. */
const KEY_PACKAGE_DAYS = 30;

/** Of the keys that this device had before. */
const RETURNS = "device-returns";

/** This person on this device. Secret: never leaves the engine. */
export interface Profile {
  readonly id: string;
  readonly identity: IdentitySecret;
  readonly card: Card;
  readonly certificate: DeviceCertificate;
  readonly deviceKeys: KeyPair;
  readonly createdAt: number;
  /** The secret of the backups of this generation. */
  readonly backup: Uint8Array;
}

/** What is known of the profile that was: its name and times, and of which generation. */
export interface RestoredFrom {
  readonly generation: number;
  readonly name: string;
  readonly issuedAt: number;
  readonly createdAt: number;
}

export interface Profiles {
  /** This device has a profile from now on, or has it by other keys. */
  readonly begun: TxEvent<void>;
  find(tx: Tx): Promise<Profile | undefined>;
  /** Rejects with `profile_missing`. */
  get(tx: Tx): Promise<Profile>;
  /** For what is shown of this person's own; empty before there is a profile. */
  self(tx: Tx): Promise<{ id: string; name: string }>;
  create(tx: Tx, name: string): Promise<void>;
  /** The profile of this secret, on a device of its own: nobody keeps the secret. */
  restore(tx: Tx, secret: RecoverySecret, from: RestoredFrom): Promise<void>;
  /** This device becomes one of a profile that there is already. Rejects with `profile_exists`. */
  adopt(tx: Tx, granted: Omit<KeptProfile, "createdAt">): Promise<void>;
  /**
   * Keys of a later generation take the place of those that this device has: its own, made from the
   * secret, or what another device of the person grants.
   */
  succeed(tx: Tx, from: { readonly secret: RecoverySecret; readonly generation: number }): Promise<void>;
  takeOver(tx: Tx, granted: Pick<KeptProfile, "identity" | "card" | "certificate" | "backup">): Promise<void>;
  /**
   * Where own devices ask to be let in again: by the keys of this generation, and by each that this
   * device had before. The latest first.
   */
  returnSecrets(tx: Tx): Promise<readonly Uint8Array[]>;
  /** What this device's leaves show. */
  credential(profile: Profile): Uint8Array;
  /** The word of this profile that a device with this key is one of its own. */
  certifyDevice(profile: Profile, deviceKey: Uint8Array, deviceId?: Uint8Array): DeviceCertificate;
  /** A card that another device of this person made: the later one counts. */
  takeCard(tx: Tx, card: Uint8Array): Promise<void>;
  rename(tx: Tx, name: string): Promise<Profile>;
  /**
   * Makes again what was made under a wrong clock, as long as nobody has seen it: the certificate,
   * and a card of a day that is still to come. Only while the clock of this moment is not doubted.
   */
  mend(tx: Tx): Promise<void>;
  /**
   * Makes a new certificate long before the one that there is ends, for the same key; leaves take
   * it over. Only while the clock of this moment is not doubted.
   */
  renew(tx: Tx): Promise<void>;
  /**
   * Whether others refuse the certificate of this device by now: it was not renewed, because the
   * clock is doubted.
   */
  isOutOfTime(tx: Tx): Promise<boolean>;
  /**
   * Valid for 30 days unless told otherwise; `consent`: for whose use it is (see
   * @pli/protocol/group).
   */
  createKeyPackage(
    profile: Profile,
    p?: { consent: Uint8Array; days: number },
  ): Promise<{ keyPackage: Uint8Array; secret: Uint8Array }>;
}

export function createProfiles(context: Context, deps: { isClockDoubted(): boolean }): Profiles {
  const { crypto, clock, groups } = context;
  const begun: Profiles["begun"] = createTxEvent();
  let known: Profile | undefined;
  const seconds = (): number => Math.floor(clock.now() / 1000);

  context.onReload(async () => {
    known = undefined;
  });

  async function find(tx: Tx): Promise<Profile | undefined> {
    if (known !== undefined) return known;
    const kept = await findKeptProfile(tx);
    if (kept === undefined) return undefined;
    known = profileFrom(crypto, kept);
    return known;
  }

  const get = async (tx: Tx): Promise<Profile> => (await find(tx)) ?? missing();

  async function create(tx: Tx, wanted: string): Promise<void> {
    const name = allowedName(wanted);
    const recovery = createRecoverySecret(crypto);
    const fresh = { generation: 0, name, issuedAt: seconds(), createdAt: clock.now() };
    await insert(tx, keptFrom(crypto, certify, recovery, fresh), recovery);
  }

  async function restore(tx: Tx, secret: RecoverySecret, from: RestoredFrom): Promise<void> {
    const issuedAt = Math.max(seconds(), from.issuedAt + 1);
    await insert(tx, keptFrom(crypto, certify, secret, { ...from, issuedAt }), undefined);
  }

  const adopt = (tx: Tx, granted: Omit<KeptProfile, "createdAt">): Promise<void> =>
    insert(tx, { ...granted, createdAt: clock.now() }, undefined);

  async function insert(tx: Tx, kept: KeptProfile, recovery: RecoverySecret | undefined): Promise<void> {
    if ((await find(tx)) !== undefined) throw new PliError("profile_exists");
    await insertProfile(tx, kept, recovery);
    await begun.emit(tx, undefined);
  }

  const credentialOf = ({ certificate, card }: Profile): Uint8Array =>
    credentialFromCertificate(crypto, certificate, card);

  async function succeed(tx: Tx, { secret, generation }: Parameters<Profiles["succeed"]>[1]): Promise<void> {
    const { card, certificate } = await get(tx);
    const issuedAt = Math.max(seconds(), card.issuedAt + 1);
    await takeOver(tx, keysFrom(crypto, certify, secret, { generation, name: card.name, issuedAt }, certificate));
  }

  async function takeOver(tx: Tx, granted: Parameters<Profiles["takeOver"]>[1]): Promise<void> {
    await saveMeta(tx, RETURNS, (await returnSecrets(tx)).map(toHex));
    await replaceKeys(tx, granted);
    known = undefined;
    await begun.emit(tx, undefined);
  }

  const returnSecrets = async (tx: Tx): Promise<readonly Uint8Array[]> => returnSecretsOf(crypto, tx, await get(tx));

  async function takeCard(tx: Tx, bytes: Uint8Array): Promise<void> {
    const profile = await get(tx);
    const card = parseCard(crypto, bytes);
    // A card of another generation comes with its keys, or not at all.
    if (!card.ok || toHex(card.value.id) !== profile.id || card.value.generation !== profile.card.generation) return;
    if (!isNewerCard(card.value, profile.card, clock.now())) return;
    await saveOwnCard(tx, card.value.bytes);
    known = { ...profile, card: card.value };
  }

  const certify = (
    identity: IdentitySecret,
    device: { readonly deviceKey: Uint8Array; readonly deviceId?: Uint8Array },
  ): DeviceCertificate =>
    createDeviceCertificate(crypto, identity, {
      ...device,
      notBefore: seconds() - BEFORE_SECONDS,
      notAfter: seconds() + VALID_SECONDS,
    });

  async function mend(tx: Tx): Promise<void> {
    if (deps.isClockDoubted()) return;
    const profile = await find(tx);
    if (profile === undefined || (await isKnownToOthers(tx))) return;
    const { notBefore, notAfter, deviceKey, deviceId } = profile.certificate;
    const { issuedAt, name } = profile.card;
    if (notBefore <= seconds() && seconds() <= notAfter && issuedAt <= seconds()) return;
    const certificate = certify(profile.identity, { deviceKey, deviceId });
    const card = createCard(crypto, profile.identity, name, Math.min(issuedAt, seconds()));
    await saveOwnCertificate(tx, certificate.bytes);
    await saveOwnCard(tx, card.bytes);
    known = { ...profile, certificate, card };
  }

  async function renew(tx: Tx): Promise<void> {
    const profile = deps.isClockDoubted() ? undefined : await find(tx);
    if (profile === undefined || profile.certificate.notAfter - seconds() > RENEW_SECONDS) return;
    const certificate = certify(profile.identity, profile.certificate);
    await saveOwnCertificate(tx, certificate.bytes);
    known = { ...profile, certificate };
  }

  async function isOutOfTime(tx: Tx): Promise<boolean> {
    const profile = await find(tx);
    return profile !== undefined && !isInTime(profile.certificate, seconds()) && (await isKnownToOthers(tx));
  }

  async function rename(tx: Tx, wanted: string): Promise<Profile> {
    const name = allowedName(wanted);
    const profile = await get(tx);
    const issuedAt = Math.max(seconds(), profile.card.issuedAt + 1);
    const card = createCard(crypto, profile.identity, name, issuedAt);
    await saveOwnCard(tx, card.bytes);
    known = { ...profile, card };
    return known;
  }

  return {
    begun,
    find,
    get,
    self: async (tx) => {
      const profile = await find(tx);
      return { id: profile?.id ?? "", name: profile?.card.name ?? "" };
    },
    create,
    restore,
    adopt,
    succeed,
    takeOver,
    returnSecrets,
    credential: credentialOf,
    certifyDevice: ({ identity }, deviceKey, deviceId) =>
      certify(identity, { deviceKey, ...(deviceId && { deviceId }) }),
    takeCard,
    rename,
    mend,
    renew,
    isOutOfTime,
    createKeyPackage: (profile, p) =>
      groups.createKeyPackage({
        credential: credentialOf(profile),
        signKeys: profile.deviceKeys,
        notBefore: seconds() - BEFORE_SECONDS,
        notAfter: seconds() + (p?.days ?? KEY_PACKAGE_DAYS) * DAY_SECONDS,
        ...(p && { consent: p.consent }),
      }),
  };
}

async function returnSecretsOf(crypto: Crypto, tx: Tx, { backup }: Profile): Promise<readonly Uint8Array[]> {
  const former = (await findMeta<string[]>(tx, RETURNS)) ?? [];
  return [returnSecretFrom(crypto, backup), ...former.map((hex) => fromHex(hex) ?? damaged("return secret"))];
}

function missing(): never {
  throw new PliError("profile_missing");
}

function profileFrom(crypto: Crypto, kept: KeptProfile): Profile {
  const identity = parseIdentity(crypto, kept.identity);
  const card = parseCard(crypto, kept.card);
  if (!identity.ok || !card.ok) return damaged("profile");
  const certificate = parseDeviceCertificate(crypto, kept.certificate, card.value);
  if (!certificate.ok) return damaged("profile");
  return {
    id: toHex(card.value.id),
    identity: identity.value,
    card: card.value,
    certificate: certificate.value,
    deviceKeys: { publicKey: kept.devicePublic, secretKey: kept.deviceSecret },
    createdAt: kept.createdAt,
    backup: kept.backup,
  };
}

/** Somebody has this device's certificate, or is about to: it is in what they made with it. */
const isKnownToOthers = async (tx: Tx): Promise<boolean> => (await hasContacts(tx)) || (await hasConversations(tx));

type Certify = (
  identity: IdentitySecret,
  device: { readonly deviceKey: Uint8Array; readonly deviceId?: Uint8Array },
) => DeviceCertificate;

/** A device key is new on each device. */
function keptFrom(
  crypto: Crypto,
  certify: Certify,
  secret: RecoverySecret,
  { createdAt, ...from }: RestoredFrom,
): KeptProfile {
  const { publicKey, secretKey } = crypto.signKeyPair();
  const keys = keysFrom(crypto, certify, secret, from, { deviceKey: publicKey });
  return { ...keys, devicePublic: publicKey, deviceSecret: secretKey, createdAt };
}

/** The keys of one generation, and what they sign for this device. */
function keysFrom(
  crypto: Crypto,
  certify: Certify,
  secret: RecoverySecret,
  { generation, name, issuedAt }: Pick<RestoredFrom, "generation" | "name" | "issuedAt">,
  { deviceKey, deviceId }: { readonly deviceKey: Uint8Array; readonly deviceId?: Uint8Array },
): Pick<KeptProfile, "identity" | "card" | "certificate" | "backup"> {
  const identity = identityFromRecovery(crypto, secret, generation);
  return {
    identity: encodeIdentity(identity),
    card: createCard(crypto, identity, name, issuedAt).bytes,
    certificate: certify(identity, { deviceKey, ...(deviceId && { deviceId }) }).bytes,
    backup: backupSecretFrom(crypto, secret, generation),
  };
}
