import { DAY_MS } from "../../base/clock.ts";

/** `2026-11-23`: a day as files and folders are named. */
export const isoFromDay = (day: number): string => {
  const iso = new Date(day * DAY_MS).toISOString();
  return iso.slice(0, iso.indexOf("T"));
};

/** The day of a name; undefined when it is not exactly one of ours. */
export const dayFromIso = (name: string): number | undefined => {
  if (!/^\+?\d{4,6}-\d\d-\d\d$/.test(name)) return undefined;
  const day = Date.parse(`${name}T00:00:00.000Z`) / DAY_MS;
  return Number.isInteger(day) && isoFromDay(day) === name ? day : undefined;
};
