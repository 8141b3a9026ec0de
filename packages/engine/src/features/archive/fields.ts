/** Fields of somebody's file: checked one by one, never trusted. */
import { parseName } from "@pli/protocol/identity";

/** A name that may be shown; else, as for somebody whose name nobody told, a piece of the id. */
export function nameFrom(value: unknown, id: string): string {
  const name = typeof value === "string" ? parseName(value) : undefined;
  return name?.ok === true ? name.value : id.slice(0, SHORT_ID);
}

export const isId = (value: unknown): value is string => typeof value === "string" && ID.test(value);

/** Whether it is a whole number from 0 to `most`. */
export const isUpTo = (value: unknown, most: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;

const SHORT_ID = 8;
const ID = /^[0-9a-f]{16,128}$/;
