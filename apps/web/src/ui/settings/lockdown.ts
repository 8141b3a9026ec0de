import { useLive } from "../use-live.ts";

/** Whether a lockdown is on: only verified contacts are heard, and nothing leads anywhere. */
export const useLockdown = (): boolean => useLive("settings", {})?.lockdown === true;
