/**
 * Devices that are to come in a day after their digits were typed, because nobody showed to be this
 * person at the device that lets them in (docs/protocol.md, section 7.1). All own devices know of
 * each, and any of them can put an end to it.
 */
import { encodeComingDevice, parseComingDevice, type ComingDevice } from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import type { ComingDeviceView } from "../../api/views.ts";
import { idBytes } from "../../epochs/conversations.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { SelfMap } from "../../people/self-map.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, listMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";

const HOUR_MS = 3_600_000;
export const COMING_AFTER_MS = 24 * HOUR_MS;
const COMING = "coming";
/** Of a pairing here: since when its person had given what unlocks this device. */
const CONFIRMED = "device-confirmed";
const OVER = new Uint8Array(0);

export interface ComingDevices {
  /** A device of this person has put an end to the coming of this one. */
  readonly cancelled: TxEvent<string>;
  /** The person has given what unlocks this device, for this pairing. */
  confirm(tx: Tx, pairing: string): Promise<void>;
  /** When the device of this pairing is to come; undefined: at once. */
  waitsUntil(tx: Tx, pairing: string): Promise<number | undefined>;
  add(tx: Tx, device: string, coming: Omit<ComingDevice, "by">): Promise<void>;
  /** It has come, or does not. */
  end(tx: Tx, device: string): Promise<void>;
  cancel(tx: Tx, device: string): Promise<void>;
  list(tx: Tx): Promise<ComingDeviceView[]>;
}

export function createComingDevices(
  { clock }: Context,
  deps: { ownDevices: OwnDevices; selfMap: SelfMap; stores: { isClockDoubted(): boolean } },
): ComingDevices {
  const { ownDevices, selfMap } = deps;
  const cancelled: ComingDevices["cancelled"] = createTxEvent();

  // `coming/DEVICE`: empty once it is over.
  selfMap.serve(COMING, {
    apply: async (tx, device, value) => {
      const coming = parseComingDevice(value);
      if (coming !== undefined) return keep(tx, device, coming);
      await drop(tx, device);
      await cancelled.emit(tx, device);
    },
    collect: async (tx) =>
      (await list(tx)).map(({ id, name, until, by }) => [id, encodeComingDevice({ name, until, by: idBytes(by) })]),
  });

  async function keep(tx: Tx, device: string, { name, until, by }: ComingDevice): Promise<void> {
    await saveMeta(tx, `${COMING} ${device}`, { name, until, by: toHex(by) });
    tx.changed("devices");
  }

  async function drop(tx: Tx, device: string): Promise<void> {
    await deleteMeta(tx, `${COMING} ${device}`);
    tx.changed("devices");
  }

  /** Who has a profile since today has nothing that a stranger could wait for. */
  async function waitsUntil(tx: Tx, pairing: string): Promise<number | undefined> {
    const confirmed = await findMeta<number>(tx, `${CONFIRMED} ${pairing}`);
    await deleteMeta(tx, `${CONFIRMED} ${pairing}`);
    if (confirmed !== undefined && clock.since(confirmed) <= HOUR_MS) return undefined;
    const oldest = Math.min(...(await ownDevices.list(tx)).devices.map(({ addedAt }) => addedAt * 1000));
    const age = clock.now() - oldest;
    if (!deps.stores.isClockDoubted() && age >= 0 && age < COMING_AFTER_MS) return undefined;
    return clock.now() + COMING_AFTER_MS;
  }

  async function add(tx: Tx, device: string, p: Omit<ComingDevice, "by">): Promise<void> {
    const coming = { ...p, by: idBytes(await ownDevices.self(tx)) };
    await keep(tx, device, coming);
    await selfMap.set(tx, `${COMING}/${device}`, encodeComingDevice(coming));
  }

  async function end(tx: Tx, device: string): Promise<void> {
    await drop(tx, device);
    await selfMap.set(tx, `${COMING}/${device}`, OVER);
  }

  async function list(tx: Tx): Promise<ComingDeviceView[]> {
    const all = await listMeta<Omit<ComingDeviceView, "id">>(tx, COMING);
    return all.map(([id, { name, until, by }]) => ({ id, name, until, by }));
  }

  return {
    cancelled,
    confirm: (tx, pairing) => saveMeta(tx, `${CONFIRMED} ${pairing}`, clock.now()),
    waitsUntil,
    add,
    end,
    cancel: async (tx, device) => {
      await end(tx, device);
      await cancelled.emit(tx, device);
    },
    list,
  };
}
