import { expect, test } from "vitest";
import { mergeOf } from "../src/runtime/merge.ts";

test("what parts have under a name is one record, and parts without it add nothing", () => {
  const parts = { one: { calls: { a: 1, b: 2 } }, other: { calls: { c: 3 }, life: {} }, none: {} };
  expect(mergeOf(parts, "calls")).toEqual({ a: 1, b: 2, c: 3 });
});

test("two parts with an entry of the same name are a mistake", () => {
  expect(() => mergeOf({ one: { calls: { a: 1 } }, other: { calls: { a: 2 } } }, "calls")).toThrow("calls");
});
