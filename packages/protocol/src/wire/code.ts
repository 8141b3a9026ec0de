/**
 * What a store says when it refuses, with the number each has on the wire. Numbers are never
 * reused.
 */
const NUMBERS = {
  bad_frame: 1,
  unsupported_version: 2,
  wrong_size: 3,
  unknown_feed: 4,
  too_many_requests: 5,
  store_full: 6,
  store_busy: 7,
  hello_expected: 8,
  shutting_down: 9,
  internal: 10,
  position_beyond: 11,
} as const;

/**
 * The stable code of a refusal.
 *
 * - `bad_frame` not a frame of this version; `wrong_size` a put of anything but one cell or block
 * - `unsupported_version` no version in common; `hello_expected` a request before hello, or a
 *   second hello
 * - `unknown_feed` this store has no such feed
 * - `too_many_requests` slow down; `store_busy` too many requests wait on this connection or in the
 *   store: nothing was stored
 * - `store_full` the store's disk is full: nothing was stored, reads go on
 * - `position_beyond` a follow from a position the feed has not reached: the store was replaced
 * - `shutting_down` the store stops; whatever was not answered may be tried again
 * - `internal` the store failed; it is not known whether the request took effect, and a put may be
 *   repeated safely
 */
export type WireCode = keyof typeof NUMBERS;

const CODES: readonly (WireCode | undefined)[] = (() => {
  const codes: (WireCode | undefined)[] = [];
  for (const [code, number] of Object.entries(NUMBERS)) codes[number] = code as WireCode;
  return codes;
})();

/** Every code, for tests and documents. */
export const WIRE_CODES: readonly WireCode[] = Object.keys(NUMBERS) as WireCode[];

export const numberFromCode = (code: WireCode): number => NUMBERS[code];

export const codeFromNumber = (number: number): WireCode | undefined => CODES[number];
