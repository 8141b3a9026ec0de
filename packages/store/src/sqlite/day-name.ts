/** `2026-11-23.db`: the name of a day's file. */
export const nameFromDay = (day: number): string => `${isoFromDay(day)}.db`;

const isoFromDay = (day: number): string => {
  const iso = new Date(day * 86_400_000).toISOString();
  return iso.slice(0, iso.indexOf("T"));
};

/** The day a file name stands for, if it is exactly one of ours. */
export const dayFromName = (name: string): number | undefined => {
  const match = /^(\+?\d{4,6}-\d\d-\d\d)\.db$/.exec(name);
  if (match?.[1] === undefined) return undefined;
  const day = Date.parse(`${match[1]}T00:00:00.000Z`) / 86_400_000;
  return Number.isInteger(day) && nameFromDay(day) === name ? day : undefined;
};
