import type { StoreAway } from "../api/views.ts";
import type { StoreFacts } from "./port.ts";

/**
 * What people see of a store that does not answer. One that is called for the first time is not
 * away yet.
 */
export function awayFrom({ store, reach }: StoreFacts): StoreAway | undefined {
  const { state, error, answeredAt, nextTry } = reach();
  if (state === "online" || error === undefined) return undefined;
  return { store, since: answeredAt, error, ...(nextTry === undefined ? {} : { nextTry }) };
}
