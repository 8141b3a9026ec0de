import type { Language, Words } from "../words/index.ts";

/** Dates, numbers and sizes as a language writes them. */
export interface Format {
  time(at: number): string;
  /** A day in a thread: today, yesterday, or the date in full. */
  day(at: number, now: number): string;
  /** A moment in a list, as short as it can be. */
  moment(at: number, now: number): string;
  date(at: number): string;
  dateTime(at: number): string;
  number(value: number): string;
  bytes(value: number): string;
  /** "in 3 days", "in 20 minutes". */
  until(at: number, now: number): string;
  /** "in 12 seconds"; longer waits in minutes, hours or days. */
  soon(at: number, now: number): string;
  duration(seconds: number): string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function dayOf(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

export function daysBetween(at: number, now: number): number {
  return Math.round((dayOf(now) - dayOf(at)) / DAY);
}

/** The text as a sentence or a label begins. */
export function capital(text: string): string {
  return text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
}

const UNITS = ["kilobyte", "megabyte", "gigabyte"] as const;

function bytesIn(locale: string, value: number): string {
  let amount = value / 1000;
  let unit = 0;
  for (; amount >= 1000 && unit < UNITS.length - 1; unit++) amount /= 1000;
  const digits = amount < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: UNITS[unit] ?? "gigabyte",
    maximumFractionDigits: digits,
  }).format(amount);
}

/** The largest unit that fits, and how many of it. */
function span(milliseconds: number): [number, "day" | "hour" | "minute"] {
  if (milliseconds >= 2 * DAY) return [Math.round(milliseconds / DAY), "day"];
  if (milliseconds >= 2 * HOUR) return [Math.round(milliseconds / HOUR), "hour"];
  return [Math.max(1, Math.round(milliseconds / MINUTE)), "minute"];
}

export function createFormat(language: Language, words: Words): Format {
  const locale = language === "en" ? "en-GB" : "fr";
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options);
  const time = format({ hour: "2-digit", minute: "2-digit" });
  const weekday = format({ weekday: "long" });
  const short = format({ day: "numeric", month: "short" });
  const old = format({ day: "2-digit", month: "2-digit", year: "numeric" });
  const dayLong = format({ weekday: "long", day: "numeric", month: "long" });
  const full = format({ day: "numeric", month: "long", year: "numeric" });
  const both = format({ day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "always" });
  const numbers = new Intl.NumberFormat(locale);
  const sameYear = (a: number, b: number) => new Date(a).getFullYear() === new Date(b).getFullYear();

  return {
    time: (at) => time.format(at),
    day(at, now) {
      const days = daysBetween(at, now);
      if (days === 0) return words.time.today;
      if (days === 1) return words.time.yesterday;
      return capital((sameYear(at, now) ? dayLong : full).format(at));
    },
    moment(at, now) {
      const days = daysBetween(at, now);
      if (days <= 0) return time.format(at);
      if (days === 1) return words.time.yesterday;
      if (days < 7) return capital(weekday.format(at));
      return (sameYear(at, now) ? short : old).format(at);
    },
    date: (at) => full.format(at),
    dateTime: (at) => both.format(at),
    number: (value) => numbers.format(value),
    bytes: (value) => bytesIn(locale, value),
    until: (at, now) => relative.format(...span(at - now)),
    soon(at, now) {
      const seconds = Math.max(1, Math.ceil((at - now) / 1000));
      return seconds < 120 ? relative.format(seconds, "second") : relative.format(...span(at - now));
    },
    duration(seconds) {
      const [value, unit] = span(Math.abs(seconds) * 1000);
      return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
    },
  };
}
