/** Dates and times as people of a language write them, in this machine's time zone. */
export interface When {
  time(at: number): string;
  day(at: number): string;
  /** Day and time, for a deadline. */
  moment(at: number): string;
  /** Two times of the same day give the same key. */
  dayKey(at: number): string;
  /** Short, for a list: the time today, otherwise the date. */
  short(at: number, now: number): string;
}

export function createWhen(locale: string): When {
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  const date = new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "2-digit" });
  const dayKey = (at: number) => date.format(at);
  return {
    time: (at) => time.format(at),
    day: (at) => day.format(at),
    moment: (at) => moment.format(at),
    dayKey,
    short: (at, now) => (dayKey(at) === dayKey(now) ? time.format(at) : date.format(at)),
  };
}
