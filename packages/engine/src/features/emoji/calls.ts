/** Emoji that this person has chosen, for what offers some. */
import { query, returns, type DeclaredCommands } from "../../api/declare.ts";
import { text } from "../../api/shapes.ts";

export const commands = {
  /** `emoji`: chosen just now, with its tone of skin. */
  rememberEmoji: { parameters: { emoji: text(64) }, returns: returns<void>(), repeatable: true },
} as const satisfies DeclaredCommands;

export const queries = {
  /** The last 32 that were chosen on this device, the newest first. */
  emoji: query({ parameters: {}, returns: returns<{ recent: readonly string[] }>(), topics: () => ["emoji"] }),
};
