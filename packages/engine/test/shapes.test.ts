import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  choice,
  fits,
  flag,
  isRecordOf,
  list,
  optional,
  text,
  whole,
  type Fields,
  type Shape,
} from "../src/api/shapes.ts";
import { malformedOf, recordOf, valueOf } from "./support/shaped.ts";

const { shape: anyShape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3 },
    fc.nat(200).map((most) => text(most)),
    fc.tuple(fc.integer(), fc.nat()).map(([least, more]) => whole(least, least + more)),
    fc.constant(flag),
    fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }).map((of) => choice(...of)),
    fc.tuple(tie("shape"), fc.integer({ min: 1, max: 6 })).map(([of, most]) => list(of, most)),
    tie("shape").map((of) => optional(of)),
  ),
}));
const anyFields: fc.Arbitrary<Fields> = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), anyShape, { maxKeys: 5 });
const anything = fc.oneof(fc.anything({ withBigInt: true, withDate: true, withMap: true }), fc.jsonValue());

describe("the shape of a value", () => {
  test("is answered for whatever there is: nothing throws", () => {
    fc.assert(
      fc.property(anyShape, anyFields, anything, (shape, fields, value) => {
        expect(fits(value, shape)).toBeTypeOf("boolean");
        expect(isRecordOf(value, fields)).toBeTypeOf("boolean");
      }),
    );
  });

  test("is that of every value drawn from it", () => {
    const drawn = anyShape.chain((shape) => fc.tuple(fc.constant(shape), valueOf(shape)));
    fc.assert(
      fc.property(drawn, ([shape, value]) => {
        expect(fits(value, shape)).toBe(true);
      }),
    );
  });

  test("is bounded: one more than the most is refused", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(1_000), (most, more) => {
        expect(fits("x".repeat(most + 1), text(most))).toBe(false);
        expect(
          fits(
            Array.from({ length: most + 1 }, () => true),
            list(flag, most),
          ),
        ).toBe(false);
        expect([fits(most, whole(most, most + more)), fits(most + more, whole(most, most + more))]).toEqual([
          true,
          true,
        ]);
        expect([fits(most - 1, whole(most)), fits(most + more + 1, whole(most, most + more))]).toEqual([false, false]);
      }),
    );
    for (const value of [Number.NaN, Infinity, 2 ** 53, 1.5, "1"]) expect(fits(value, whole())).toBe(false);
  });
});

describe("a record of fields", () => {
  test("has every field that is not optional, each of its shape, and no other", () => {
    const drawn = anyFields.chain((fields) => fc.tuple(fc.constant(fields), recordOf(fields)));
    fc.assert(
      fc.property(drawn, ([fields, record]) => {
        expect(isRecordOf(record, fields)).toBe(true);
        for (const malformed of malformedOf(fields, record))
          expect([malformed, isRecordOf(malformed, fields)]).toEqual([malformed, false]);
      }),
    );
  });

  test("takes nothing from a prototype", () => {
    const inherited = Object.create({ name: "x" }) as object;
    expect(isRecordOf(inherited, { name: text(10) })).toBe(false);
    expect(isRecordOf(JSON.parse('{"__proto__": "x"}'), { name: optional(text(10)) })).toBe(false);
  });
});
