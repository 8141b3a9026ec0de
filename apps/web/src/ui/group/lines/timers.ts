import type { Localization } from "../../language.tsx";

/** The times after which messages may disappear, in seconds; 0: they stay. */
export const TIMERS = [0, 3600, 86_400, 604_800, 2_419_200] as const;

/** After how long messages disappear, as the end of a sentence; for any time but never. */
export function timerText(seconds: number, { words, format }: Pick<Localization, "words" | "format">): string {
  const say = words.group.rules;
  const named: Record<number, string> = { 3600: say.hour, 86_400: say.day, 604_800: say.week, 2_419_200: say.month };
  return named[seconds] ?? say.after(format.duration(seconds));
}
