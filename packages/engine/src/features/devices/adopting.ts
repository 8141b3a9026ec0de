/** A new device takes what the old one grants it. */
import { encodeLinkingReady, parseDeviceList, parseLinkingGrant } from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import { encodeIdentity, parseCard, parseDeviceCertificate, parseIdentity } from "@pli/protocol/identity";
import type { Card, IdentitySecret } from "@pli/protocol/identity";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { DeviceKeys } from "./device-keys.ts";
import { bytesOf, type Link, type Links } from "./links.ts";

export function createAdopting(
  { crypto }: Pick<Context, "crypto">,
  deps: { deviceKeys: DeviceKeys; links: Links; ownDevices: OwnDevices; profiles: Profiles },
) {
  const { deviceKeys, links, ownDevices, profiles } = deps;

  /** The new device becomes one of the person's own, and brings key packages. */
  async function takeGrant(tx: Tx, id: string, link: Link, bytes: Uint8Array): Promise<boolean> {
    const grant = parseLinkingGrant(bytes);
    const card = grant && parseCard(crypto, grant.card);
    const identity = grant && parseIdentity(crypto, grant.identity);
    if (link.role !== "new" || grant === undefined || card?.ok !== true || identity?.ok !== true) return false;
    const certificate = parseDeviceCertificate(crypto, grant.certificate, card.value);
    const list = parseDeviceList(crypto, grant.list, card.value);
    if (!certificate.ok || !list.ok || !isOf(link, card.value, identity.value)) return false;
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
    await links.put(tx, id, "ready", encodeLinkingReady({ packages: await deviceKeys.make(tx, grant.packages) }));
    await links.watch(tx, id, "entry");
    return true;
  }

  const isOf = ({ profile }: Link, card: Card, { id, sign }: IdentitySecret): boolean =>
    toHex(card.id) === profile && toHex(id) === profile && crypto.equal(card.edKey, sign.publicKey);

  return { takeGrant };
}
