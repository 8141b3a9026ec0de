/** `2026-11-23`: a day in the names of files and folders. */
export const isoFromDay = (day: number): string => {
  const iso = new Date(day * 86_400_000).toISOString();
  return iso.slice(0, iso.indexOf("T"));
};

/** The day a name stands for, if it is exactly one of ours. */
export const dayFromIso = (name: string): number | undefined => {
  if (!/^\+?\d{4,6}-\d\d-\d\d$/.test(name)) return undefined;
  const day = Date.parse(`${name}T00:00:00.000Z`) / 86_400_000;
  return Number.isInteger(day) && isoFromDay(day) === name ? day : undefined;
};
