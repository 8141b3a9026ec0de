import type { Kit } from "../../kit.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { SelfKeys } from "../../people/self-map.ts";
import { createSettingsCommands } from "./commands.ts";
import { settingsQueries } from "./queries.ts";
import { isSet, isSetting, readSettings, saveSetting } from "./settings.ts";

/** What this person has set. */
export interface SettingsFeature {
  readonly commands: ReturnType<typeof createSettingsCommands>;
  readonly queries: typeof settingsQueries;
  /** Whether contacts are to ask before they put this person into a group. */
  readonly askingChanged: TxEvent<boolean>;
  /** A lockdown begins, or ends. */
  readonly lockdownChanged: TxEvent<boolean>;
  /** As the devices of this person tell each other: by name, one byte, 1 or 0. */
  readonly shared: SelfKeys;
}

export function createSettings(kit: Kit): SettingsFeature {
  const askingChanged: SettingsFeature["askingChanged"] = createTxEvent();
  const lockdownChanged: SettingsFeature["lockdownChanged"] = createTxEvent();
  const commands = createSettingsCommands(kit, { askingChanged, lockdownChanged });
  return {
    askingChanged,
    lockdownChanged,
    commands,
    queries: settingsQueries,
    shared: createShared(kit, lockdownChanged),
  };
}

/** What another device has set holds here too; that one has told contacts what concerns them. */
function createShared({ receipts }: Kit, lockdownChanged: TxEvent<boolean>): SelfKeys {
  return {
    apply: async (tx, name, value) => {
      const isOn = value[0] === 1;
      if (!isSetting(name) || (await isSet(tx, name)) === isOn) return;
      await saveSetting(tx, name, isOn);
      if (name === "readReceipts" && !isOn) await receipts.drop(tx, "read");
      if (name !== "lockdown") return;
      tx.changed("conversations");
      await lockdownChanged.emit(tx, isOn);
    },
    collect: async (tx) =>
      Object.entries(await readSettings(tx)).map(([name, isOn]) => [name, Uint8Array.of(isOn ? 1 : 0)] as const),
  };
}
