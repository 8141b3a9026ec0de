/**
 * After a succession: the devices of this person that stay get the keys of the next generation, in
 * the conversation of the own devices, once no other leaf is in it (docs/protocol.md, section 7.4).
 */
import {
  encodeDeviceKeys,
  encodeLinkingGrant,
  MAX_DEVICE_KEYS,
  parseDeviceList,
  parseLinkingGrant,
  type LinkingGrant,
  type ListedDevice,
  type SignedDeviceList,
} from "@pli/protocol/devices";
import { concat, toHex } from "@pli/protocol/crypto";
import { encodeIdentity, parseCard, parseDeviceCertificate, parseIdentity } from "@pli/protocol/identity";
import { listConversationsIn } from "../../epochs/conversations.table.ts";
import type { Said } from "../../epochs/contents.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profile, Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import type { DeviceKeys } from "./device-keys.ts";
import type { OwnTalk } from "./own-talk.ts";

const GRANTED = "device-granted";
interface Packages {
  readonly most: number;
  readonly spare: number;
}

/** A device that had some before. */
const FEW: Packages = { most: MAX_DEVICE_KEYS * 8, spare: 8 };

export interface KeyGrants {
  /**
   * The conversation of the own devices has no leaf but theirs: who has earlier keys gets these.
   */
  give(tx: Tx, held: HeldEpoch): Promise<void>;
  /** Another device gives this one its keys. */
  take(tx: Tx, said: Said, body: Uint8Array): Promise<void>;
  /**
   * What a listed device is granted: keys of this generation. `packages`: how many key packages are
   * wanted, at most, and of them beside those for the conversations of this moment.
   */
  grantFor(tx: Tx, listed: Pick<ListedDevice, "id" | "key">, packages?: Packages): Promise<Uint8Array>;
  /** Names the list and the card that a grant of this moment has. */
  state(tx: Tx): Promise<string>;
  /**
   * This device comes back, and is granted keys: those that it has, or later ones. Gives how many
   * key packages are wanted; undefined: it is no grant for this device.
   */
  takeBack(tx: Tx, grant: Uint8Array): Promise<number | undefined>;
}

export function createKeyGrants(
  { crypto }: Context,
  deps: {
    deviceKeys: DeviceKeys;
    epochRoles: EpochRoles;
    ownDevices: OwnDevices;
    profiles: Profiles;
    talk: OwnTalk;
  },
): KeyGrants {
  const { deviceKeys, epochRoles, ownDevices, profiles, talk } = deps;

  async function give(tx: Tx, held: HeldEpoch): Promise<void> {
    const profile = await profiles.get(tx);
    const { generation } = profile.identity;
    if (generation === 0) return;
    const { devices } = await ownDevices.list(tx);
    for (const seat of epochRoles.seats(held).values()) {
      const listed = devices.find(({ id }) => toHex(id) === seat.device);
      if (listed === undefined || seat.generation >= generation) continue;
      if ((await findMeta<number>(tx, `${GRANTED} ${seat.device}`)) === generation) continue;
      await saveMeta(tx, `${GRANTED} ${seat.device}`, generation);
      await talk.say(tx, "device-grant", await grantFor(tx, listed));
    }
  }

  async function grantFor(
    tx: Tx,
    { id, key }: Pick<ListedDevice, "id" | "key">,
    { most, spare }: Packages = FEW,
  ): Promise<Uint8Array> {
    const profile = await profiles.get(tx);
    const { bytes: list } = await ownDevices.list(tx);
    return encodeLinkingGrant({
      identity: encodeIdentity(profile.identity),
      card: profile.card.bytes,
      certificate: profiles.certifyDevice(profile, key, id).bytes,
      list,
      backup: profile.backup,
      packages: Math.min((await listConversationsIn(tx)).length + spare, most),
    });
  }

  async function state(tx: Tx): Promise<string> {
    const { card } = await profiles.get(tx);
    const { bytes: list } = await ownDevices.list(tx);
    return toHex(crypto.sha256(concat(list, crypto.sha256(card.bytes))));
  }

  async function take(tx: Tx, _: Said, body: Uint8Array): Promise<void> {
    const grant = parseLinkingGrant(body);
    const own = await profiles.get(tx);
    const list = grant && checked(own, grant);
    if (grant === undefined || list === undefined || list.generation === own.card.generation) return;
    await takeOver(tx, grant, list);
    const { packages } = grant;
    for (let rest = packages; rest > 0; rest -= MAX_DEVICE_KEYS) {
      const made = await deviceKeys.make(tx, Math.min(rest, MAX_DEVICE_KEYS));
      await talk.say(tx, "device-keys", encodeDeviceKeys({ packages: made }));
    }
  }

  async function takeOver(tx: Tx, grant: LinkingGrant, list: SignedDeviceList): Promise<void> {
    const { identity, card, certificate, backup } = grant;
    await profiles.takeOver(tx, { identity, card, certificate, backup });
    await ownDevices.takeOver(tx, list);
  }

  async function takeBack(tx: Tx, bytes: Uint8Array): Promise<number | undefined> {
    const grant = parseLinkingGrant(bytes);
    const own = await profiles.get(tx);
    const list = grant && checked(own, grant);
    if (grant === undefined || list === undefined) return undefined;
    if (list.generation > own.card.generation) await takeOver(tx, grant, list);
    else await ownDevices.take(tx, list.bytes);
    return grant.packages;
  }

  /**
   * The list of a grant for this device, by keys of no earlier generation than it has: a list of
   * before is not signed by them.
   */
  function checked({ id, card: known, certificate: own }: Profile, grant: LinkingGrant): SignedDeviceList | undefined {
    const card = parseCard(crypto, grant.card);
    const identity = parseIdentity(crypto, grant.identity);
    if (!card.ok || !identity.ok || toHex(card.value.id) !== id) return undefined;
    const isOfCard =
      identity.value.generation === card.value.generation &&
      crypto.equal(identity.value.sign.publicKey, card.value.edKey);
    if (!isOfCard || card.value.generation < known.generation) return undefined;
    const certificate = parseDeviceCertificate(crypto, grant.certificate, card.value);
    const list = parseDeviceList(crypto, grant.list, card.value);
    if (!certificate.ok || !list.ok) return undefined;
    const isOwn =
      crypto.equal(certificate.value.deviceId, own.deviceId) &&
      crypto.equal(certificate.value.deviceKey, own.deviceKey);
    return isOwn && list.value.devices.some(({ id: device }) => crypto.equal(device, own.deviceId))
      ? list.value
      : undefined;
  }

  return { give, take, grantFor, state, takeBack };
}
