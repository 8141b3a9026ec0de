/** Values that several commands take. */
import { extra, valueWrong, wordsWrong, type UsageError } from "./errors.ts";
import type { Typed } from "./tokens.ts";

/** `on`, `off`, or undefined where neither was typed: then the setting is shown. */
export function switchFrom([value, ...rest]: readonly string[]): { on: boolean | undefined } | UsageError {
  if (value !== undefined && value !== "on" && value !== "off") return wordsWrong(value, ["on", "off"]);
  return extra(rest, 0) ?? { on: value === undefined ? undefined : value === "on" };
}

/** A number may have this many digits, leading zeros included, even if the largest has fewer. */
const LEADING = 6;

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** The whole number that an option gives, or `otherwise` where the option was not typed. */
export function numberFrom<T>(
  { options }: Typed,
  option: string,
  { least, most }: Bounds,
  otherwise: T,
): number | T | UsageError {
  const text = options.get(option);
  if (text === undefined) return otherwise;
  const digits = Math.max(LEADING, String(most).length);
  const number = new RegExp(`^\\d{1,${digits}}$`, "u").test(text) ? Number(text) : -1;
  return number >= least && number <= most ? number : valueWrong(`--${option}`, { what: "number", least, most });
}
