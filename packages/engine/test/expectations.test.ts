import { tagOf, type Label } from "@pli/protocol/wire";
import { expect, test } from "vitest";
import { createExpectations, type Expectation } from "../src/delivery/feed/expectations.ts";

const label = (tag: number, rest: number): Label =>
  Uint8Array.of(0, 0, 0, 0, 0, tag, ...new Uint8Array(26).fill(rest)) as Label;
const expectation = (epoch: number): Expectation => ({ kind: "own", epoch });
const one = { label: label(1, 1), expectation: expectation(1) };
const same = { label: label(1, 2), expectation: expectation(2) };
const other = { label: label(2, 3), expectation: expectation(3) };

test("expected labels are found by their tag, several under one, until they are dropped", () => {
  const expectations = createExpectations();
  expectations.set("family", "a", [one, other]);
  expectations.set("family", "b", [same]);
  expect(expectations.tagged(tagOf(one.label))).toEqual([one.label, same.label]);
  expect(expectations.tagged(tagOf(other.label))).toEqual([other.label]);
  expectations.set("family", "a", [other]);
  expect(expectations.tagged(tagOf(one.label))).toEqual([same.label]);
  expectations.drop("family");
  expect(expectations.tagged(tagOf(one.label))).toEqual([]);
  expect(expectations.tagged(tagOf(other.label))).toEqual([]);
});

test("a label expected again for another reason is there once", () => {
  const expectations = createExpectations();
  expectations.set("family", "a", [one]);
  expectations.set("other", "a", [{ label: one.label, expectation: expectation(9) }]);
  expect(expectations.tagged(tagOf(one.label))).toEqual([one.label]);
  expect(expectations.find(one.label)).toEqual(expectation(9));
  expectations.clear();
  expect(expectations.tagged(tagOf(one.label))).toEqual([]);
});
