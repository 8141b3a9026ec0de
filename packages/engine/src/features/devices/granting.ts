/** What the old device grants to the new one, at once or after a day. */
import { MAX_LINKING_PACKAGES } from "@pli/protocol/devices";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { isLockedDown } from "../lockdown/lockdown.ts";
import type { ComingDevices } from "./coming-devices.ts";
import type { DeviceNames } from "./device-names.ts";
import type { KeyGrants } from "./key-grants.ts";
import { bytesOf, type Links } from "./links.ts";

/** A new device: for all conversations, the one of the own devices, and some that come. */
const PACKAGES = { most: MAX_LINKING_PACKAGES, spare: 17 };
/** An empty grant: the new device does not come in. */
const REFUSED = new Uint8Array(0);

export interface Granting {
  /** Lists the new device, and gives it what it is. False: it may not come in. */
  grant(tx: Tx, pairing: string): Promise<boolean>;
  /** Grants what has waited for its day. This device's clock is known to be right. */
  grantDue(tx: Tx): Promise<void>;
  /** One of the own devices said no. */
  refuse(tx: Tx, device: string): Promise<void>;
}

export function createGranting(
  { clock }: Context,
  deps: {
    coming: ComingDevices;
    deviceNames: DeviceNames;
    grants: Pick<KeyGrants, "grantFor" | "state">;
    links: Links;
    ownDevices: OwnDevices;
    stores: { readonly home: string; session(store: string): { isReady(): boolean } };
  },
): Granting {
  const { coming, deviceNames, grants, links, ownDevices, stores } = deps;

  async function grant(tx: Tx, id: string): Promise<boolean> {
    const link = await links.find(tx, id);
    if (link?.device === undefined || (await isLockedDown(tx))) return false;
    const listed = { id: bytesOf(link.device), key: bytesOf(link.deviceKey) };
    const added = await ownDevices.add(tx, listed).catch(() => undefined);
    if (added === undefined) return false;
    await deviceNames.set(tx, link.device, link.name ?? "");
    await links.save(tx, id, { ...link, granted: await grants.state(tx) });
    await links.put(tx, id, "grant", await grants.grantFor(tx, listed, PACKAGES));
    await links.watch(tx, id, "ready");
    return true;
  }

  /** Only with all read that other devices said: one of them may have put an end to it. */
  async function grantDue(tx: Tx): Promise<void> {
    if (!stores.session(stores.home).isReady()) return;
    for (const [id, { device, until, ...link }] of await links.all(tx)) {
      if (link.role !== "old" || device === undefined || until === undefined || until > clock.now()) continue;
      await links.save(tx, id, { ...link, device, since: clock.now() });
      await links.show(tx, id, { until: undefined });
      if (await grant(tx, id)) await coming.end(tx, device);
      else await coming.cancel(tx, device);
    }
  }

  async function refuse(tx: Tx, wanted: string): Promise<void> {
    for (const [id, { role, device }] of await links.all(tx)) {
      if (role !== "old" || device !== wanted) continue;
      await links.put(tx, id, "grant", REFUSED);
      await links.fail(tx, id, "pairing_cancelled");
    }
  }

  return { grant, grantDue, refuse };
}
