/** What this person has set. */
import type { SettingsView } from "../../api/views.ts";
import { query, returns, type DeclaredCommands } from "../../api/declare.ts";
import { flag, optional } from "../../api/shapes.ts";

export const commands = {
  changeSettings: {
    parameters: { readReceipts: optional(flag), askBeforeGroups: optional(flag) },
    returns: returns<void>(),
    repeatable: true,
  },
} as const satisfies DeclaredCommands;

export const queries = {
  settings: query({ parameters: {}, returns: returns<SettingsView>(), topics: () => ["settings"] }),
};
