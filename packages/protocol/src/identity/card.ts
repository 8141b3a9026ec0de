import type { Crypto } from "../crypto/index.ts";
import { bytesOf, encodeCbor, exactly, isUint, parseMap, textUpTo } from "../object/index.ts";
import { err, ok, type Result } from "../wire/index.ts";
import { PATH_BYTES, isGeneration, profileIdFrom, type Place, type ProfileId } from "./generations.ts";
import { MAX_NAME_CHARS, parseName } from "./name.ts";
import { ED_KEY_BYTES, ED_SIGNATURE_BYTES, ML_DSA_KEY_BYTES, ML_DSA_SIGNATURE_BYTES } from "./secret.ts";
import { signTwice, verifyTwice, type IdentitySecret } from "./secret.ts";

/**
 * What a person shows of themselves: a name and the two public keys of their present generation,
 * with its place, signed by both. `issuedAt` in seconds since 1970. `bytes` is the whole card as
 * received, the form that is kept, sent on and hashed. Section 6.
 */
export type Card = Place & {
  readonly id: ProfileId;
  readonly name: string;
  readonly edKey: Uint8Array;
  readonly mlDsaKey: Uint8Array;
  readonly issuedAt: number;
  readonly bytes: Uint8Array;
};
type CardFields = Pick<Card, "generation" | "path" | "name" | "edKey" | "mlDsaKey" | "issuedAt">;

export const MAX_CARD_BYTES = 8192;
const PURPOSE = "pli card v2";
const SHAPE = {
  v: exactly(2),
  generation: isGeneration,
  path: bytesOf(PATH_BYTES),
  name: textUpTo(2 * MAX_NAME_CHARS),
  edKey: bytesOf(ED_KEY_BYTES),
  mlDsaKey: bytesOf(ML_DSA_KEY_BYTES),
  issuedAt: isUint,
  edSignature: bytesOf(ED_SIGNATURE_BYTES),
  mlDsaSignature: bytesOf(ML_DSA_SIGNATURE_BYTES),
} as const;

/** A signed card; throws on a name `parseName` refuses. `now` in seconds since 1970. */
export function createCard(crypto: Crypto, identity: IdentitySecret, name: string, now: number): Card {
  const parsed = parseName(name);
  if (!parsed.ok) throw new RangeError(parsed.error);
  const fields = {
    generation: identity.generation,
    path: identity.path,
    name: parsed.value,
    edKey: identity.sign.publicKey,
    mlDsaKey: identity.mlDsa.publicKey,
    issuedAt: now,
  };
  const signature = signTwice(crypto, identity, PURPOSE, encodeUnsigned(fields));
  return { ...fields, id: identity.id, bytes: encodeCbor({ v: 2, ...fields, ...signature }) };
}

/**
 * A card whose two signatures hold and whose name is one `parseName` gives. At most 8 KiB,
 * canonical CBOR.
 */
export function parseCard(crypto: Crypto, bytes: Uint8Array): Result<Card, "card_malformed" | "card_not_authentic"> {
  const card = parseMap(bytes, MAX_CARD_BYTES, SHAPE);
  if (card === undefined || !isNormal(card.name)) return err("card_malformed");
  if (!verifyTwice(crypto, card, PURPOSE, encodeUnsigned(card), card)) return err("card_not_authentic");
  const { generation, path, name, edKey, mlDsaKey, issuedAt } = card;
  const id = profileIdFrom(crypto, { generation, path, edKey, mlDsaHash: crypto.sha256(mlDsaKey) });
  return ok({ id, generation, path, name, edKey, mlDsaKey, issuedAt, bytes: bytes.slice() });
}

function encodeUnsigned({ generation, path, name, edKey, mlDsaKey, issuedAt }: CardFields): Uint8Array {
  return encodeCbor({ v: 2, generation, path, name, edKey, mlDsaKey, issuedAt });
}

function isNormal(name: string): boolean {
  const parsed = parseName(name);
  return parsed.ok && parsed.value === name;
}
