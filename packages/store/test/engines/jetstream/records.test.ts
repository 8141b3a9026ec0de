import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DayRecord,
  encodeDays,
  encodeStoreRecord,
  parseDays,
  parseStoreRecord,
} from "../../../src/engines/jetstream/records.ts";

describe("the store's record", () => {
  const record = encodeStoreRecord({ storeId: new Uint8Array(16).fill(7) });

  test("is read as it was written", () => {
    expect(parseStoreRecord(record)).toEqual({ ok: true, value: { storeId: new Uint8Array(16).fill(7) } });
  });

  test("cut short, longer or of a later version is refused", () => {
    for (let end = 0; end < record.length; end += 1) {
      expect(parseStoreRecord(record.subarray(0, end))).toEqual({ ok: false, error: "data_damaged" });
    }
    expect(parseStoreRecord(Uint8Array.from([...record, 0])).ok).toBe(false);
    expect(parseStoreRecord(record.with(0, 2))).toEqual({ ok: false, error: "data_newer" });
  });
});

describe("the record of days", () => {
  const days: readonly DayRecord[] = [
    { day: 20_000, starts: {} },
    { day: 20_001, starts: { "pli-cells-0": 5, "pli-blocks-0": 1 } },
    { day: 20_004, starts: { "pli-cells-0": 5, "pli-blocks-0": 9, "pli-cells-1": 2 } },
  ];

  test("is read as it was written", () => {
    expect(parseDays(encodeDays(days))).toEqual({ ok: true, value: days });
    expect(parseDays(encodeDays([]))).toEqual({ ok: true, value: [] });
  });

  test("cut short anywhere is refused", () => {
    const bytes = encodeDays(days);
    for (let end = 0; end < bytes.length; end += 1) expect(parseDays(bytes.subarray(0, end)).ok).toBe(false);
  });

  test.each([
    ["days out of order", [days[1], days[0]]],
    ["a day twice", [days[0], days[0]]],
    ["a start that falls", [days[1], { day: 20_002, starts: { "pli-cells-0": 4, "pli-blocks-0": 1 } }]],
    ["a start that is gone", [days[1], { day: 20_002, starts: {} }]],
    ["a part of a day", [{ day: 1.5, starts: {} }]],
    ["a negative start", [{ day: 1, starts: { a: -1 } }]],
    ["a field we do not know", [{ day: 1, starts: {}, more: 1 }]],
    ["no list", { day: 1, starts: {} }],
  ])("with %s is refused", (_, wrong) => {
    expect(parseDays(Buffer.from(JSON.stringify(wrong)))).toEqual({ ok: false, error: "data_damaged" });
  });

  test("of any bytes is refused or read, and never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => typeof parseDays(bytes).ok === "boolean"));
    fc.assert(fc.property(fc.json(), (text) => typeof parseDays(Buffer.from(text)).ok === "boolean"));
  });
});
