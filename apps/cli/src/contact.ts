import type { ContactView } from "@pli/engine/api";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { oneLine } from "./text/safe.ts";

const SHORTEST_ID = 4;
const SHORT_ID = 8;

const fold = (text: string): string => text.normalize("NFKC").trim().toLowerCase();

/** Who is meant: a whole name first, then the beginning of a name or of an identifier, whatever the case. */
export function contactsMeant(contacts: readonly ContactView[], query: string): ContactView[] {
  const wanted = fold(query);
  const exact = contacts.filter((contact) => contact.id === wanted || fold(contact.name) === wanted);
  if (exact.length > 0 || wanted === "") return exact;
  const byId = (id: string) => wanted.length >= SHORTEST_ID && id.startsWith(wanted);
  return contacts.filter((contact) => fold(contact.name).startsWith(wanted) || byId(contact.id));
}

/** The one contact meant; `contact_unknown` or `contact_ambiguous`, which names the candidates. */
export function findContact(context: Context, contacts: readonly ContactView[], query: string): ContactView {
  const { advice } = context.words;
  const [found, ...others] = contactsMeant(contacts, query);
  if (found === undefined) throw new Failure("contact_unknown", { advice: advice.contacts });
  if (others.length === 0) return found;
  const candidates = [found, ...others].map((contact) => `${oneLine(contact.name)} (${shortId(contact.id)})`);
  throw new Failure("contact_ambiguous", { advice: advice.candidates(candidates) });
}

export const shortId = (id: string): string => id.slice(0, SHORT_ID);

/** How to write a contact in a command that will be copied: a name only when no shell could read more into it. */
export function contactArgument(contact: ContactView): string {
  return /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(contact.name) ? contact.name : shortId(contact.id);
}

export const dots = (level: ContactView["level"]): string => "●".repeat(level) + "○".repeat(3 - level);

/** A contact in JSON: the shape of docs/cli.md. */
export const contactFields = (contact: ContactView) => ({
  name: contact.name,
  level: contact.level,
  id: contact.id,
});
