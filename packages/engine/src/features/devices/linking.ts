/**
 * What follows once both sides of an exchange for a device have typed the right digits: the old
 * device grants, the new one brings key packages, the old one lets it into the own conversation
 * (docs/protocol.md, section 7.1). Every step is saved before it leaves, and taken up after a stop.
 */
import {
  encodeLinkingEntry,
  maxLinkingBytes,
  parseLinkingEntry,
  parseLinkingReady,
  parseLinkingWait,
  type LinkingObject,
} from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import { encodeSelfEntries, parseSelfEntries } from "@pli/protocol/self";
import type { ObjectAnswer } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { findSelfConversation } from "../../epochs/conversations.table.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { SelfMap } from "../../people/self-map.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Founding } from "../pairing/founding.ts";
import type { DeviceKeys } from "./device-keys.ts";
import type { DeviceNames } from "./device-names.ts";
import type { KeyGrants } from "./key-grants.ts";
import type { OwnTalk } from "./own-talk.ts";
import type { ComingDevices } from "./coming-devices.ts";
import { createGranting } from "./granting.ts";
import { createLinkFounding } from "./link-founding.ts";
import { createAdopting } from "./adopting.ts";
import { createReturnLinks, type ReturnLinks } from "./return-links.ts";
import { createLinks, LINKING, type Link } from "./links.ts";
import type { SelfConversation } from "./self-conversation.ts";

/** Both sides are there: what takes longer has come to nothing. */
const PATIENCE_MS = 3_600_000;
/** The device that lets the new one in may be off for a while after the day. */
const LATE_MS = 7 * 86_400_000;

export interface Linking extends Founding, Omit<ReturnLinks, "takeGrant"> {
  /** This device is one of the person's own, and keeps nothing of theirs yet. */
  readonly joined: TxEvent<void>;
  /** The exchange has failed: nothing of it is kept. */
  stop(tx: Tx, pairing: string): Promise<void>;
  /** Our commit has let devices into the own conversation. */
  entered(tx: Tx, devices: readonly string[], held: HeldEpoch, welcome: Uint8Array): Promise<void>;
  /** The own conversation begins here. */
  readonly begun: TxEvent<void>;
  /** This device is in the own conversation again. */
  readonly returned: TxEvent<void>;
  /** An own device that was asked, or asks, to come back was not heard of any more. */
  readonly returnFailed: TxEvent<Link>;
  /** The person has given what unlocks this device, for this pairing. */
  confirm(tx: Tx, pairing: string): Promise<void>;
  /** Those that lead nowhere end. */
  tick(tx: Tx): Promise<void>;
  /** Those whose day is over go on. This device's clock is known to be right. */
  expire(tx: Tx): Promise<void>;
}

export function createLinking(
  context: Context,
  deps: {
    coming: ComingDevices;
    deviceKeys: DeviceKeys;
    deviceNames: DeviceNames;
    grants: KeyGrants;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    selfConversation: SelfConversation;
    selfMap: SelfMap;
    stores: { readonly home: string; session(store: string): { isReady(): boolean } };
    talk: OwnTalk;
    watches: Watches;
  },
): Linking {
  const { clock } = context;
  const { deviceKeys, ownDevices, watches } = deps;
  const links = createLinks(context, deps);
  const adopting = createAdopting(context, { ...deps, links });
  const returns = createReturnLinks(context, { ...deps, links });
  const granting = createGranting(context, { ...deps, links });
  const joined: Linking["joined"] = createTxEvent();
  const begun: Linking["begun"] = createTxEvent();
  const returned: Linking["returned"] = createTxEvent();
  const returnFailed: Linking["returnFailed"] = createTxEvent();

  watches.onObject(LINKING, {
    take: async (owner, name, answer) => {
      await context.transact((tx) => take(tx, owner.slice(LINKING.length + 1), name as LinkingObject, answer));
    },
  });

  async function take(tx: Tx, id: string, name: LinkingObject, answer: ObjectAnswer): Promise<void> {
    const link = await links.find(tx, id);
    if (link === undefined) return;
    await watches.done(tx, `${LINKING} ${id}`, name);
    const bytes = answer.type === "object" ? answer.bytes : new Uint8Array(0);
    const isRefused = answer.type === "object" && bytes.length === 0 && name === "grant";
    if (isRefused) return links.fail(tx, id, "pairing_cancelled");
    const isRight = await TAKERS[name](tx, id, link, bytes);
    if (!isRight) await fail(tx, id, link, "pairing_invalid");
  }

  async function fail(tx: Tx, id: string, link: Link, error: "pairing_invalid" | "pairing_timeout"): Promise<void> {
    await links.fail(tx, id, error);
    if (link.role === "back" || link.returns !== undefined) await returnFailed.emit(tx, link);
  }

  deps.coming.cancelled.on(granting.refuse);

  /** Nobody showed to be at the old device: until then it may be told no. */
  async function takeWait(tx: Tx, id: string, link: Link, bytes: Uint8Array): Promise<boolean> {
    const wait = parseLinkingWait(bytes);
    if (link.role !== "new" || wait === undefined) return false;
    await links.save(tx, id, { ...link, until: wait.until });
    await links.show(tx, id, { until: wait.until });
    return true;
  }

  const grants = (tx: Tx, id: string, link: Link, bytes: Uint8Array): Promise<boolean> =>
    link.role === "back" ? returns.takeGrant(tx, id, bytes) : adopting.takeGrant(tx, id, link, bytes);
  const TAKERS = { wait: takeWait, grant: grants, ready: takeReady, entry: takeEntry } as const;

  /** The old device lets the new one into the own conversation, which may begin with that. */
  async function takeReady(tx: Tx, id: string, link: Link, bytes: Uint8Array): Promise<boolean> {
    const ready = parseLinkingReady(bytes);
    const [first, ...others] = ready?.packages ?? [];
    if (link.role !== "old" || first === undefined || link.device === undefined) return false;
    // Removed meanwhile, or stolen.
    if (!(await isListed(ownDevices, tx, link.device, link.deviceKey))) return false;
    if (link.returns !== undefined) {
      await links.save(tx, id, { ...link, returns: "ready" });
      // What it gave before may be by keys that were, or of a disk that was put back.
      await deviceKeys.forget(tx, link.device);
    }
    const self = await findSelfConversation(tx);
    // One from which this device was put out is begun again.
    if (self?.state === "ready") {
      await deviceKeys.take(tx, link.device, [first, ...others]);
      return true;
    }
    const founded = await deps.selfConversation.found(tx, deps.stores.home, first);
    if (founded === undefined) return false;
    await begun.emit(tx, undefined);
    await entered(tx, [link.device], founded.held, founded.welcome);
    await deviceKeys.take(tx, link.device, others);
    return true;
  }

  async function entered(tx: Tx, devices: readonly string[], held: HeldEpoch, welcome: Uint8Array): Promise<void> {
    const self = await findSelfConversation(tx);
    for (const [id, { device, granted }] of await links.all(tx)) {
      if (self === undefined || device === undefined || !devices.includes(device)) continue;
      const entries = encodeSelfEntries(await deps.selfMap.snapshot(tx));
      const place = { conversation: self.shared, store: held.store, feed: held.feed };
      await links.put(tx, id, "entry", encodeLinkingEntry({ ...place, welcome, entries }));
      await links.end(tx, id, device);
      if (granted !== (await deps.grants.state(tx))) await sayAsNow(deps, tx);
    }
  }

  /** The new device is in the own conversation, and has what stands there. */
  async function takeEntry(tx: Tx, id: string, link: Link, bytes: Uint8Array): Promise<boolean> {
    const entry = parseLinkingEntry(bytes);
    const entries = entry && parseSelfEntries(entry.entries, maxLinkingBytes("entry"));
    if (link.role === "old" || entry === undefined || entries?.ok !== true) return false;
    const { conversation: shared, store, feed, welcome } = entry;
    if (!(await deps.selfConversation.enter(tx, { shared, store, feed, welcome }))) return false;
    await begun.emit(tx, undefined);
    if (link.role === "new") await joined.emit(tx, undefined);
    await deps.selfMap.take(tx, entries.value);
    await links.end(tx, id, await ownDevices.self(tx));
    if (link.role === "new") return true;
    await returned.emit(tx, undefined);
    await deps.selfMap.sayLacking(tx, entries.value);
    return true;
  }

  async function stop(tx: Tx, id: string): Promise<void> {
    const { device, until } = (await links.find(tx, id)) ?? {};
    if (device !== undefined && until !== undefined) await deps.coming.cancel(tx, device);
    await links.stop(tx, id);
  }

  async function tick(tx: Tx): Promise<void> {
    for (const [id, link] of await links.all(tx)) {
      const { since, until } = link;
      const isOver = until === undefined ? clock.since(since) > PATIENCE_MS : clock.now() > until + LATE_MS;
      if (isOver) await fail(tx, id, link, "pairing_timeout");
    }
  }

  return {
    ...createLinkFounding(context, { ...deps, granting, links }),
    begun,
    joined,
    returned,
    returnFailed,
    ...returns,
    stop,
    entered,
    confirm: deps.coming.confirm,
    tick,
    expire: granting.grantDue,
  };
}

/** What a device was granted has changed since, before it could hear the others. */
async function sayAsNow(
  { ownDevices, profiles, talk }: { ownDevices: OwnDevices; profiles: Profiles; talk: OwnTalk },
  tx: Tx,
): Promise<void> {
  await talk.say(tx, "devices", (await ownDevices.list(tx)).bytes);
  await talk.say(tx, "card", (await profiles.get(tx)).card.bytes);
}

async function isListed(ownDevices: OwnDevices, tx: Tx, device: string, key: string): Promise<boolean> {
  const { devices } = await ownDevices.list(tx);
  return devices.some((one) => toHex(one.id) === device && toHex(one.key) === key);
}
