/** The names of this person's devices, which only their devices know. */
import { text, utf8 } from "@pli/protocol/crypto";
import type { SelfMap } from "../../people/self-map.ts";
import type { Tx } from "../../runtime/context.ts";
import { findMeta, listMeta, saveMeta } from "../../runtime/storage/meta.ts";

const NAME = "device-name";

export interface DeviceNames {
  /** Empty: none was given. */
  of(tx: Tx, device: string): Promise<string>;
  /** The other devices hear of it. */
  set(tx: Tx, device: string, name: string): Promise<void>;
}

export function createDeviceNames({ selfMap }: { selfMap: SelfMap }): DeviceNames {
  async function keep(tx: Tx, device: string, name: string): Promise<void> {
    await saveMeta(tx, `${NAME} ${device}`, name);
    tx.changed("devices");
  }

  selfMap.serve("device", {
    apply: async (tx, device, value) => keep(tx, device, text(value) ?? ""),
    collect: async (tx) => (await listMeta<string>(tx, NAME)).map(([device, name]) => [device, utf8(name)]),
  });

  return {
    of: async (tx, device) => (await findMeta<string>(tx, `${NAME} ${device}`)) ?? "",
    set: async (tx, device, name) => {
      await keep(tx, device, name);
      await selfMap.set(tx, `device/${device}`, utf8(name));
    },
  };
}
