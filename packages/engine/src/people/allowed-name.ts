import { parseName } from "@pli/protocol/identity";
import { PliError } from "../runtime/errors.ts";

/**
 * A name as it is kept. Throws what `parseName` says of one that cannot be: `name_too_long`,
 * `name_not_allowed`.
 */
export function allowedName(wanted: string): string {
  const name = parseName(wanted);
  if (!name.ok) throw new PliError(name.error);
  return name.value;
}

/** The same for a name that only this person sees: they may also give none, which is empty. */
export const nameOfOnesOwn = (wanted: string): string => (wanted.trim() === "" ? "" : allowedName(wanted));
