import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLinearizable, type Operation } from "./linearizable.ts";

const NEVER = Number.POSITIVE_INFINITY;
const put = (start: number, end: number, value: string, answer?: "created" | "taken"): Operation => ({
  kind: "put",
  start,
  end,
  value,
  answer,
});
const get = (start: number, end: number, answer?: string): Operation => ({ kind: "get", start, end, answer });

describe("a history of one label is one of a cell written once", () => {
  test.each<[string, readonly Operation[]]>([
    ["of nothing", []],
    ["of one put", [put(0, 1, "a", "created")]],
    ["of a put, and another that is too late", [put(0, 1, "a", "created"), put(2, 3, "b", "taken"), get(4, 5, "a")]],
    ["of the same bytes twice", [put(0, 1, "a", "created"), put(2, 3, "a", "created")]],
    ["of two at once, of which the later to begin wins", [put(0, 9, "a", "taken"), put(1, 8, "b", "created")]],
    ["of a put without an answer that took effect", [put(0, NEVER, "a"), put(5, 6, "b", "taken"), get(7, 8, "a")]],
    ["of a put without an answer that never did", [put(0, NEVER, "a"), put(5, 6, "b", "created"), get(7, 8, "b")]],
    ["of a put without an answer that came very late", [put(0, NEVER, "a"), get(5, 6), get(7, 8, "a")]],
    ["of a get while it is put", [get(0, 9), put(1, 8, "a", "created"), get(2, 7, "a")]],
  ])("%s", (_, history) => {
    expect(isLinearizable(history)).toBe(true);
  });
});

describe("a history of one label is found out", () => {
  test.each<[string, readonly Operation[]]>([
    ["with two winners", [put(0, 1, "a", "created"), put(2, 3, "b", "created")]],
    ["with two winners at once", [put(0, 9, "a", "created"), put(1, 8, "b", "created")]],
    ["with no winner at all", [put(0, 1, "a", "taken")]],
    ["with two losers at once and nobody else", [put(0, 9, "a", "taken"), put(1, 8, "b", "taken")]],
    ["where the winner came after the loser had his answer", [put(0, 1, "a", "taken"), put(2, 3, "b", "created")]],
    ["where what was acknowledged is gone", [put(0, 1, "a", "created"), get(2, 3)]],
    [
      "where what was acknowledged is gone and written again",
      [put(0, 1, "a", "created"), put(2, 3, "b", "created"), get(4, 5, "b")],
    ],
    ["where a cell changes", [put(0, NEVER, "a"), put(0, NEVER, "b"), get(2, 3, "a"), get(4, 5, "b")]],
    ["where a cell comes and goes", [put(0, NEVER, "a"), get(2, 3, "a"), get(4, 5)]],
    ["where somebody reads what nobody wrote", [put(0, 1, "a", "created"), get(2, 3, "c")]],
    ["where a put is read before it began", [get(0, 1, "a"), put(2, 3, "a", "created")]],
    ["where the loser's bytes are read", [put(0, 1, "a", "created"), put(2, 3, "b", "taken"), get(4, 5, "b")]],
    ["where the same bytes are refused", [put(0, 1, "a", "created"), put(2, 3, "a", "taken")]],
  ])("%s", (_, history) => {
    expect(isLinearizable(history)).toBe(false);
  });

  test("whatever one answer of a true history is turned into its opposite", () => {
    const script = fc.array(fc.record({ value: fc.constantFrom("a", "b", "c"), pause: fc.nat(3), time: fc.nat(20) }), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(script, fc.nat(), (steps, choice) => {
        let [moment, kept]: [number, string | undefined] = [0, undefined];
        const history = steps.map(({ value, pause, time }) => {
          moment += 1 + pause;
          kept ??= value;
          return put(moment - time, moment + time, value, kept === value ? "created" : "taken");
        });
        expect(isLinearizable(history)).toBe(true);
        const at = choice % history.length;
        const apart = steps.map((_, i) => ({ ...(history[i] as Operation), start: i * 2, end: i * 2 + 1 }));
        const spoilt = apart.map((operation, i) =>
          i === at && operation.kind === "put" && operation.answer !== undefined
            ? put(operation.start, operation.end, operation.value, operation.answer === "taken" ? "created" : "taken")
            : (operation as Operation),
        );
        expect(isLinearizable(apart as Operation[])).toBe(true);
        expect(isLinearizable(spoilt)).toBe(false);
      }),
    );
  });
});
