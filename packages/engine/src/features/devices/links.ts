/** Linkings under way: what is kept of each, what it puts and awaits, and how it ends. */
import { restFirst } from "@pli/protocol/conversation";
import { linkingSeed, maxLinkingBytes, type LinkingObject } from "@pli/protocol/devices";
import { fromHex } from "@pli/protocol/crypto";
import { sealObject } from "@pli/protocol/object";
import type { PairingView } from "../../api/views.ts";
import { FEED } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { ErrorCode } from "../../runtime/errors.ts";
import { deleteMeta, findMeta, listMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { show } from "../pairing/pairing-row.ts";
import { findPairing, savePairing } from "../pairing/pairings.table.ts";

/**
 * The streams of the send queue in which the objects of linking leave, and whose objects they are.
 */
export const LINKING = "linking";

/**
 * One linking, from the right digits to its end. Secret. A device that comes back is let in like a
 * new one, without digits: `back` on that device.
 */
export interface Link {
  readonly role: "old" | "new" | "back";
  readonly store: string;
  /** Of the two sides. */
  readonly secret: string;
  readonly since: number;
  /** The profile that the new device is to be of. */
  readonly profile: string;
  /** The new device's own keys, on it; its id, on the old one. */
  readonly deviceKey: string;
  readonly deviceSecret?: string;
  readonly device?: string;
  /** On the old device, of one that comes back: `ready`, when it has given its key packages. */
  readonly returns?: "asked" | "ready";
  /** On the old device: what the new one was granted (`KeyGrants.state`). */
  readonly granted?: string;
  /** How the new one calls itself, on the old one. */
  readonly name?: string;
  /** The new device comes in no earlier. */
  readonly until?: number;
}

export interface Links {
  find(tx: Tx, pairing: string): Promise<Link | undefined>;
  all(tx: Tx): Promise<(readonly [pairing: string, Link])[]>;
  save(tx: Tx, pairing: string, link: Link): Promise<void>;
  put(tx: Tx, pairing: string, name: LinkingObject, bytes: Uint8Array): Promise<void>;
  /** `look`: it may be in the store already. */
  watch(tx: Tx, pairing: string, name: LinkingObject, look?: "look"): Promise<void>;
  /** People see this of it. */
  show(tx: Tx, pairing: string, how: Partial<PairingView>): Promise<void>;
  /** Nothing of it is kept. */
  stop(tx: Tx, pairing: string): Promise<void>;
  /** It has come to its end, or to nothing. */
  end(tx: Tx, pairing: string, device: string): Promise<void>;
  fail(tx: Tx, pairing: string, error: ErrorCode): Promise<void>;
}

export function createLinks(
  { clock, crypto }: Context,
  { queue, watches }: { queue: SendQueue; watches: Watches },
): Links {
  async function put(tx: Tx, id: string, name: LinkingObject, bytes: Uint8Array): Promise<void> {
    const { secret, store } = (await find(tx, id)) ?? damaged("linking");
    const puts = restFirst(sealObject(crypto, linkingSeed(crypto, bytesOf(secret), name), FEED, bytes));
    await queue.add(tx, { stream: `${LINKING} ${id}`, store, reference: name, puts });
  }

  async function watch(tx: Tx, id: string, name: LinkingObject, look?: "look"): Promise<void> {
    const { secret, store } = (await find(tx, id)) ?? damaged("linking");
    const seed = linkingSeed(crypto, bytesOf(secret), name);
    await watches.add(tx, { owner: `${LINKING} ${id}`, name, store, seed, maxBytes: maxLinkingBytes(name) }, look);
  }

  async function showTo(tx: Tx, id: string, how: Partial<PairingView>): Promise<void> {
    const row = await findPairing(tx, id);
    if (row === undefined) return;
    show(row, how);
    await savePairing(tx, row, row.state);
  }

  async function close(tx: Tx, id: string, how: Partial<PairingView>): Promise<void> {
    await stop(tx, id);
    await showTo(tx, id, { ...how, endedAt: clock.now() });
  }

  async function stop(tx: Tx, id: string): Promise<void> {
    await deleteMeta(tx, `${LINKING} ${id}`);
    await watches.remove(tx, `${LINKING} ${id}`);
  }

  const find: Links["find"] = (tx, id) => findMeta(tx, `${LINKING} ${id}`);

  return {
    find,
    all: (tx) => listMeta<Link>(tx, LINKING),
    save: (tx, id, link) => saveMeta(tx, `${LINKING} ${id}`, link),
    put,
    watch,
    show: showTo,
    stop,
    end: (tx, id, device) => close(tx, id, { step: "paired", device }),
    fail: (tx, id, error) => close(tx, id, { step: "failed", error }),
  };
}

export const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? damaged("linking");
