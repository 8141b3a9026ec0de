import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  encodeSelfEntries,
  isLaterEntry,
  laterStamp,
  parseSelfEntries,
  stampAfter,
  type SelfEntry,
  type Stamp,
} from "@pli/protocol/self";

const MAX = 1_000_000;
const keys = fc.constantFrom("settings/lockdown", "contact/ab12", "read/00ff", "muted/00ff", "draft/00ff", "seen/ab12");
const values = fc.uint8Array({ maxLength: 40 });
const entries: fc.Arbitrary<SelfEntry> = fc.record({
  key: keys,
  value: values,
  at: fc.integer({ min: 0, max: 2_000_000_000_000 }),
  count: fc.nat(3),
  device: fc.uint8Array({ minLength: 16, maxLength: 16 }),
});

describe("entries of the self conversation", () => {
  test("come back as they were", () => {
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 20 }), (all) => {
        expect(parseSelfEntries(encodeSelfEntries(all), MAX)).toEqual({ ok: true, value: all });
      }),
      { numRuns: propertyRuns(50) },
    );
  });

  test("cut anywhere, or longer, are refused", () => {
    const bytes = encodeSelfEntries([entryOf({}), entryOf({ key: "read/aa" })]);
    for (let length = 0; length < bytes.length; length++)
      expect(parseSelfEntries(bytes.subarray(0, length), MAX).ok).toBe(false);
    expect(parseSelfEntries(Uint8Array.of(...bytes, 0), MAX).ok).toBe(false);
    expect(parseSelfEntries(bytes, bytes.length - 1).ok).toBe(false);
  });

  test.each([
    ["a key that a person could have written", { key: "contact/é" }],
    ["a key without a name", { key: "/a" }],
    ["a value that is too long", { value: new Uint8Array(16_385) }],
    ["a moment after the year 9999", { at: 253_402_300_800_000 }],
    ["a device of another length", { device: new Uint8Array(15) }],
  ])("with %s are refused", (_, change) => {
    expect(parseSelfEntries(encodeSelfEntries([entryOf(change)]), MAX).ok).toBe(false);
  });

  test("of one key have one order, whatever they are", () => {
    fc.assert(
      fc.property(entries, entries, entries, (a, b, c) => {
        expect(isLaterEntry(a, b) && isLaterEntry(b, a)).toBe(false);
        expect(isLaterEntry(a, b) && isLaterEntry(b, c) && !isLaterEntry(a, c)).toBe(false);
        expect(isLaterEntry(a, a)).toBe(false);
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});

/** What a device does: set a value by a clock that may be wrong, or read one of what others set. */
interface Act {
  readonly by: number;
  readonly key: string;
  readonly value: Uint8Array;
  readonly clock: number;
  readonly reads: readonly number[];
}
const DEVICES = 4;
const acts: fc.Arbitrary<Act> = fc.record({
  by: fc.nat(DEVICES - 1),
  key: keys,
  value: values,
  clock: fc.constantFrom(1_700_000_000_000, 1_700_000_000_001, 1_900_000_000_000, 5),
  reads: fc.array(fc.nat(60), { maxLength: 6 }),
});

class Device {
  readonly map = new Map<string, SelfEntry>();
  last: Stamp = { at: 0, count: 0 };
  readonly id: Uint8Array;
  constructor(id: Uint8Array) {
    this.id = id;
  }

  set(key: string, value: Uint8Array, now: number): SelfEntry {
    this.last = stampAfter(this.last, now);
    const entry = { key, value, ...this.last, device: this.id };
    this.take(entry);
    return entry;
  }

  take(entry: SelfEntry): void {
    const known = this.map.get(entry.key);
    if (known === undefined || isLaterEntry(entry, known)) this.map.set(entry.key, entry);
    this.last = laterStamp(this.last, entry);
  }
}

describe("devices of one person", () => {
  test("come to the same values in whatever order they hear of them, twice or late", () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 40 }), fc.array(fc.nat(200), { maxLength: 80 }), (done, order) => {
        const { devices, said } = play(done);
        for (const [i, device] of devices.entries()) {
          const twice = order.map((at) => (at * (i + 1)) % Math.max(1, said.length));
          for (const at of twice) for (const entry of said.slice(at, at + 1)) device.take(entry);
          for (const entry of i % 2 === 0 ? said : said.toReversed()) device.take(entry);
        }
        const [first, ...others] = devices.map(({ map }) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
        for (const other of others) expect(other).toEqual(first);
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  test("set what counts after all they have heard of, also when a clock was years ahead", () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 40 }), keys, (done, key) => {
        const { devices, said } = play(done);
        const [one, other] = devices as [Device, Device];
        for (const entry of said) one.take(entry);
        const last = one.set(key, Uint8Array.of(1), 1_700_000_000_000);
        for (const entry of [last, ...said]) other.take(entry);
        expect(other.map.get(key)).toEqual(last);
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});

function play(done: readonly Act[]): { devices: Device[]; said: SelfEntry[] } {
  const devices = Array.from({ length: DEVICES }, (_, i) => new Device(new Uint8Array(16).fill(i + 1)));
  const said: SelfEntry[] = [];
  for (const { by, key, value, clock, reads } of done) {
    for (const device of devices.slice(by, by + 1)) {
      for (const at of reads) for (const entry of said.slice(at, at + 1)) device.take(entry);
      said.push(device.set(key, value, clock));
    }
  }
  return { devices, said };
}

function entryOf(change: Partial<SelfEntry>): SelfEntry {
  return { key: "contact/ab12", value: Uint8Array.of(1), at: 5, count: 0, device: new Uint8Array(16), ...change };
}
