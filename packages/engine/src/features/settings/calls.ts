/** What this person has set. */
import type { SettingsView } from "../../api/views.ts";
import { query, returns, type DeclaredCommands } from "../../api/declare.ts";
import { flag, optional } from "../../api/shapes.ts";

export const commands = {
  /** `locked_down`: it would let contacts put this person into groups during a lockdown. */
  changeSettings: {
    parameters: {
      readReceipts: optional(flag),
      askBeforeGroups: optional(flag),
      lockdown: optional(flag),
      messageCopy: optional(flag),
    },
    returns: returns<void>(),
    repeatable: true,
  },
} as const satisfies DeclaredCommands;

export const queries = {
  settings: query({ parameters: {}, returns: returns<SettingsView>(), topics: () => ["settings"] }),
};
