import {
  createDeviceList,
  MAX_OWN_DEVICES,
  mergeDeviceLists,
  parseDeviceList,
  type DeviceList,
  type ListedDevice,
  type SignedDeviceList,
} from "@pli/protocol/devices";
import { fromHex, toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";
import { findMeta, saveMeta } from "../runtime/storage/meta.ts";
import { damaged } from "../runtime/storage/row.ts";
import { createTxEvent, type TxEvent } from "../runtime/tx-event.ts";
import { addedNone, findAdded, letInBy, noteAdded, type AddedDevices } from "./added-devices.ts";
import type { Profile, Profiles } from "./profile.ts";

const LIST = "device-list";
/** That this device was taken out of the conversation of the own devices. */
const PUT_OUT = "device-put-out";

/** The devices of this person, by the list that all of them keep (docs/protocol.md, section 7). */
export interface OwnDevices {
  /** The list is another. `told`: the others have yet to hear of it. */
  readonly changed: TxEvent<{ readonly list: SignedDeviceList; readonly isTold: boolean }>;
  /** This device hears that it is none of this person's any more. */
  readonly out: TxEvent<void>;
  list(tx: Tx): Promise<SignedDeviceList>;
  /** The list that came with the grant: this device is in it. */
  adopt(tx: Tx, list: SignedDeviceList): Promise<void>;
  /**
   * The words made this device, at this time in seconds: its list is of itself, and of those that
   * were removed before.
   */
  restore(tx: Tx, p: { readonly at: number; readonly removed: readonly Uint8Array[] }): Promise<void>;
  /**
   * A device that the words made, which has shown that. False: it was removed, or is one too many.
   */
  admit(tx: Tx, device: ListedDevice): Promise<boolean>;
  /** The list of a later generation, which came with its keys. */
  takeOver(tx: Tx, list: SignedDeviceList): Promise<void>;
  /** A list that another device signed. Others are passed over. */
  take(tx: Tx, bytes: Uint8Array): Promise<void>;
  /** Rejects with `too_many_devices`, or `device_removed` where this one was. */
  add(tx: Tx, device: Pick<ListedDevice, "id" | "key">): Promise<SignedDeviceList>;
  /** Rejects with `device_unknown`, or `device_removed` where this one was. */
  remove(tx: Tx, id: string): Promise<void>;
  /**
   * The list of a later generation, whose keys this device has by now: of those that were, without
   * the one that was stolen and all that it let in. What this device added itself stays, also where
   * the stolen one had let this one in. `isAlone`: this device was put out, and reaches none of the
   * others. Gives those that are not in it any more.
   */
  succeed(
    tx: Tx,
    p: { readonly before: DeviceList; readonly stolen: string; readonly isAlone: boolean },
  ): Promise<readonly string[]>;
  /** This device. */
  self(tx: Tx): Promise<string>;
  /** The others, oldest first. */
  others(tx: Tx): Promise<readonly string[]>;
  /** A commit of another one took this device out of their conversation: it was removed. */
  putOut(tx: Tx): Promise<void>;
  /** Those that were removed. */
  removed(tx: Tx): Promise<ReadonlySet<string>>;
  /**
   * Whether this device is the oldest: it does what one of them must do. Another does it when the
   * oldest is removed.
   */
  isFirst(tx: Tx): Promise<boolean>;
}

export function createOwnDevices(context: Context, { profiles }: { profiles: Profiles }): OwnDevices {
  const { clock, crypto } = context;
  const changed: OwnDevices["changed"] = createTxEvent();
  const out: OwnDevices["out"] = createTxEvent();
  let known: SignedDeviceList | undefined;
  let isPutOut: boolean | undefined;

  context.onReload(async () => {
    known = undefined;
    isPutOut = undefined;
  });

  async function list(tx: Tx): Promise<SignedDeviceList> {
    if (known !== undefined) return known;
    const profile = await profiles.get(tx);
    const kept = await findMeta<string>(tx, LIST);
    if (kept === undefined) return save(tx, sign(profile, firstList(profile)));
    const parsed = parseDeviceList(crypto, fromHex(kept) ?? damaged("device list"), profile.card);
    known = parsed.ok ? parsed.value : damaged("device list");
    return known;
  }

  const sign = (profile: Profile, next: DeviceList): SignedDeviceList =>
    createDeviceList(crypto, profile.identity, next);

  async function save(tx: Tx, next: SignedDeviceList): Promise<SignedDeviceList> {
    await saveMeta(tx, LIST, toHex(next.bytes));
    known = next;
    tx.changed("devices");
    return next;
  }

  async function take(tx: Tx, bytes: Uint8Array): Promise<void> {
    const profile = await profiles.get(tx);
    const parsed = parseDeviceList(crypto, bytes, profile.card);
    if (!parsed.ok) return;
    const before = await list(tx);
    await findAdded(tx, { self: await thisDevice(tx), devices: before.devices });
    const { list: next, is } = mergeDeviceLists(before, parsed.value);
    if (is === "one") return;
    const isOut = next.removed.some((id) => toHex(id) === toHex(profile.certificate.deviceId));
    const saved = await save(tx, is === "other" ? parsed.value : sign(profile, next));
    // A device that was removed keeps what the others say, and says nothing more.
    await changed.emit(tx, { list: saved, isTold: is === "other" || isOut });
    if (isOut) await out.emit(tx);
  }

  async function restore(tx: Tx, p: Parameters<OwnDevices["restore"]>[1]): Promise<void> {
    const profile = await profiles.get(tx);
    const { generation, devices } = firstList({ ...profile, createdAt: p.at * 1000 });
    await save(tx, sign(profile, { generation, version: 0, devices, removed: sortedIds(p.removed) }));
  }

  async function admit(tx: Tx, device: ListedDevice): Promise<boolean> {
    const before = await list(tx);
    if (before.removed.map(toHex).includes(await thisDevice(tx))) return false;
    const next = withDevice(before, device);
    if (next !== undefined && next !== before) await announce(tx, next);
    return next !== undefined;
  }

  async function add(tx: Tx, device: Pick<ListedDevice, "id" | "key">): Promise<SignedDeviceList> {
    const before = await mayChange(tx);
    if (before.devices.length >= MAX_OWN_DEVICES) throw new PliError("too_many_devices");
    const { deviceId: addedBy } = (await profiles.get(tx)).certificate;
    // A clock that is behind would make it the oldest.
    const youngest = Math.max(Math.floor(clock.now() / 1000), ...before.devices.map(({ addedAt }) => addedAt + 1));
    await noteAdded(tx, { self: toHex(addedBy), devices: before.devices }, device);
    return change(tx, { ...before, devices: [...before.devices, { ...device, addedAt: youngest, addedBy }] });
  }

  async function remove(tx: Tx, wanted: string): Promise<void> {
    const before = await mayChange(tx);
    const gone = before.devices.find(({ id }) => toHex(id) === wanted);
    if (gone === undefined || wanted === (await thisDevice(tx))) throw new PliError("device_unknown");
    const devices = before.devices.filter((device) => device !== gone);
    await change(tx, { ...before, devices, removed: sortedIds([...before.removed, gone.id]) });
  }

  async function succeed(
    tx: Tx,
    { before, ...p }: { before: DeviceList; stolen: string; isAlone: boolean },
  ): ReturnType<OwnDevices["succeed"]> {
    const profile = await profiles.get(tx);
    const known = await findAdded(tx, { self: toHex(profile.certificate.deviceId), devices: before.devices });
    const own = afterTheft(profile, before.devices, { ...p, known });
    await saveMeta(tx, PUT_OUT, false);
    isPutOut = false;
    const next = { generation: profile.card.generation, version: 0, devices: own, removed: [] };
    await changed.emit(tx, { list: await save(tx, sign(profile, next)), isTold: false });
    return before.devices.map(({ id }) => toHex(id)).filter((id) => !own.some((one) => toHex(one.id) === id));
  }

  async function mayChange(tx: Tx): Promise<DeviceList> {
    const before = await list(tx);
    if (before.removed.map(toHex).includes(await thisDevice(tx))) throw new PliError("device_removed");
    const { generation, version, devices, removed } = before;
    return { generation, version, devices, removed };
  }

  const change = (tx: Tx, next: DeviceList): Promise<SignedDeviceList> =>
    announce(tx, { ...next, version: next.version + 1 });

  async function announce(tx: Tx, next: DeviceList): Promise<SignedDeviceList> {
    const signed = await save(tx, sign(await profiles.get(tx), next));
    await changed.emit(tx, { list: signed, isTold: false });
    return signed;
  }

  const thisDevice = async (tx: Tx): Promise<string> => toHex((await profiles.get(tx)).certificate.deviceId);

  async function others(tx: Tx): Promise<readonly string[]> {
    if ((await profiles.find(tx)) === undefined) return [];
    const self = await thisDevice(tx);
    return (await list(tx)).devices.map(({ id }) => toHex(id)).filter((id) => id !== self);
  }

  return {
    changed,
    out,
    list,
    adopt: async (tx, granted) => void (await addedNone(tx), await save(tx, granted)),
    takeOver: async (tx, granted) => {
      await changed.emit(tx, { list: await save(tx, granted), isTold: true });
    },
    restore,
    admit,
    take,
    add,
    remove,
    succeed,
    self: thisDevice,
    others,
    putOut: async (tx) => {
      await saveMeta(tx, PUT_OUT, true);
      isPutOut = true;
      tx.changed("devices");
      await out.emit(tx);
    },
    removed: async (tx) => {
      isPutOut ??= (await findMeta<boolean>(tx, PUT_OUT)) === true;
      const out = (await list(tx)).removed.map(toHex);
      return new Set(isPutOut ? [...out, await thisDevice(tx)] : out);
    },
    isFirst: async (tx) => {
      const [first] = (await list(tx)).devices;
      return first === undefined || toHex(first.id) === (await thisDevice(tx));
    },
  };
}

/** Of a person who has one device. */
function firstList({ card, certificate, createdAt }: Profile): DeviceList {
  const { deviceId: id, deviceKey: key } = certificate;
  const device = { id, key, addedAt: Math.floor(createdAt / 1000), addedBy: id };
  return { generation: card.generation, version: 0, devices: [device], removed: [] };
}

/** The devices that stay, or this one alone. */
function afterTheft(
  profile: Profile,
  devices: readonly ListedDevice[],
  p: { readonly stolen: string; readonly isAlone: boolean; readonly known: AddedDevices },
): readonly ListedDevice[] {
  const self = toHex(profile.certificate.deviceId);
  const gone = letInBy(p.stolen, { self, devices }, p.known);
  const stays = devices.filter(({ id }) => toHex(id) === self || (!p.isAlone && !gone.has(toHex(id))));
  return stays.length > 0 ? stays : firstList(profile).devices;
}

/** By rising id, each once. */
function sortedIds(ids: readonly Uint8Array[]): readonly Uint8Array[] {
  const known = [...new Map(ids.map((id) => [toHex(id), id]))];
  return known.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id);
}

/** The list with this device in it; undefined: it was removed, or is one too many. */
function withDevice(before: DeviceList, device: ListedDevice): DeviceList | undefined {
  const [id, key] = [toHex(device.id), toHex(device.key)];
  if (before.devices.some((one) => toHex(one.key) === key && toHex(one.id) !== id)) return undefined;
  const { list: next, is } = mergeDeviceLists(before, { ...before, devices: [device], removed: [] });
  const isIn = next.devices.some((one) => toHex(one.id) === id && toHex(one.key) === key);
  return isIn ? (is === "one" ? before : next) : undefined;
}
