/**
 * Who of the own devices answers one of them that asks to be let in, and when: the oldest at once,
 * another one when that did nothing (docs/protocol.md, sections 7.5 and 7.6).
 */
import { restFirst } from "@pli/protocol/conversation";
import type { ListedDevice } from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import { sealObject } from "@pli/protocol/object";
import { FEED } from "../../delivery/port.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { findSelfConversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import { createPauses } from "../../runtime/pauses.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Linking } from "./linking.ts";
import { isRestoredAlone } from "./restored-alone.ts";

/** How long a device leaves the answer to an older one. */
const PATIENCE_MS = 600_000;
/** How long one that was restored itself leaves it to those that run. */
const ALONE_PATIENCE_MS = 30_000;
/** A device is answered so often in an hour. */
const ANSWERS_AN_HOUR = 8;
const HOUR_MS = 3_600_000;

/** An answer: its object, and the secret of the two sides. */
export interface Made {
  readonly seed: Uint8Array;
  readonly bytes: Uint8Array;
  readonly secret: Uint8Array;
}

/** A device that asks, and what it is answered. */
export interface Asking {
  readonly device: string;
  readonly stream: string;
  readonly store: string;
  /** Undefined: it cannot be answered. */
  answer(tx: Tx): Promise<Made | undefined>;
}

export interface ReturnAnswers {
  /** Another device of the list, as it is now. */
  find(tx: Tx, device: string): Promise<ListedDevice | undefined>;
  inTurn(tx: Tx, asking: Asking): Promise<void>;
}

export function createReturnAnswers(
  context: Context,
  deps: {
    epochRoles: EpochRoles;
    epochs: Epochs;
    linking: Pick<Linking, "letBack">;
    ownDevices: OwnDevices;
    queue: SendQueue;
  },
): ReturnAnswers {
  const { clock, crypto, groups } = context;
  const { epochRoles, epochs, linking, ownDevices, queue } = deps;
  const mayAnswer = createPauses(clock, HOUR_MS, ANSWERS_AN_HOUR);

  async function find(tx: Tx, device: string): Promise<ListedDevice | undefined> {
    if (!(await ownDevices.others(tx)).includes(device)) return undefined;
    return (await ownDevices.list(tx)).devices.find(({ id }) => toHex(id) === device);
  }

  async function inTurn(tx: Tx, asking: Asking): Promise<void> {
    const { device } = asking;
    if (!mayAnswer(device)) return;
    const oldest = (await ownDevices.list(tx)).devices.find(({ id }) => toHex(id) !== device);
    const isOurTurn = oldest !== undefined && toHex(oldest.id) === (await ownDevices.self(tx));
    const before = await leafKeyOf(tx, device);
    const inTime = (later: Tx): Promise<void> => answerIfOut(later, asking, before);
    if (isOurTurn && (await isIn(tx))) return inTime(tx);
    const patience = isOurTurn && (await isRestoredAlone(tx)) ? ALONE_PATIENCE_MS : PATIENCE_MS;
    tx.after(() => context.later(patience, inTime));
  }

  /** A person with one device has no own conversation: it begins with the next one. */
  async function isIn(tx: Tx): Promise<boolean> {
    const self = await findSelfConversation(tx);
    return self === undefined ? !(await isRestoredAlone(tx)) : self.state === "ready";
  }

  async function answerIfOut(tx: Tx, asking: Asking, before: string): Promise<void> {
    const { device, store, stream } = asking;
    const listed = await find(tx, device);
    const isOut = (await ownDevices.removed(tx)).has(await ownDevices.self(tx));
    if (listed === undefined || isOut || (await leafKeyOf(tx, device)) !== before) return;
    if (!(await isIn(tx)) && !(await isOlder(tx, device))) return;
    const made = await asking.answer(tx);
    if (made === undefined) return;
    await linking.letBack(tx, { listed, secret: made.secret, store });
    const puts = restFirst(sealObject(crypto, made.seed, FEED, made.bytes));
    await queue.add(tx, { stream, store, reference: "answer", puts });
  }

  /** Of devices that have all lost the thread, the older one begins again with the younger ones. */
  async function isOlder(tx: Tx, device: string): Promise<boolean> {
    const order = (await ownDevices.list(tx)).devices.map(({ id }) => toHex(id));
    return order.indexOf(await ownDevices.self(tx)) < order.indexOf(device);
  }

  /** Its leaf's key in the own conversation: another one shows that somebody has let it in. */
  async function leafKeyOf(tx: Tx, device: string): Promise<string> {
    const self = await findSelfConversation(tx);
    const held = self && (await epochs.current(tx, self.id));
    if (held === undefined) return "";
    const leaf = [...epochRoles.seats(held)].find(([, seat]) => seat.device === device)?.[0];
    const member = groups.members(held.epoch.group).find((one) => one.leaf === leaf);
    return member === undefined ? "" : toHex(member.encryptionKey);
  }

  return { find, inTurn };
}
