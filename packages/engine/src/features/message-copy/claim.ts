/**
 * Which device of this person writes the copy: the one that did so last, until it has been silent
 * for days or is gone. All of them know, by the value `copy/last` of the self map.
 */
import { fromHex, toHex } from "@pli/protocol/crypto";
import { bytesOf, encodeCbor, exactly, isUint, LATEST_MS, parseMap } from "@pli/protocol/object";
import type { Kit } from "../../kit.ts";
import type { SelfKeys } from "../../people/self-map.ts";
import type { Tx } from "../../runtime/context.ts";
import { findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";

const CLAIM = "copy-claim";
const WORD = "copy";
const LAST = "last";
/** A device that has written nothing for so long is off: another one writes a copy of its own. */
const SILENT_MS = 3 * 86_400_000;
const MAX_BYTES = 256;
const SHAPE = { v: exactly(1), device: bytesOf(16), at: isUint, copiedAt: isUint, messages: isUint, older: isUint };

/** The last copy, or that a device is about to write one. Times by the store's clock, in ms. */
export interface Claim {
  readonly device: string;
  readonly at: number;
  /** When the store had all of the last one; 0: there is none yet. */
  readonly copiedAt: number;
  readonly messages: number;
  /** Messages that are not in it because there are too many newer ones. */
  readonly older: number;
}

export interface Claims {
  find(tx: Tx): Promise<Claim | undefined>;
  /** This device writes, or has written: the others hear of it. */
  make(tx: Tx, claim: Omit<Claim, "device">): Promise<void>;
  /** The store has a list of this device all the same: it is held as long as if it were wanted. */
  extend(tx: Tx, copiedAt: number): Promise<void>;
  /** Whether it is for this device to write. */
  isOurs(tx: Tx, now: number): Promise<boolean>;
}

/** `lost`: another device writes from now on. */
export function createClaims(
  { ownDevices, selfMap }: Pick<Kit, "ownDevices" | "selfMap">,
  lost: (tx: Tx) => Promise<void>,
): Claims {
  const find = (tx: Tx): Promise<Claim | undefined> => findMeta<Claim>(tx, CLAIM);

  const keys: SelfKeys = {
    apply: async (tx, of, value) => {
      const told = of === LAST ? parseMap(value, MAX_BYTES, SHAPE) : undefined;
      if (told === undefined || Math.max(told.at, told.copiedAt) > LATEST_MS) return;
      const { v: _, ...claim } = { ...told, device: toHex(told.device) };
      await saveMeta(tx, CLAIM, claim);
      tx.changed("message-copy");
      if (claim.device !== (await ownDevices.self(tx))) await lost(tx);
    },
    collect: async (tx) => {
      const claim = await find(tx);
      return claim === undefined ? [] : [[LAST, valueOf(claim)] as const];
    },
  };
  selfMap.serve(WORD, keys);

  async function make(tx: Tx, made: Omit<Claim, "device">): Promise<void> {
    const claim = { ...made, device: await ownDevices.self(tx) };
    await saveMeta(tx, CLAIM, claim);
    await selfMap.set(tx, `${WORD}/${LAST}`, valueOf(claim));
    tx.changed("message-copy");
  }

  return {
    find,
    make,
    extend: async (tx, copiedAt) => {
      const claim = await find(tx);
      if (claim?.device === (await ownDevices.self(tx))) await make(tx, { ...claim, copiedAt });
    },
    isOurs: async (tx, now) => {
      const claim = await find(tx);
      if (claim === undefined || claim.device === (await ownDevices.self(tx))) return true;
      return !(await ownDevices.others(tx)).includes(claim.device) || Math.abs(now - claim.at) >= SILENT_MS;
    },
  };
}

const valueOf = ({ device, ...claim }: Claim): Uint8Array =>
  encodeCbor({ v: 1, device: fromHex(device) ?? damaged("device"), ...claim });
