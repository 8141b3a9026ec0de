/**
 * A second copy of the recovery secret, which a passkey opens: devices keep it sealed and store it
 * again and again, and none of them can open it. docs/protocol.md, section 8.3.
 */
import { concat, kdf, utf8, type Crypto } from "../crypto/index.ts";
import { RECOVERY_SECRET_BYTES, recoverySecretFrom, type RecoverySecret } from "../identity/index.ts";
import { bytesOf, bytesUpTo, encodeCbor, exactly, isUint, parseMap, type Shaped } from "../object/index.ts";
import { u64, u64From } from "../object/bytes.ts";
import { err, ok, type Result } from "../wire/index.ts";

const VERSION = 1;
const SALT_BYTES = 32;
/** A newer version may be longer: a device keeps what it cannot read. */
const MAX_SEALED_BYTES = 512;
const MAX_COPY_BYTES = 1_024;
const COPY = { v: exactly(VERSION), place: bytesOf(32), sealed: bytesUpTo(MAX_SEALED_BYTES), madeAt: isUint } as const;

/**
 * What devices keep of a copy and tell each other. `place`: as the secret of backups, it names
 * where the copy stands in the store. `madeAt` in ms.
 */
export type PasskeyCopy = Omit<Shaped<typeof COPY>, "v">;

/** What a passkey gives for Pli, by the extension `prf` of WebAuthn. */
export const PASSKEY_SECRET_BYTES = 32;

export function createPasskeyCopy(
  crypto: Crypto,
  p: { readonly passkey: Uint8Array; readonly secret: RecoverySecret; readonly madeAt: number },
): PasskeyCopy {
  const { passkey, secret, madeAt } = p;
  const place = passkeyPlace(crypto, passkey);
  const salt = crypto.random(SALT_BYTES);
  const content = concat(secret, u64(madeAt));
  const sealed = crypto.aeadSeal(keyFrom(crypto, passkey, salt), new Uint8Array(12), content, aadOf(place));
  crypto.wipe(content);
  return { place, sealed: concat(Uint8Array.of(VERSION), salt, sealed), madeAt };
}

/** Where the copy of this passkey stands: the holder of the place can open nothing there. */
export function passkeyPlace(crypto: Crypto, passkey: Uint8Array): Uint8Array {
  return kdf(crypto, rootOf(crypto, passkey), "passkey copy place");
}

/** `passkey_copy_sealed`: it was not sealed for this passkey. */
export function openPasskeyCopy(
  crypto: Crypto,
  passkey: Uint8Array,
  sealed: Uint8Array,
): Result<{ secret: RecoverySecret; copy: PasskeyCopy }, "passkey_copy_sealed" | "passkey_copy_newer"> {
  const version = sealed[0];
  if (version === undefined || version === 0) return err("passkey_copy_sealed");
  if (version > VERSION) return err("passkey_copy_newer");
  const salt = sealed.subarray(1, 1 + SALT_BYTES);
  if (salt.length < SALT_BYTES) return err("passkey_copy_sealed");
  const place = passkeyPlace(crypto, passkey);
  const box = sealed.subarray(1 + SALT_BYTES);
  const content = crypto.aeadOpen(keyFrom(crypto, passkey, salt), new Uint8Array(12), box, aadOf(place));
  if (content?.length !== RECOVERY_SECRET_BYTES + 8) return err("passkey_copy_sealed");
  const secret = recoverySecretFrom(content.subarray(0, RECOVERY_SECRET_BYTES));
  const madeAt = u64From(content.subarray(RECOVERY_SECRET_BYTES));
  crypto.wipe(content);
  if (secret === undefined || !isUint(madeAt)) return err("passkey_copy_sealed");
  return ok({ secret, copy: { place, sealed: sealed.slice(), madeAt } });
}

export function encodePasskeyCopy({ place, sealed, madeAt }: PasskeyCopy): Uint8Array {
  return encodeCbor({ v: VERSION, place, sealed, madeAt });
}

export function parsePasskeyCopy(bytes: Uint8Array): Result<PasskeyCopy, "passkey_copy_malformed"> {
  const fields = parseMap(bytes, MAX_COPY_BYTES, COPY);
  if (fields === undefined) return err("passkey_copy_malformed");
  const { v: _, ...copy } = fields;
  return ok(copy);
}

const keyFrom = (crypto: Crypto, passkey: Uint8Array, salt: Uint8Array): Uint8Array =>
  kdf(crypto, rootOf(crypto, passkey), "passkey copy", salt);

const aadOf = (place: Uint8Array): Uint8Array => concat(utf8("pli passkey copy v1\0"), place);

function rootOf(crypto: Crypto, passkey: Uint8Array): Uint8Array {
  if (passkey.length !== PASSKEY_SECRET_BYTES) throw new RangeError("a passkey gives 32 bytes");
  return crypto.hkdfExtract("sha256", utf8("pli passkey copy v1"), passkey);
}
