/** The exchange for a device, on both sides, until both have typed the right digits. */
import { encodeLinkingWait, LINKING_WELCOME } from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import {
  createCard,
  createDeviceCertificate,
  createIdentity,
  DEVICE_ID_BYTES,
  parseCard,
  parseDeviceCertificate,
} from "@pli/protocol/identity";
import type { PairingEvent, PeerInfo } from "@pli/protocol/pairing";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { isLockedDown } from "../lockdown/lockdown.ts";
import type { Founding } from "../pairing/founding.ts";
import { show, type PairingRow } from "../pairing/pairing-row.ts";
import type { ComingDevices } from "./coming-devices.ts";
import type { Granting } from "./granting.ts";
import type { Link, Links } from "./links.ts";

const DAY_SECONDS = 86_400;

export function createLinkFounding(
  { clock, crypto }: Context,
  deps: { coming: ComingDevices; granting: Granting; links: Links; profiles: Profiles },
): Founding {
  const { coming, granting, links, profiles } = deps;
  const seconds = (): number => Math.floor(clock.now() / 1000);

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
    await links.save(tx, row.id, {
      ...linkFrom("new", row, peer),
      profile: toHex(card.value.id),
      deviceKey: toHex(deviceKey),
      deviceSecret: toHex(deviceSecret),
    });
    await links.watch(tx, row.id, "wait");
    await links.watch(tx, row.id, "grant");
    show(row, { step: "confirming" });
    return { type: "welcome", bytes: LINKING_WELCOME };
  }

  const linkFrom = (role: Link["role"], { store }: PairingRow, { pairwise }: PeerInfo) => ({
    role,
    store,
    secret: toHex(pairwise),
    since: clock.now(),
  });

  /**
   * On the old device, where both typed right: the new one is listed, and granted what it is; or it
   * is a day later, when nobody gave what unlocks this device.
   */
  async function joinPeer(tx: Tx, row: PairingRow, welcome: Uint8Array, peer: PeerInfo): Promise<PairingEvent> {
    const theirs = parseCard(crypto, peer.card);
    const shown = theirs.ok ? parseDeviceCertificate(crypto, peer.certificate, theirs.value) : theirs;
    if (!theirs.ok || !shown.ok || !crypto.equal(welcome, LINKING_WELCOME) || (await isLockedDown(tx)))
      return { type: "peerInvalid" };
    const profile = await profiles.get(tx);
    const { deviceKey } = shown.value;
    const device = toHex(crypto.random(DEVICE_ID_BYTES));
    const { name } = theirs.value;
    const until = await coming.waitsUntil(tx, row.id);
    const link = { ...linkFrom("old", row, peer), profile: profile.id, deviceKey: toHex(deviceKey), device, name };
    await links.save(tx, row.id, until === undefined ? link : { ...link, until });
    if (until === undefined) {
      if (!(await granting.grant(tx, row.id))) return { type: "peerInvalid" };
      show(row, { step: "confirming", device });
      return { type: "joined" };
    }
    await coming.add(tx, device, { name, until });
    await links.put(tx, row.id, "wait", encodeLinkingWait({ until }));
    show(row, { step: "confirming", device, until });
    return { type: "joined" };
  }

  /** Both sides have confirmed: what is granted is on its way. */
  async function paired(_: Tx, row: PairingRow): Promise<void> {
    show(row, { step: "confirming" });
  }

  return { introduce, invitePeer, joinPeer, paired };
}
