/**
 * What follows once both sides of an exchange for a device have typed the right digits: the old
 * device grants, the new one brings key packages, the old one lets it into the own conversation
 * (docs/protocol.md, section 7.1). Every step is saved before it leaves, and taken up after a stop.
 */
import { restFirst } from "@pli/protocol/conversation";
import {
  encodeLinkingEntry,
  encodeLinkingGrant,
  encodeLinkingReady,
  LINKING_WELCOME,
  linkingSeed,
  MAX_LINKING_PACKAGES,
  maxLinkingBytes,
  parseDeviceList,
  parseLinkingEntry,
  parseLinkingGrant,
  parseLinkingReady,
  type LinkingObject,
} from "@pli/protocol/devices";
import { fromHex, toHex, utf8 } from "@pli/protocol/crypto";
import {
  createCard,
  createDeviceCertificate,
  createIdentity,
  encodeIdentity,
  parseCard,
  parseDeviceCertificate,
  parseIdentity,
} from "@pli/protocol/identity";
import { sealObject } from "@pli/protocol/object";
import { encodeSelfEntries, parseSelfEntries } from "@pli/protocol/self";
import type { PairingEvent, PeerInfo } from "@pli/protocol/pairing";
import { FEED, type ObjectAnswer } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { findSelfConversation, listConversationsIn } from "../../epochs/conversations.table.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import { findKeptProfile } from "../../people/profile.table.ts";
import type { Profiles } from "../../people/profile.ts";
import type { SelfMap } from "../../people/self-map.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { ErrorCode } from "../../runtime/errors.ts";
import { deleteMeta, findMeta, listMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { isLockedDown } from "../lockdown/lockdown.ts";
import type { Founding } from "../pairing/founding.ts";
import { show, type PairingRow } from "../pairing/pairing-row.ts";
import { findPairing, savePairing } from "../pairing/pairings.table.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { DeviceKeys } from "./device-keys.ts";
import type { SelfConversation } from "./self-conversation.ts";

/** The streams of the send queue in which the objects of linking leave. */
export const LINKING = "linking";
/** Both sides are there: what takes longer has come to nothing. */
const PATIENCE_MS = 3_600_000;
const DAY_SECONDS = 86_400;
/** Beside those for the conversations of this moment. */
const SPARE_PACKAGES = 16;

/** One linking, from the right digits to its end. Secret. */
interface Link {
  readonly role: "old" | "new";
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
}

export interface Linking extends Founding {
  /** This device has become one of somebody's own. */
  readonly linked: TxEvent<string>;
  /** The exchange has failed: nothing of it is kept. */
  stop(tx: Tx, pairing: string): Promise<void>;
  /** Our commit has let devices into the own conversation. */
  entered(tx: Tx, devices: readonly string[], held: HeldEpoch, welcome: Uint8Array): Promise<void>;
  /** Those that lead nowhere end. */
  tick(tx: Tx): Promise<void>;
}

export function createLinking(
  context: Context,
  deps: {
    deviceKeys: DeviceKeys;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    selfConversation: SelfConversation;
    selfMap: SelfMap;
    stores: { readonly home: string };
    watches: Watches;
  },
): Linking {
  const { clock, crypto } = context;
  const { deviceKeys, ownDevices, profiles, watches } = deps;
  const linked: Linking["linked"] = createTxEvent();
  const seconds = (): number => Math.floor(clock.now() / 1000);

  watches.onObject(LINKING, {
    take: async (owner, name, answer) => {
      await context.transact((tx) => take(tx, owner.slice(LINKING.length + 1), name as LinkingObject, answer));
    },
  });

  /**
   * A device that is nobody's yet shows itself under a name that nobody keeps: what is bound by the
   * code is its key. The old device needs no key package.
   */
  async function introduce(tx: Tx, row: PairingRow): Promise<PairingEvent> {
    if (row.role === "responder") {
      const { card, certificate } = await profiles.get(tx);
      return { type: "self", card: card.bytes, certificate: certificate.bytes, keyPackage: new Uint8Array(0) };
    }
    const identity = createIdentity(crypto);
    const device = crypto.signKeyPair();
    row.keyPackage = device.publicKey;
    row.keyPackageSecret = device.secretKey;
    const times = { notBefore: seconds() - DAY_SECONDS, notAfter: seconds() + DAY_SECONDS };
    const certificate = createDeviceCertificate(crypto, identity, { deviceKey: device.publicKey, ...times });
    const card = createCard(crypto, identity, row.view.name, seconds());
    return { type: "self", card: card.bytes, certificate: certificate.bytes };
  }

  /** On the new device, whose person typed right: what the old one grants is awaited. */
  async function invitePeer(tx: Tx, row: PairingRow, peer: PeerInfo): Promise<PairingEvent> {
    const card = parseCard(crypto, peer.card);
    const { keyPackage: deviceKey, keyPackageSecret: deviceSecret } = row;
    if (!card.ok || deviceKey === undefined || deviceSecret === undefined) return { type: "peerInvalid" };
    await save(tx, row.id, {
      ...linkFrom("new", row, peer),
      profile: toHex(card.value.id),
      deviceKey: toHex(deviceKey),
      deviceSecret: toHex(deviceSecret),
    });
    await watch(tx, row.id, "grant");
    show(row, { step: "confirming" });
    return { type: "welcome", bytes: LINKING_WELCOME };
  }

  const linkFrom = (role: Link["role"], { store }: PairingRow, { pairwise }: PeerInfo) => ({
    role,
    store,
    secret: toHex(pairwise),
    since: clock.now(),
  });

  /** On the old device, where both typed right: the new one is listed, and granted what it is. */
  async function joinPeer(tx: Tx, row: PairingRow, welcome: Uint8Array, peer: PeerInfo): Promise<PairingEvent> {
    const theirs = parseCard(crypto, peer.card);
    const shown = theirs.ok ? parseDeviceCertificate(crypto, peer.certificate, theirs.value) : theirs;
    if (!shown.ok || !crypto.equal(welcome, LINKING_WELCOME) || (await isLockedDown(tx))) return { type: "peerInvalid" };
    const profile = await profiles.get(tx);
    const { deviceKey } = shown.value;
    const certificate = profiles.certifyDevice(profile, deviceKey);
    const added = await ownDevices.add(tx, { id: certificate.deviceId, key: deviceKey }).catch(() => undefined);
    if (added === undefined) return { type: "peerInvalid" };
    const device = toHex(certificate.deviceId);
    await save(tx, row.id, {
      ...linkFrom("old", row, peer),
      profile: profile.id,
      deviceKey: toHex(deviceKey),
      device,
    });
    await deps.selfMap.set(tx, `device/${device}`, utf8(theirs.ok ? theirs.value.name : ""));
    const conversations = (await listConversationsIn(tx)).length;
    await put(tx, row.id, "grant", {
      bytes: encodeLinkingGrant({
        identity: encodeIdentity(profile.identity),
        card: profile.card.bytes,
        certificate: certificate.bytes,
        list: added.bytes,
        backup: (await findKeptProfile(tx))?.backup ?? damaged("profile"),
        packages: Math.min(conversations + 1 + SPARE_PACKAGES, MAX_LINKING_PACKAGES),
      }),
    });
    await watch(tx, row.id, "ready");
    show(row, { step: "confirming", device });
    return { type: "joined" };
  }

  /** Both sides have confirmed: what is granted is on its way. */
  async function paired(_: Tx, row: PairingRow): Promise<void> {
    show(row, { step: "confirming" });
  }

  async function put(tx: Tx, id: string, name: LinkingObject, { bytes }: { bytes: Uint8Array }): Promise<void> {
    const { secret, store } = (await find(tx, id)) ?? damaged("linking");
    const puts = restFirst(sealObject(crypto, linkingSeed(crypto, bytesOf(secret), name), FEED, bytes));
    await deps.queue.add(tx, { stream: `${LINKING} ${id}`, store, reference: name, puts });
  }

  async function watch(tx: Tx, id: string, name: LinkingObject): Promise<void> {
    const { secret, store } = (await find(tx, id)) ?? damaged("linking");
    const seed = linkingSeed(crypto, bytesOf(secret), name);
    await watches.add(tx, { owner: `${LINKING} ${id}`, name, store, seed, maxBytes: maxLinkingBytes(name) });
  }

  async function take(tx: Tx, id: string, name: LinkingObject, answer: ObjectAnswer): Promise<void> {
    const link = await find(tx, id);
    if (link === undefined) return;
    await watches.done(tx, `${LINKING} ${id}`, name);
    const bytes = answer.type === "object" ? answer.bytes : new Uint8Array(0);
    const isRight = await TAKERS[name](tx, id, link, bytes);
    if (!isRight) await fail(tx, id, "pairing_invalid");
  }

  const TAKERS = { grant: takeGrant, ready: takeReady, entry: takeEntry } as const;

  /** The new device becomes one of the person's own, and brings key packages. */
  async function takeGrant(tx: Tx, id: string, link: Link, bytes: Uint8Array): Promise<boolean> {
    const grant = parseLinkingGrant(bytes);
    const card = grant && parseCard(crypto, grant.card);
    const identity = grant && parseIdentity(crypto, grant.identity);
    if (link.role !== "new" || grant === undefined || card?.ok !== true || identity?.ok !== true) return false;
    const certificate = parseDeviceCertificate(crypto, grant.certificate, card.value);
    const list = parseDeviceList(crypto, grant.list, card.value);
    if (!certificate.ok || !list.ok || !isOf(link, card.value.id, identity.value.id)) return false;
    const isListed = list.value.devices.some(
      ({ id: device, key }) => crypto.equal(device, certificate.value.deviceId) && toHex(key) === link.deviceKey,
    );
    if (!isListed || toHex(certificate.value.deviceKey) !== link.deviceKey) return false;
    await profiles.adopt(tx, {
      identity: encodeIdentity(identity.value),
      card: card.value.bytes,
      certificate: certificate.value.bytes,
      devicePublic: bytesOf(link.deviceKey),
      deviceSecret: bytesOf(link.deviceSecret ?? ""),
      backup: grant.backup,
    });
    await ownDevices.adopt(tx, list.value);
    await put(tx, id, "ready", { bytes: encodeLinkingReady({ packages: await deviceKeys.make(tx, grant.packages) }) });
    await watch(tx, id, "entry");
    return true;
  }

  const isOf = (link: Link, ...ids: readonly Uint8Array[]): boolean => ids.every((one) => toHex(one) === link.profile);

  /** The old device lets the new one into the own conversation, which may begin with that. */
  async function takeReady(tx: Tx, _: string, link: Link, bytes: Uint8Array): Promise<boolean> {
    const ready = parseLinkingReady(bytes);
    const [first, ...others] = ready?.packages ?? [];
    if (link.role !== "old" || first === undefined || link.device === undefined) return false;
    const self = await findSelfConversation(tx);
    if (self !== undefined) {
      await deviceKeys.take(tx, link.device, [first, ...others]);
      return true;
    }
    const begun = await deps.selfConversation.found(tx, deps.stores.home, first);
    if (begun === undefined) return false;
    await entered(tx, [link.device], begun.held, begun.welcome);
    await deviceKeys.take(tx, link.device, others);
    return true;
  }

  async function entered(tx: Tx, devices: readonly string[], held: HeldEpoch, welcome: Uint8Array): Promise<void> {
    const self = await findSelfConversation(tx);
    for (const [id, { device }] of await listMeta<Link>(tx, LINKING)) {
      if (self === undefined || device === undefined || !devices.includes(device)) continue;
      const entries = encodeSelfEntries(await deps.selfMap.snapshot(tx));
      const place = { conversation: self.shared, store: held.store, feed: held.feed };
      await put(tx, id, "entry", { bytes: encodeLinkingEntry({ ...place, welcome, entries }) });
      await end(tx, id, device);
    }
  }

  /** The new device is in the own conversation, and has what stands there. */
  async function takeEntry(tx: Tx, id: string, link: Link, bytes: Uint8Array): Promise<boolean> {
    const entry = parseLinkingEntry(bytes);
    const entries = entry && parseSelfEntries(entry.entries, maxLinkingBytes("entry"));
    if (link.role !== "new" || entry === undefined || entries?.ok !== true) return false;
    const { conversation: shared, store, feed, welcome } = entry;
    if (!(await deps.selfConversation.enter(tx, { shared, store, feed, welcome }))) return false;
    await deps.selfMap.take(tx, entries.value);
    await end(tx, id, await ownDevices.self(tx));
    await linked.emit(tx, await ownDevices.self(tx));
    return true;
  }

  async function end(tx: Tx, id: string, device: string): Promise<void> {
    await stop(tx, id);
    await showIn(tx, id, (row) => show(row, { step: "paired", device, endedAt: clock.now() }));
  }

  async function fail(tx: Tx, id: string, error: ErrorCode): Promise<void> {
    await stop(tx, id);
    await showIn(tx, id, (row) => show(row, { step: "failed", error, endedAt: clock.now() }));
  }

  async function showIn(tx: Tx, id: string, change: (row: PairingRow) => void): Promise<void> {
    const row = await findPairing(tx, id);
    if (row === undefined) return;
    change(row);
    await savePairing(tx, row, row.state);
  }

  async function stop(tx: Tx, id: string): Promise<void> {
    await deleteMeta(tx, `${LINKING} ${id}`);
    await watches.remove(tx, `${LINKING} ${id}`);
  }

  const find = (tx: Tx, id: string): Promise<Link | undefined> => findMeta(tx, `${LINKING} ${id}`);
  const save = (tx: Tx, id: string, link: Link): Promise<void> => saveMeta(tx, `${LINKING} ${id}`, link);

  async function tick(tx: Tx): Promise<void> {
    for (const [id, { since }] of await listMeta<Link>(tx, LINKING))
      if (clock.since(since) > PATIENCE_MS) await fail(tx, id, "pairing_timeout");
  }

  return { linked, introduce, invitePeer, joinPeer, paired, stop, entered, tick };
}

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? damaged("linking");

