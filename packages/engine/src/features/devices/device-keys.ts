import {
  encodeDeviceKeys,
  encodeDeviceKeysWanted,
  MAX_DEVICE_KEYS,
  parseDeviceKeys,
  parseDeviceKeysWanted,
} from "@pli/protocol/devices";
import { consentToAdd } from "@pli/protocol/group";
import { fromHex, toHex } from "@pli/protocol/crypto";
import type { Said } from "../../epochs/contents.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { createPauses } from "../../runtime/pauses.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import { insertOurs } from "../group/key-packages.table.ts";
import {
  countFreeDeviceKeys,
  deleteDeviceKey,
  deleteDeviceKeysOf,
  insertDeviceKey,
  takeDeviceKey,
} from "./device-keys.table.ts";
import type { OwnTalk } from "./own-talk.ts";

/** How long one is valid: as those that contacts hold. */
const VALID_DAYS = 90;
/** A device that has fewer of another asks for more. */
const FEW = 8;
const ASKED_FOR = 24;
const ASK_MS = 60_000;
/** More than these nobody keeps of one device. */
const MOST = 600;

/** Key packages that the own devices give each other: one serves for one conversation. */
export interface DeviceKeys {
  /** Others have come. */
  readonly came: TxEvent<string>;
  /**
   * One of a device for this conversation: the same until it has served. Asks when few are left.
   */
  next(tx: Tx, device: string, conversation: string): Promise<Uint8Array | undefined>;
  /** It is in the conversation now, or the one for it cannot be used. */
  done(tx: Tx, device: string, conversation: string): Promise<void>;
  /** A device gives these. */
  take(tx: Tx, device: string, packages: readonly Uint8Array[]): Promise<void>;
  /** This device's own, for the others. */
  make(tx: Tx, count: number): Promise<Uint8Array[]>;
  /** The device is none any more. */
  forget(tx: Tx, device: string): Promise<void>;
  said(tx: Tx, said: Said, body: Uint8Array): Promise<void>;
  wanted(tx: Tx, said: Said, body: Uint8Array): Promise<void>;
}

export function createDeviceKeys(
  context: Context,
  deps: { contacts: Contacts; epochRoles: EpochRoles; profiles: Profiles; talk: OwnTalk },
): DeviceKeys {
  const { clock, groups } = context;
  const { contacts, epochRoles, profiles, talk } = deps;
  const came: DeviceKeys["came"] = createTxEvent();
  const mayAsk = createPauses(clock, ASK_MS, 1);

  async function next(tx: Tx, device: string, conversation: string): Promise<Uint8Array | undefined> {
    const found = await usable(tx, device, conversation);
    if ((await countFreeDeviceKeys(tx, device)) < FEW && mayAsk(device)) await ask(tx, device);
    return found;
  }

  /** Those that are too old, or by keys that others have taken the place of, are dropped. */
  async function usable(tx: Tx, device: string, conversation: string): Promise<Uint8Array | undefined> {
    const { id, identity } = await profiles.get(tx);
    const check = contacts.leafCheckOf({ id, generation: identity.generation });
    for (;;) {
      const found = await takeDeviceKey(tx, device, conversation);
      if (found === undefined) return undefined;
      if ((await groups.checkKeyPackage(found, Math.floor(clock.now() / 1000), check)).ok) return found;
      await deleteDeviceKey(tx, device, conversation);
    }
  }

  async function ask(tx: Tx, device: string): Promise<void> {
    const bytes = fromHex(device) ?? damaged("device");
    await talk.say(tx, "device-keys-wanted", encodeDeviceKeysWanted({ device: bytes, count: ASKED_FOR }));
  }

  async function take(tx: Tx, device: string, packages: readonly Uint8Array[]): Promise<void> {
    const room = MOST - (await countFreeDeviceKeys(tx, device));
    for (const keyPackage of packages.slice(0, Math.max(0, room))) await insertDeviceKey(tx, device, keyPackage);
    await came.emit(tx, device);
  }

  async function make(tx: Tx, count: number): Promise<Uint8Array[]> {
    const profile = await profiles.get(tx);
    const consent = consentToAdd(profile.card.id);
    const packages: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      const { keyPackage, secret } = await profiles.createKeyPackage(profile, { consent, days: VALID_DAYS });
      await insertOurs(tx, { contact: profile.id, keyPackage, secret, madeAt: clock.now(), use: "own-device" });
      packages.push(keyPackage);
    }
    return packages;
  }

  async function said(tx: Tx, { held, leaf }: Said, body: Uint8Array): Promise<void> {
    const keys = parseDeviceKeys(body);
    const device = epochRoles.deviceAt(held, leaf);
    if (keys !== undefined && device !== undefined) await take(tx, device, keys.packages);
  }

  async function wanted(tx: Tx, _: Said, body: Uint8Array): Promise<void> {
    const asked = parseDeviceKeysWanted(body);
    const self = toHex((await profiles.get(tx)).certificate.deviceId);
    if (asked === undefined || toHex(asked.device) !== self) return;
    for (let rest = asked.count; rest > 0; rest -= MAX_DEVICE_KEYS) {
      const packages = await make(tx, Math.min(rest, MAX_DEVICE_KEYS));
      await talk.say(tx, "device-keys", encodeDeviceKeys({ packages }));
    }
  }

  return { came, next, done: deleteDeviceKey, take, make, forget: deleteDeviceKeysOf, said, wanted };
}
