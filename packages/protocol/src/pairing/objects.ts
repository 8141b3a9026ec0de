import { kdf, type Crypto } from "../crypto/index.ts";

/** Which side of the invitation we are on. */
export type Role = "inviter" | "responder";

/** The objects of a pairing, each under a seed of its own, each written once. */
export type PairingObject =
  | "bundle"
  | "revoked"
  | "hello"
  | "answer"
  | "reveal"
  | "inviterConfirmed"
  | "responderConfirmed"
  | "inviterRefused"
  | "responderRefused";

type Description = { readonly from: "link" | "channel"; readonly seed: string; readonly maxBytes: number };

/** All are below 64 KiB, so all are cells. */
const OBJECTS: Readonly<Record<PairingObject, Description>> = {
  bundle: { from: "link", seed: "pairing bundle", maxBytes: 2048 },
  revoked: { from: "link", seed: "pairing revoked", maxBytes: 64 },
  hello: { from: "link", seed: "pairing hello", maxBytes: 32_768 },
  answer: { from: "channel", seed: "pairing answer", maxBytes: 16_384 },
  reveal: { from: "channel", seed: "pairing reveal", maxBytes: 64 },
  inviterConfirmed: { from: "channel", seed: "pairing inviter confirmed", maxBytes: 49_152 },
  responderConfirmed: { from: "channel", seed: "pairing responder confirmed", maxBytes: 128 },
  inviterRefused: { from: "channel", seed: "pairing inviter refused", maxBytes: 64 },
  responderRefused: { from: "channel", seed: "pairing responder refused", maxBytes: 64 },
};

export const MAX_KEY_PACKAGE_BYTES = 16_384;
export const MAX_WELCOME_BYTES = 48_000;

/**
 * Where an object of a pairing is. `secrets` holds the one it derives from: the link's, or the
 * channel's.
 */
export function seedOf(
  crypto: Crypto,
  name: PairingObject,
  secrets: { readonly link?: Uint8Array; readonly channel?: Uint8Array },
): Uint8Array {
  const { from, seed } = OBJECTS[name];
  const secret = secrets[from];
  if (secret === undefined) throw new Error(`no ${from} secret for ${name}`);
  return kdf(crypto, secret, seed);
}

export const maxBytesOf = (name: PairingObject): number => OBJECTS[name].maxBytes;

export const confirmedBy = (role: Role): PairingObject => `${role}Confirmed`;
export const refusedBy = (role: Role): PairingObject => `${role}Refused`;
export const otherRole = (role: Role): Role => (role === "inviter" ? "responder" : "inviter");
