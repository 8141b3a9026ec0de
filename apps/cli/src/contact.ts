/** Finds whom a person means by what they typed. */
import type { ContactView } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import type { Context } from "./context.ts";
import { Failure } from "./failure.ts";
import { isGiven } from "./naming.ts";

const SHORTEST_ID = 4;
const SHORT_ID = 8;

const fold = (text: string): string => text.normalize("NFKC").trim().toLowerCase();

/** What a person can name in a command: a contact, a group, a member of a group. */
export interface Nameable {
  readonly id: string;
  readonly name: string;
  /** This person gave the name. All other names were chosen by somebody else. */
  readonly given?: boolean;
}

/**
 * Everything that a query can mean; case does not matter. A whole identifier means that one alone.
 * A whole name that this person gave comes before names that others chose. Otherwise everything
 * that fits counts alike: a whole name, the beginning of a name or of an identifier. So nobody can
 * choose a name that draws messages meant for somebody else.
 */
export function meant<T extends Nameable>(all: readonly T[], query: string): T[] {
  const folded = fold(query);
  const whole = all.filter(({ id }) => id === folded);
  if (whole.length > 0 || folded === "") return whole;
  const isGivenName = ({ given, name }: T): boolean => given === true && fold(name) === folded;
  const fits = all.some(isGivenName) ? isGivenName : ({ name }: T): boolean => fold(name).startsWith(folded);
  return all.filter((one) => fits(one) || beginsId(one.id, folded));
}

/** Whether a word is the beginning of an identifier, and long enough to be meant as one. */
export const beginsId = (id: string, word: string): boolean => word.length >= SHORTEST_ID && id.startsWith(fold(word));

/**
 * The one that a query means. Throws `nobody` where there is none, and `contact_ambiguous`, which
 * names the candidates, where there are several.
 */
export function findOne<T extends Nameable>(
  { words }: Pick<Context, "words">,
  all: readonly T[],
  query: string,
  nobody: () => Failure,
): T {
  const [found, ...others] = meant(all, query);
  if (found === undefined) throw nobody();
  if (others.length === 0) return found;
  // A query that is the beginning of several identifiers needs the whole of one.
  const idOf = (id: string): string => (beginsId(id, query) ? id : shortId(id));
  const candidates = [found, ...others].map(({ id, name }) => `${shownName(name)} (${idOf(id)})`);
  throw new Failure("contact_ambiguous", { advice: words.advice.candidates(candidates) });
}

/**
 * The same, where what came out of a file counts only if nothing else is meant: it takes nobody's
 * name away.
 */
export function findLiving<T extends Nameable & { readonly archive?: unknown }>(
  context: Pick<Context, "words">,
  all: readonly T[],
  query: string,
  nobody: () => Failure,
): T {
  const living = all.filter(({ archive }) => archive === undefined);
  return findOne(context, meant(living, query).length > 0 ? living : all, query, nobody);
}

/** The contact that a query means. Throws `contact_unknown` or `contact_ambiguous`. */
export const findContact = (context: Context, contacts: readonly ContactView[], query: string): ContactView =>
  findOne(context, contacts.map(asNameable), query, () => contactUnknown(context));

/** A contact as something that a person can name. */
export const asNameable = (contact: ContactView): ContactView & Nameable => ({ ...contact, given: isGiven(contact) });

export const contactUnknown = ({ words }: Pick<Context, "words">): Failure =>
  new Failure("contact_unknown", { advice: words.advice.contacts });

export const shortId = (id: string): string => id.slice(0, SHORT_ID);

/**
 * A contact as the argument of a command that will be copied: by name only where the name is plain
 * for every shell and means no other contact.
 */
export function contactArgument(contact: ContactView, contacts: readonly ContactView[]): string {
  const isPlain = /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(contact.name);
  return isPlain && meant(contacts.map(asNameable), contact.name).length === 1 ? contact.name : shortId(contact.id);
}

export const dots = (level: ContactView["level"]): string => "●".repeat(level) + "○".repeat(3 - level);

/** A contact in JSON: the shape of docs/cli.md. */
export const contactFields = (contact: ContactView) => ({
  name: contact.name,
  level: contact.level,
  id: contact.id,
});
