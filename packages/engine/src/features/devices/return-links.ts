/** Linkings of devices that come back: they begin without digits, and end like others. */
import { encodeLinkingReady, type ListedDevice } from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { DeviceKeys } from "./device-keys.ts";
import type { KeyGrants } from "./key-grants.ts";
import type { Links } from "./links.ts";

const LINK_ID_BYTES = 16;

export interface ReturnLinks {
  /** A listed device asks to come back: it is granted what it is. `secret`: of the two. */
  letBack(
    tx: Tx,
    p: { readonly listed: ListedDevice; readonly secret: Uint8Array; readonly store: string },
  ): Promise<void>;
  /** Another has let this device back: what was granted to it here comes to nothing. */
  forgetBack(tx: Tx, device: string): Promise<void>;
  /** This device comes back: what is granted to it is awaited. */
  comeBack(tx: Tx, p: { readonly secret: Uint8Array; readonly store: string }): Promise<void>;
  /** This device has been answered, and awaits what is granted. */
  isComingBack(tx: Tx): Promise<boolean>;
  /** Devices that come back, and have given what it takes. */
  comingBack(tx: Tx): Promise<ReadonlySet<string>>;
  /** What stands in the grant for this device is right, and is its own from here on. */
  takeGrant(tx: Tx, id: string, bytes: Uint8Array): Promise<boolean>;
}

export function createReturnLinks(
  { clock, crypto }: Context,
  {
    deviceKeys,
    grants,
    links,
    profiles,
  }: {
    deviceKeys: Pick<DeviceKeys, "make">;
    grants: Pick<KeyGrants, "grantFor" | "state" | "takeBack">;
    links: Links;
    profiles: Profiles;
  },
): ReturnLinks {
  const freshId = (): string => toHex(crypto.random(LINK_ID_BYTES));

  async function letBack(tx: Tx, { listed, secret, store }: Parameters<ReturnLinks["letBack"]>[1]): Promise<void> {
    const [id, device] = [freshId(), toHex(listed.id)];
    await forgetBack(tx, device);
    const sides = { role: "old", store, secret: toHex(secret), since: clock.now() } as const;
    const { id: profile } = await profiles.get(tx);
    const granted = await grants.state(tx);
    await links.save(tx, id, { ...sides, profile, deviceKey: toHex(listed.key), device, returns: "asked", granted });
    await links.put(tx, id, "grant", await grants.grantFor(tx, listed));
    await links.watch(tx, id, "ready");
  }

  async function forgetBack(tx: Tx, device: string): Promise<void> {
    for (const [id, link] of await links.all(tx)) if (link.device === device) await links.stop(tx, id);
  }

  async function comeBack(tx: Tx, { secret, store }: Parameters<ReturnLinks["comeBack"]>[1]): Promise<void> {
    const id = freshId();
    const { id: profile, certificate } = await profiles.get(tx);
    const sides = { role: "back", store, secret: toHex(secret), since: clock.now() } as const;
    await links.save(tx, id, { ...sides, profile, deviceKey: toHex(certificate.deviceKey) });
    await links.watch(tx, id, "grant", "look");
  }

  const isComingBack = async (tx: Tx): Promise<boolean> =>
    (await links.all(tx)).some(([, { role }]) => role === "back");

  async function comingBack(tx: Tx): Promise<ReadonlySet<string>> {
    const all = (await links.all(tx)).map(([, link]) => link);
    return new Set(all.flatMap(({ device, returns }) => (returns === "ready" && device !== undefined ? [device] : [])));
  }

  async function takeGrant(tx: Tx, id: string, bytes: Uint8Array): Promise<boolean> {
    const packages = await grants.takeBack(tx, bytes);
    if (packages === undefined) return false;
    await links.put(tx, id, "ready", encodeLinkingReady({ packages: await deviceKeys.make(tx, packages) }));
    await links.watch(tx, id, "entry");
    return true;
  }

  return { letBack, forgetBack, comeBack, isComingBack, comingBack, takeGrant };
}
