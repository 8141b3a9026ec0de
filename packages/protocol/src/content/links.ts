import { hrefFrom } from "./href.ts";
import { UNSPACED } from "./unspaced.ts";

/**
 * Addresses written out in a text: of pages with their scheme or with `www.`, of mail, and
 * telephone numbers. Addresses without either (`example.com`) stay text: without a list of all
 * domains nothing tells them from the name of a file.
 */

/**
 * `text.slice(start, end)` is an address; `href` is what it opens, undefined when it must stay
 * text.
 */
export interface WrittenLink {
  readonly start: number;
  readonly end: number;
  readonly href: string | undefined;
}

/** Where an address may be: its beginning, or the sign in the middle of one of mail. */
const SIGN = /https?:\/\/|mailto:|tel:|www\.|@|\+[1-9]|0[1-9]/gi;

const WORD = /[\p{L}\p{N}]/u;
const GLUED = new RegExp(`[${UNSPACED}]`, "u");
/**
 * What an address may be made of: no quotes, no punctuation but that of ASCII, dashes, ’ and ·,
 * which are in titles of pages.
 */
const WRITTEN = /[!#-;=?-_a-~\p{Pd}\u2019\u00b7]|[^\p{ASCII}\s\p{P}\uff5c]/u;
const TRAILING = new Set(".,;:!?*_|\u2019([{");
const CLOSING: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

const WWW = /^www\.(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*[a-z0-9](?![^:/?#])/i;
const SCHEME = /^https?:\/\//i;

const MAX_LOCAL = 64;
const LOCAL = /[a-z0-9._%+-]+$/i;
const DOMAIN = /(?:[a-z0-9][a-z0-9-]{0,62}\.){1,8}[a-z]{2,24}(?![a-z0-9-]|:\S)/iy;

const BETWEEN = String.raw`[ \u00a0\u202f.-]`;
const INTERNATIONAL = new RegExp(String.raw`\+[1-9](?:${BETWEEN}?(?:\([0-9]{1,4}\)${BETWEEN}?)?[0-9]){4,14}`, "y");
/** Of France nine digits: a number that follows in the sentence is not taken for more of them. */
const FRENCH = new RegExp(String.raw`\+33${BETWEEN}?(?:\(0\)${BETWEEN}?)?[1-9](?:${BETWEEN}?[0-9]){8}`, "y");
/** As in France: five pairs, all parted alike, and not a part of a longer number. */
const NATIONAL = new RegExp(String.raw`0[1-9](${BETWEEN}?)[0-9]{2}(?:\1[0-9]{2}){3}(?!${BETWEEN}?[0-9])`, "y");
const NUMBER_BEFORE = new RegExp(`[0-9]${BETWEEN}$`);
/**
 * With the code of the country: fewer digits than these are an amount, more are no telephone
 * number.
 */
const [LEAST_DIGITS, MOST_DIGITS] = [9, 15];

/**
 * All addresses of a text, in order and apart. Linear in the length: every character is looked at a
 * bounded number of times.
 */
export function writtenLinks(text: string): WrittenLink[] {
  const links: WrittenLink[] = [];
  let end = 0;
  for (const { 0: sign, index } of text.matchAll(SIGN)) {
    if (index < end) continue;
    const link = linkAt(text, index, { sign, from: end });
    if (link === undefined) continue;
    links.push(link);
    end = link.end;
  }
  return links;
}

/** `from`: where the address before ended. */
function linkAt(text: string, at: number, p: { sign: string; from: number }): WrittenLink | undefined {
  if (p.sign === "@") return mailAround(text, at, p.from);
  if (joins(text[at - 1])) return undefined;
  if (p.sign.startsWith("+")) return internationalAt(text, at);
  if (p.sign.startsWith("0")) return nationalAt(text, at);
  return pageAt(text, at, p.sign.toLowerCase());
}

/** Whether a word would go on from this character into an address. */
const joins = (char: string | undefined): boolean => char !== undefined && WORD.test(char) && !GLUED.test(char);

function pageAt(text: string, start: number, sign: string): WrittenLink | undefined {
  const bare = sign === "www.";
  if (bare && /[@./\\-]/.test(text[start - 1] ?? "")) return undefined;
  const raw = trimmed(text.slice(start, endOf(text, start, start + sign.length)));
  const href = bare ? (WWW.test(raw) ? hrefFrom(`https://${raw}`) : undefined) : hrefFrom(raw);
  return { start, end: start + raw.length, href };
}

/**
 * Where what can be an address ends: before a bracket that closes none of its own, before the next
 * address, and before a word that follows the host without a space.
 */
function endOf(text: string, start: number, host: number): number {
  const open: string[] = [];
  let inHost = true;
  let at = start;
  for (let char = ""; at < text.length; at += char.length) {
    char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (!WRITTEN.test(char)) break;
    inHost &&= at < host || !/[/?#]/.test(char);
    if (inHost && at > host && GLUED.test(char)) break;
    if (/[,;]/.test(char) && SCHEME.test(text.slice(at + 1, at + 9))) break;
    if ("([{".includes(char)) open.push(char);
    const opening = CLOSING[char];
    if (opening === undefined) continue;
    const last = open.lastIndexOf(opening);
    if (last < 0) break;
    open.length = last;
  }
  return at;
}

/**
 * Without the punctuation of the sentence behind it, and marks that strike it out. A quote that has
 * another before it is part of the address.
 */
function trimmed(written: string): string {
  let odd = written.split("'").length % 2 === 0;
  let end = written.length;
  for (; end > 0; end -= 1) {
    const last = written.charAt(end - 1);
    if (last === "'" && odd) odd = false;
    else if (written.endsWith("~~", end)) end -= 1;
    else if (!TRAILING.has(last)) break;
  }
  return written.slice(0, end);
}

function mailAround(text: string, at: number, from: number): WrittenLink | undefined {
  const before = text.slice(Math.max(from, at - MAX_LOCAL - 1), at);
  const local = (LOCAL.exec(before)?.[0] ?? "").replace(/^[._%+-]+/, "");
  const start = at - local.length;
  DOMAIN.lastIndex = at + 1;
  const domain = DOMAIN.exec(text)?.[0];
  if (local === "" || local.length > MAX_LOCAL || domain === undefined) return undefined;
  const end = at + 1 + domain.length;
  if (joins(text[start - 1]) || /[/@\\]/.test(text[start - 1] ?? "") || joins(text[end]) || text[end] === "@")
    return undefined;
  return { start, end, href: hrefFrom(`mailto:${local}@${domain}`) };
}

function internationalAt(text: string, start: number): WrittenLink | undefined {
  FRENCH.lastIndex = start;
  INTERNATIONAL.lastIndex = start;
  const written = (FRENCH.exec(text) ?? INTERNATIONAL.exec(text))?.[0] ?? "";
  const number = written.replace("(0)", "").replaceAll(/[^0-9]/g, "");
  if (number.length < LEAST_DIGITS || number.length > MOST_DIGITS) return undefined;
  return numberAt(text, { start, end: start + written.length }, `+${number}`);
}

function nationalAt(text: string, start: number): WrittenLink | undefined {
  if (NUMBER_BEFORE.test(text.slice(Math.max(0, start - 2), start))) return undefined;
  NATIONAL.lastIndex = start;
  const written = NATIONAL.exec(text)?.[0];
  if (written === undefined) return undefined;
  return numberAt(text, { start, end: start + written.length }, written.replaceAll(/[^0-9]/g, ""));
}

const numberAt = (text: string, { start, end }: { start: number; end: number }, number: string) =>
  joins(text[end]) ? undefined : { start, end, href: hrefFrom(`tel:${number}`) };
