import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { MAX_FRAGMENTS, payloadFromMessage, readPayload, restFirst } from "@pli/protocol/conversation";
import { concat, createCrypto, createSeededCrypto, utf8, type Crypto } from "@pli/protocol/crypto";
import {
  MAX_CELL_BODY,
  MAX_OBJECT_BYTES,
  objectReader,
  openCell,
  sealCell,
  type CellKind,
  type Put,
} from "@pli/protocol/object";
import type { Cell } from "@pli/protocol/wire";
import { putsFromPayload } from "../src/conversation/payload.ts";
import { labelFrom } from "../src/object/cell.ts";
import { u32 } from "../src/object/bytes.ts";
import { at } from "./group-people.ts";

type Body = { readonly kind: CellKind; readonly body: Uint8Array };

const FRAGMENT = MAX_CELL_BODY - 2;
const MOST = MAX_FRAGMENTS * FRAGMENT;
const KINDS: readonly CellKind[] = ["decoy", "whole", "fragment", "pointer"];

let crypto: Crypto;
beforeAll(async () => {
  crypto = createSeededCrypto(await createCrypto(), utf8("payload tests"));
});

const keyAt = (step: number): Uint8Array => new Uint8Array(32).fill(step + 1);
const pattern = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (7 * i) % 251);
/** These bodies as cells that follow each other. */
const cellsOf = (bodies: readonly Body[], from = 0): { key: Uint8Array; cell: Cell }[] =>
  bodies.map(({ kind, body }, i) => ({
    key: keyAt(from + i),
    cell: sealCell(crypto, keyAt(from + i), kind, body),
  }));
const read = (bodies: readonly Body[]) => readPayload(crypto, cellsOf(bodies));
const fragment = (index: number, count: number, length: number): Body => ({
  kind: "fragment",
  body: concat(Uint8Array.of(index, count), pattern(length)),
});
const pointer = (length: number, more = 0): Body => ({
  kind: "pointer",
  body: concat(pattern(32), u32(length), new Uint8Array(more)),
});
const MALFORMED = { ok: false, error: "cell_malformed" };

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item].concat(rest)),
  );
}

describe("a message in cells", () => {
  test.each([
    [0, 1],
    [1, 1],
    [MAX_CELL_BODY, 1],
    [MAX_CELL_BODY + 1, 2],
    [2 * FRAGMENT, 2],
    [2 * FRAGMENT + 1, 3],
    [3 * FRAGMENT + 1, 4],
    [MOST, 4],
  ])("of %i bytes takes %i", (length, count) => {
    const { bodies, object } = payloadFromMessage(crypto, 0, pattern(length));
    expect(object).toEqual([]);
    expect(bodies).toHaveLength(count);
    expect(read(bodies)).toEqual({ ok: true, value: { type: "message", used: count, message: pattern(length) } });
  });

  test("is read whole at any length, and what follows it is left alone", () => {
    fc.assert(
      fc.property(fc.nat(MOST), fc.nat(6000), (length, next) => {
        const bodies = [pattern(length), pattern(next)].flatMap(
          (message) => payloadFromMessage(crypto, 0, message).bodies,
        );
        const cells = cellsOf(bodies);
        const first = readPayload(crypto, cells);
        expect(first).toMatchObject({ ok: true, value: { type: "message", message: pattern(length) } });
        const used = first.ok && "used" in first.value ? first.value.used : 0;
        expect(readPayload(crypto, cells.slice(used))).toMatchObject({ value: { message: pattern(next) } });
      }),
      { numRuns: propertyRuns(40) },
    );
  });

  test("waits for its last fragment, whichever are missing", () => {
    const { bodies } = payloadFromMessage(crypto, 0, pattern(MOST));
    for (let here = 1; here < bodies.length; here++)
      expect(read(bodies.slice(0, here))).toEqual({ ok: true, value: { type: "incomplete" } });
  });

  test("is refused in every order of its fragments but one", () => {
    for (const length of [MAX_CELL_BODY + 1, 3 * FRAGMENT, MOST]) {
      const { bodies } = payloadFromMessage(crypto, 0, pattern(length));
      const orders = permutations(bodies);
      const good = orders.filter((order) => read(order).ok);
      expect(good).toEqual([bodies]);
    }
  });

  test("does not take a fragment twice, one of another count, or a cell of another kind in between", () => {
    const { bodies } = payloadFromMessage(crypto, 0, pattern(3 * FRAGMENT));
    const [first, second, third] = [at(bodies, 0), at(bodies, 1), at(bodies, 2)];
    const four = payloadFromMessage(crypto, 0, pattern(MOST)).bodies;
    for (const wrong of [
      [first, first, third],
      [first, at(four, 1), third],
      [first, { kind: "whole", body: second.body } as const, third],
      [first, { kind: "decoy", body: new Uint8Array(0) } as const, second],
      [first, pointer(5000), third],
    ])
      expect(read(wrong)).toEqual(MALFORMED);
  });

  test("that goes wrong is refused at once, not waited for", () => {
    const { bodies } = payloadFromMessage(crypto, 0, pattern(MOST));
    expect(read([at(bodies, 0), at(bodies, 2)])).toEqual(MALFORMED);
    expect(read([at(bodies, 1)])).toEqual(MALFORMED);
    const cells = cellsOf(bodies.slice(0, 2));
    const other = { ...at(cells, 1), key: keyAt(9) };
    expect(readPayload(crypto, [at(cells, 0), other])).toEqual({ ok: false, error: "cell_not_opened" });
  });
});

describe("one way to cut a message", () => {
  test("a message in two fragments where one cell holds it is refused", () => {
    for (const last of [1, 2]) expect(read([fragment(0, 2, FRAGMENT), fragment(1, 2, last)])).toEqual(MALFORMED);
    expect(read([fragment(0, 2, FRAGMENT), fragment(1, 2, 3)])).toMatchObject({ ok: true });
  });

  test("a fragment before the last that is not full, and an empty last one, are refused", () => {
    expect(read([fragment(0, 2, FRAGMENT - 1), fragment(1, 2, FRAGMENT)])).toEqual(MALFORMED);
    expect(read([fragment(0, 3, FRAGMENT), fragment(1, 3, 10), fragment(2, 3, FRAGMENT)])).toEqual(MALFORMED);
    expect(read([fragment(0, 2, FRAGMENT), fragment(1, 2, 0)])).toEqual(MALFORMED);
    expect(read([fragment(0, 3, FRAGMENT), fragment(1, 3, FRAGMENT), fragment(2, 3, 0)])).toEqual(MALFORMED);
  });

  test("a count of none, of one, of more than four, and a fragment without its head are refused", () => {
    for (const count of [0, 1, MAX_FRAGMENTS + 1, 255])
      expect(read(Array.from({ length: count + 1 }, (_, i) => fragment(i, count, FRAGMENT)))).toEqual(MALFORMED);
    for (const body of [new Uint8Array(0), Uint8Array.of(0)])
      expect(read([{ kind: "fragment", body }, fragment(1, 2, 10)])).toEqual(MALFORMED);
  });

  test("a pointer to what one cell holds, beyond 16 MiB, or of another size is refused", () => {
    for (const length of [0, 1, MAX_CELL_BODY, MAX_OBJECT_BYTES + 1, 0xffff_ffff])
      expect(read([pointer(length)])).toEqual(MALFORMED);
    for (const length of [MAX_CELL_BODY + 1, MAX_OBJECT_BYTES])
      expect(read([pointer(length)])).toEqual({
        ok: true,
        value: { type: "pointer", used: 1, pointer: { seed: pattern(32), length } },
      });
    expect(read([pointer(5000, 1)])).toEqual(MALFORMED);
    const { body } = pointer(5000);
    for (let length = 0; length < body.length; length++)
      expect(read([{ kind: "pointer", body: body.subarray(0, length) }])).toEqual(MALFORMED);
  });

  test("a decoy is empty", () => {
    expect(read([{ kind: "decoy", body: new Uint8Array(0) }])).toEqual({ ok: true, value: { type: "decoy", used: 1 } });
    expect(read([{ kind: "decoy", body: Uint8Array.of(0) }])).toEqual(MALFORMED);
  });

  test("whatever a member seals, what is read encodes back to the same cells", () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.nat(3), fc.nat(5), fc.constantFrom(0, 1, 3, FRAGMENT))
        .map(([i, n, size]) => fragment(i, n, size).body),
    );
    const cell = fc.record({ kind: fc.constantFrom(...KINDS), body });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (bodies) => {
        const payload = read(bodies);
        if (!payload.ok || payload.value.type !== "message") return;
        const again = payloadFromMessage(crypto, 0, payload.value.message);
        expect(again.bodies).toEqual(bodies.slice(0, payload.value.used));
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test("nothing to read is our own mistake", () => {
    expect(() => readPayload(crypto, [])).toThrow(RangeError);
  });
});

describe("a message too long for its cells", () => {
  test("stands in an object, and one cell says where", () => {
    const message = pattern(MOST + 1);
    const { bodies, object } = payloadFromMessage(crypto, 3, message);
    expect(bodies).toHaveLength(1);
    const payload = read(bodies);
    if (!payload.ok || payload.value.type !== "pointer") throw new Error("no pointer");
    expect(payload.value.pointer.length).toBe(MOST + 1);
    const reader = objectReader(crypto, payload.value.pointer.seed, 3, payload.value.pointer.length);
    const [first, ...rest] = [at(object, object.length - 1), ...object.slice(0, -1)];
    const done = [first, ...rest].map((put) =>
      reader.accept(put.kind, put.label, put.kind === "cell" ? put.cell : put.block),
    );
    expect(done.at(-1)).toEqual({ ok: true, value: { done: message } });
  });

  test("in the one cell of a commit, two cells' worth is an object already", () => {
    expect(payloadFromMessage(crypto, 0, pattern(MAX_CELL_BODY), 1).bodies[0]?.kind).toBe("whole");
    const { bodies, object } = payloadFromMessage(crypto, 0, pattern(MAX_CELL_BODY + 1), 1);
    expect(bodies.map(({ kind }) => kind)).toEqual(["pointer"]);
    expect(object).toHaveLength(2);
    expect(read(bodies)).toMatchObject({ ok: true, value: { type: "pointer" } });
  });

  test("has a seed of its own each time, so the same message makes other cells under other labels", () => {
    const [once, again] = [1, 2].map(() => payloadFromMessage(crypto, 0, pattern(MOST + 1)).object);
    const labels = [...(once ?? []), ...(again ?? [])].map(({ label }) => label.join(","));
    expect(new Set(labels).size).toBe(8);
  });

  test("is put before the cell that points to it, its first chunk after the others", () => {
    const payload = payloadFromMessage(crypto, 0, pattern(20_000));
    const slot = { label: labelFrom(0, keyAt(1)), key: keyAt(2) };
    const puts = putsFromPayload(crypto, [slot], payload);
    expect(puts.slice(0, -1)).toEqual(payload.object);
    expect(at(puts, puts.length - 1).label).toEqual(slot.label);
    const opened = openCell(crypto, slot.key, cellIn(at(puts, puts.length - 1)));
    expect(opened).toMatchObject({ ok: true, value: { kind: "pointer" } });
    const restored = restFirst(restFirst(payload.object.slice(0, 2)));
    expect(restored).toEqual(payload.object.slice(0, 2));
    expect(() => putsFromPayload(crypto, [], payload)).toThrow(RangeError);
  });

  const cellIn = (put: Put): Cell => {
    if (put.kind !== "cell") throw new Error("not a cell");
    return put.cell;
  };
});
