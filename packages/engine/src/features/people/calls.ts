/** This person, and the names they give. */
import type { ContactView } from "../../api/views.ts";
import { id, query, returns, words, type DeclaredCommands } from "../../api/declare.ts";

export const commands = {
  createProfile: { parameters: { name: words }, returns: returns<void>() },
  /** Changes the name contacts see. It is sent to them. */
  renameProfile: { parameters: { name: words }, returns: returns<void>(), repeatable: true },
  /** A name of one's own for a contact; empty gives theirs back. */
  nameContact: { parameters: { contact: id, name: words }, returns: returns<void>(), repeatable: true },
} as const satisfies DeclaredCommands;

export const queries = {
  contacts: query({ parameters: {}, returns: returns<ContactView[]>(), topics: () => ["contacts"] }),
  contact: query({ parameters: { id }, returns: returns<ContactView | undefined>(), topics: () => ["contacts"] }),
};
