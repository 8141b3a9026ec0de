import type { ClockState, DayKeeper } from "./day-keeper.ts";
import type { Log } from "../base/event-log.ts";
import type { Storage } from "../storage/storage.ts";

/** Settles a clock in doubt, and deletes the days beyond the retention. */
export interface Upkeep {
  /** The day to write on now. */
  day(): number;
  /** How the clock compared with the newest day at the last look. */
  clockState(): ClockState;
  /** Runs one round. A timer runs one every minute too. */
  round(): Promise<void>;
  stop(): void;
}

export const createUpkeep = (options: {
  readonly storage: Storage;
  readonly days: DayKeeper;
  readonly retentionDays: number;
  readonly everyMs: number;
  readonly log: Log;
  readonly failed: (error: unknown) => void;
}): Upkeep => {
  const { storage, days, retentionDays, log } = options;
  let lastState: ClockState = "sure";
  let redateTo: number | undefined;

  const look = (): { day: number; state: ClockState } => {
    const { day, state, settled } = days.look();
    if (settled) redateTo = day;
    if (state !== lastState) log(state === "sure" ? "info" : "warn", `clock_${state}`);
    lastState = state;
    return { day, state };
  };
  const round = async (): Promise<void> => {
    const { day, state } = look();
    if (redateTo !== undefined) await storage.redate(redateTo);
    redateTo = undefined;
    if (state !== "sure") return;
    const deleted = await storage.expire(day - retentionDays);
    if (deleted.length > 0) log("info", "days_expired", { days: deleted.length });
  };
  const timer = setInterval(() => {
    round().catch(options.failed);
  }, options.everyMs);
  timer.unref();
  return {
    day: () => {
      const { day } = look();
      return redateTo === undefined ? day : (storage.lastDay() ?? day);
    },
    clockState: () => lastState,
    round,
    stop: () => clearInterval(timer),
  };
};
