import type { Kit } from "../../kit.ts";
import { createTxEvent } from "../../runtime/tx-event.ts";
import type { SelfKeys } from "../../people/self-map.ts";
import { createSettingsCommands, type SettingsEvents } from "./commands.ts";
import { settingsQueries } from "./queries.ts";
import { isSet, isSetting, readSettings, saveSetting } from "./settings.ts";

/** What this person has set. */
export interface SettingsFeature extends SettingsEvents {
  readonly commands: ReturnType<typeof createSettingsCommands>;
  readonly queries: typeof settingsQueries;
  /** As the devices of this person tell each other: by name, one byte, 1 or 0. */
  readonly shared: SelfKeys;
}

export function createSettings(kit: Kit): SettingsFeature {
  const events: SettingsEvents = {
    askingChanged: createTxEvent(),
    lockdownChanged: createTxEvent(),
    copyChanged: createTxEvent(),
  };
  const commands = createSettingsCommands(kit, events);
  return {
    ...events,
    commands,
    queries: settingsQueries,
    shared: createShared(kit, events),
  };
}

/** What another device has set holds here too; that one has told contacts what concerns them. */
function createShared({ receipts }: Kit, { copyChanged, lockdownChanged }: SettingsEvents): SelfKeys {
  return {
    apply: async (tx, name, value) => {
      const isOn = value[0] === 1;
      if (!isSetting(name) || (await isSet(tx, name)) === isOn) return;
      await saveSetting(tx, name, isOn);
      if (name === "readReceipts" && !isOn) await receipts.drop(tx, "read");
      if (name === "messageCopy") await copyChanged.emit(tx, { isOn, isHere: false });
      if (name !== "lockdown") return;
      tx.changed("conversations");
      await lockdownChanged.emit(tx, isOn);
    },
    collect: async (tx) =>
      Object.entries(await readSettings(tx)).map(([name, isOn]) => [name, Uint8Array.of(isOn ? 1 : 0)] as const),
  };
}
