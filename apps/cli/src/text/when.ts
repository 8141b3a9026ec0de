/** Writes dates and times as a language does, in the time zone of this machine. */
export interface When {
  time(at: number): string;
  day(at: number): string;
  /** Day and time, for a deadline. */
  moment(at: number): string;
  /** The same key for two times of one day. */
  dayKey(at: number): string;
  /** The time if it is today, otherwise the date. */
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
