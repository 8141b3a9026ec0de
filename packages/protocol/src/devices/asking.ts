/**
 * What all requests of one own device to the others share: a place of a day, two objects whose
 * seeds follow from it, and a key of the KEM. Sections 7.5 and 7.6.
 */
import { concat, kdf, type Crypto } from "../crypto/index.ts";
import { isUint } from "../object/index.ts";
import { u32 } from "../object/bytes.ts";

export const KEM_KEY_BYTES = 1_216;
export const ENC_BYTES = 1_120;

/** On which day since 1970, by the clock of who asks, and the how-manieth. */
export interface DayPlace {
  readonly day: number;
  readonly index: number;
}

/** Throws RangeError outside of the days and of the requests that a day has room for. */
export function bytesOfDay({ day, index }: DayPlace, room: number): Uint8Array {
  if (!isUint(day) || day > 0xffff_ffff) throw new RangeError("a day is a number of 32 bits");
  if (!isUint(index) || index >= room) throw new RangeError("no such request");
  return concat(u32(day), Uint8Array.of(index));
}

/** The seeds of a request and of its answer. `context`: the place. Each seals one object, ever. */
export function askingSeeds(
  crypto: Crypto,
  secret: Uint8Array,
  { name, context }: { readonly name: string; readonly context: Uint8Array },
): { readonly request: Uint8Array; readonly answer: Uint8Array } {
  return {
    request: kdf(crypto, secret, name, context),
    answer: kdf(crypto, secret, `${name} answer`, context),
  };
}
