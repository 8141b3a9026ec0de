import type { ContactView } from "@pli/engine/api";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { oneLine } from "./text/safe.ts";

const SHORTEST_ID = 4;
const SHORT_ID = 8;

const fold = (text: string): string => text.normalize("NFKC").trim().toLowerCase();

/** What a person names in a command: a contact, a group, a member of one. */
export interface Nameable {
  readonly id: string;
  readonly name: string;
}

/** Who is meant: a whole name first, then the beginning of a name or of an identifier, whatever the case. */
export function meant<T extends Nameable>(all: readonly T[], query: string): T[] {
  const wanted = fold(query);
  const exact = all.filter(({ id, name }) => id === wanted || fold(name) === wanted);
  if (exact.length > 0 || wanted === "") return exact;
  const byId = (id: string) => wanted.length >= SHORTEST_ID && id.startsWith(wanted);
  return all.filter(({ id, name }) => fold(name).startsWith(wanted) || byId(id));
}

/** The one meant; `contact_ambiguous`, which names the candidates, where there are several, and `nobody` where there is none. */
export function findOne<T extends Nameable>(
  { words }: Pick<Context, "words">,
  all: readonly T[],
  query: string,
  nobody: () => Failure,
): T {
  const [found, ...others] = meant(all, query);
  if (found === undefined) throw nobody();
  if (others.length === 0) return found;
  const candidates = [found, ...others].map(({ id, name }) => `${oneLine(name)} (${shortId(id)})`);
  throw new Failure("contact_ambiguous", { advice: words.advice.candidates(candidates) });
}

/** The one contact meant; `contact_unknown` or `contact_ambiguous`. */
export const findContact = (context: Context, contacts: readonly ContactView[], query: string): ContactView =>
  findOne(context, contacts, query, () => contactUnknown(context));

export const contactUnknown = ({ words }: Pick<Context, "words">): Failure =>
  new Failure("contact_unknown", { advice: words.advice.contacts });

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
