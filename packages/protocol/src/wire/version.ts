import { WIRE_VERSION } from "./limits.ts";
import { err, ok, type Result } from "./result.ts";

/**
 * The version both sides will speak: the highest in common, from what a hello offers;
 * `unsupported_version` when none is.
 */
export const chooseVersion = (offer: {
  readonly minVersion: number;
  readonly maxVersion: number;
}): Result<number, "unsupported_version"> =>
  offer.minVersion <= WIRE_VERSION && WIRE_VERSION <= offer.maxVersion ? ok(WIRE_VERSION) : err("unsupported_version");
