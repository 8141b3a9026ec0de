import type { Kit } from "../../kit.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import { createSettingsCommands } from "./commands.ts";
import { settingsQueries } from "./queries.ts";

/** What this person has set. */
export interface SettingsFeature {
  readonly commands: ReturnType<typeof createSettingsCommands>;
  readonly queries: typeof settingsQueries;
  /** Whether contacts are to ask before they put this person into a group. */
  readonly askingChanged: TxEvent<boolean>;
  /** A lockdown begins, or ends. */
  readonly lockdownChanged: TxEvent<boolean>;
}

export function createSettings(kit: Kit): SettingsFeature {
  const askingChanged: SettingsFeature["askingChanged"] = createTxEvent();
  const lockdownChanged: SettingsFeature["lockdownChanged"] = createTxEvent();
  const commands = createSettingsCommands(kit, { askingChanged, lockdownChanged });
  return { askingChanged, lockdownChanged, commands, queries: settingsQueries };
}
