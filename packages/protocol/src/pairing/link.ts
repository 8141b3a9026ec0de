import { concat, fromBase64Url, text, toBase64Url, utf8, type Crypto } from "../crypto/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import { codesIn, type PastedCode } from "./pasted.ts";

/**
 * What an exchange is for: two people become contacts, or a device becomes one of a person's own.
 */
export type Purpose = "person" | "device";
/** Where an invitation is and how to open it. `store` is an http(s) origin, `secret` 32 bytes. */
export type Invitation = { readonly purpose: Purpose; readonly store: string; readonly secret: Uint8Array };
export type LinkError = "invitation_malformed" | "invitation_newer" | "invitation_cut_short";

/** The path of a link, its first byte, and first bytes that later versions may have. */
const FORMS = {
  person: { path: "i", version: 1, newest: 15 },
  device: { path: "d", version: 17, newest: 31 },
} as const satisfies Record<Purpose, unknown>;
const PURPOSES = ["person", "device"] as const;
const SECRET_BYTES = 32;
const CHECK_BYTES = 4;
const MAX_ADDRESS_BYTES = 255;
const STORE_ADDRESS = /^https?:\/\/(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(:[1-9][0-9]{0,4})?$/;

/**
 * The link a person sends: `base` ‖ "/i#" ‖ base64url(1 ‖ length u8 ‖ store ‖ secret ‖ first 4
 * bytes of the SHA-256 of all before); of a device "/d#" and 17. Nothing after # reaches a server.
 * Throws when `store` is no origin or `secret` not 32 bytes. Section 6.
 */
export function createInvitationLink(crypto: Crypto, link: Invitation & { readonly base: string }): string {
  const { base, purpose, store, secret } = link;
  const { path, version } = FORMS[purpose];
  if (!isStoreAddress(store) || secret.length !== SECRET_BYTES) throw new RangeError("not an invitation");
  const address = utf8(store);
  const body = concat(Uint8Array.of(version, address.length), address, secret);
  return `${base.replace(/\/+$/, "")}/${path}#${toBase64Url(concat(body, checkOf(crypto, body)))}`;
}

/**
 * The invitation in what a person pasted: a link, or what follows its #; broken into lines, with
 * spaces or characters nobody sees in it, or with other text around it. Its check catches every
 * slip of a copy. `invitation_cut_short`: a part is missing.
 */
export function parseInvitationLink(crypto: Crypto, input: string): Result<Invitation, LinkError> {
  const [first = nothing, ...others] = codesIn(input).map((code) => parseCode(crypto, code));
  return [first, ...others].find(({ ok: found }) => found) ?? first;
}

/**
 * An http or https origin as links carry it: lower case, no path, no trailing slash, no default
 * port, at most 255 characters.
 */
export function isStoreAddress(address: string): boolean {
  const parsed = parseStoreAddress(address);
  return parsed.ok && parsed.value === address;
}

/**
 * The store address in what a person typed: spaces, capitals, a trailing slash and a default port
 * are set right.
 */
export function parseStoreAddress(input: string): Result<string, "store_address_malformed"> {
  const address = input.trim().toLowerCase().replace(/\/$/, "");
  const port = STORE_ADDRESS.exec(address)?.[1] ?? "";
  if (address.length > MAX_ADDRESS_BYTES || !STORE_ADDRESS.test(address) || Number(port.slice(1)) > 65_535)
    return err("store_address_malformed");
  const isDefault = port === (address.startsWith("https") ? ":443" : ":80");
  return ok(isDefault ? address.slice(0, -port.length) : address);
}

const nothing = err("invitation_malformed");

function parseCode(crypto: Crypto, pasted: PastedCode): Result<Invitation, LinkError> {
  const length = lengthOf(pasted.chars);
  if (typeof length !== "number") return err(length);
  if (pasted.chars.length < length) return err(pasted.endsWell ? "invitation_cut_short" : "invitation_malformed");
  const bytes = pasted.mayEndAt(length) ? fromBase64Url(pasted.chars.slice(0, length)) : undefined;
  const parsed = bytes === undefined ? nothing : parseBody(crypto, bytes);
  // The words after half a link look like its other half.
  return !parsed.ok && pasted.firstPiece < length ? err("invitation_cut_short") : parsed;
}

/** How many characters a code has, which its first three tell; or what is wrong with them. */
function lengthOf(code: string): number | LinkError {
  if (code.length < 3) return "invitation_cut_short";
  const head = fromBase64Url(`${code.slice(0, 3)}A`) ?? new Uint8Array(2);
  const first = head[0] ?? 0;
  const form = Object.values(FORMS).find(({ version, newest }) => first >= version && first <= newest);
  if (form === undefined) return "invitation_malformed";
  if (first > form.version) return "invitation_newer";
  return Math.ceil(((2 + (head[1] ?? 0) + SECRET_BYTES + CHECK_BYTES) * 4) / 3);
}

function parseBody(crypto: Crypto, bytes: Uint8Array): Result<Invitation, "invitation_malformed"> {
  const body = bytes.subarray(0, bytes.length - CHECK_BYTES);
  if (!crypto.equal(checkOf(crypto, body), bytes.subarray(body.length))) return err("invitation_malformed");
  const store = text(body.subarray(2, body.length - SECRET_BYTES));
  const purpose = PURPOSES.find((one) => FORMS[one].version === body[0]);
  if (purpose === undefined || store === undefined || !isStoreAddress(store)) return err("invitation_malformed");
  return ok({ purpose, store, secret: body.slice(body.length - SECRET_BYTES) });
}

function checkOf(crypto: Crypto, body: Uint8Array): Uint8Array {
  return crypto.sha256(body).subarray(0, CHECK_BYTES);
}
