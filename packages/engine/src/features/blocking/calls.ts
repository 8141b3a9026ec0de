/** Blocked contacts. */
import { id, query, returns, type DeclaredCommands } from "../../api/declare.ts";
import { flag, optional } from "../../api/shapes.ts";

export const commands = {
  /**
   * What a blocked person writes is never asked for, opened or answered; what waited for them ends.
   * Unblocking sets the conversation up again. `erase`, with blocking: what `keptOf` counts is
   * erased from this device.
   */
  block: {
    parameters: { contact: id, blocked: flag, erase: optional(flag) },
    returns: returns<void>(),
    repeatable: true,
  },
} as const satisfies DeclaredCommands;

export const queries = {
  /**
   * Messages of the conversation with a contact, and what they wrote in groups; and what it takes
   * on this device, about.
   */
  keptOf: query({
    parameters: { contact: id },
    returns: returns<{ messages: number; bytes: number }>(),
    topics: () => ["conversations"],
  }),
};
