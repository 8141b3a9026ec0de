import type { Decoder, MLSMessage } from "ts-mls";
import { decodeMlsMessage, encodeMlsMessage } from "ts-mls/message.js";
import { err, ok } from "../../wire/result.ts";
import type { Result } from "../../wire/result.ts";
import type { GroupError } from "../group.ts";

type Kind = MLSMessage["wireformat"];
type MessageOf<K extends Kind> = MLSMessage & { wireformat: K };

/**
 * Exactly one MLSMessage of one kind. ts-mls accepts lengths that are not minimal and bytes that
 * trail: what does not encode back to the same bytes is refused.
 */
export function parseMlsMessage<K extends Kind>(
  bytes: Uint8Array,
  kind: K,
  maxBytes: number,
): Result<MessageOf<K>, GroupError> {
  if (bytes.length > maxBytes) return err("too_large");
  const message = decoded(decodeMlsMessage, bytes.slice());
  if (message === undefined) return err("malformed");
  if (!isKind(message, kind)) return err("wrong_kind");
  return encodesTo(bytes, () => encodeMlsMessage(message)) ? ok(message) : err("not_canonical");
}

/**
 * The value that all decoders of ts-mls mean to give, whether they refuse by undefined or by
 * throwing.
 */
export function decoded<T>(decode: Decoder<T>, bytes: Uint8Array): T | undefined {
  try {
    return decode(bytes, 0)?.[0];
  } catch {
    return undefined;
  }
}

/** Whether encoding gives these very bytes. */
export function encodesTo(bytes: Uint8Array, encode: () => Uint8Array): boolean {
  try {
    return sameBytes(bytes, encode());
  } catch {
    return false;
  }
}

/** Equality of public bytes; time depends on their content. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function isKind<K extends Kind>(message: MLSMessage, kind: K): message is MessageOf<K> {
  return message.wireformat === kind;
}
