import { describe, expect, test } from "vitest";
import { createHotTail } from "../../../src/engines/log/hot-tail.ts";
import { RECORD_BYTES } from "../../../src/engines/log/record.ts";

describe("the hot tail", () => {
  test("has the newest records, in pieces as they lie", () => {
    const hot = createHotTail(4);
    for (let number = 0; number < 6; number += 1) hot.memory.fill(number, hot.reserve()).fill(0, 4 * RECORD_BYTES);
    expect([0, 1, 2, 5, 6].map((number) => hot.find(number) !== undefined)).toEqual([false, false, true, true, false]);
    expect(hot.pieces(6)).toEqual([]);
    expect(hot.pieces(4).map(({ length }) => length)).toEqual([2 * RECORD_BYTES]);
    expect(hot.pieces(2).map(({ length }) => length)).toEqual([2 * RECORD_BYTES, 2 * RECORD_BYTES]);
  });

  test("does not have what was taken back, nor what that had overwritten", () => {
    const hot = createHotTail(4);
    for (let number = 0; number < 6; number += 1) hot.reserve();
    hot.rewind(4);
    expect([1, 2, 3, 4, 5].map((number) => hot.find(number) !== undefined)).toEqual([false, true, true, false, false]);
  });
});
