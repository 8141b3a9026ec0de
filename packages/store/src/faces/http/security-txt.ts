/**
 * `/.well-known/security.txt` (RFC 9116): the contacts for reports of a weakness. The store serves
 * it when its operator names one.
 */
import { DAY_MS } from "../../base/clock.ts";

export const SECURITY_TXT_PATH = "/.well-known/security.txt";

/** The file is read again within half a year, so a contact that is given up does not stay. */
const VALID_DAYS = 180;
const CONTACT = /^(?:mailto:[^\s@<>]+@[^\s@<>]+|https:\/\/[^\s<>]+|tel:\+?[\d.()-]+)$/;
/** A public name, and a port. An address has no canonical URL. */
const PUBLIC_HOST = /^(?=.*[a-z])[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?$/i;

/**
 * The contacts of a setting, the first one preferred: `mailto:`, `https://` or `tel:` addresses,
 * separated by commas. None for an empty text; undefined when the text is anything else.
 */
export function parseContacts(text: string): readonly string[] | undefined {
  const contacts = text === "" ? [] : text.split(",").map((contact) => contact.trim());
  return contacts.every((contact) => CONTACT.test(contact)) ? contacts : undefined;
}

/**
 * The text of the file. `host` is the name in the client's request; `now` is in milliseconds
 * since 1970.
 */
export function securityTxt(contacts: readonly string[], host: string | undefined, now: number): string {
  const expires = new Date((Math.floor(now / DAY_MS) + VALID_DAYS) * DAY_MS).toISOString();
  return [
    ...contacts.map((contact) => `Contact: ${contact}`),
    `Expires: ${expires}`,
    "Preferred-Languages: fr, en",
    ...(host !== undefined && PUBLIC_HOST.test(host) ? [`Canonical: https://${host}${SECURITY_TXT_PATH}`] : []),
    "",
  ].join("\n");
}
