/** Values drawn from the shapes that calls declare, and values that are none of them. */
import fc from "fast-check";
import type { Fields, Shape } from "../../src/api/shapes.ts";

/** A value of this shape; undefined for an optional one too. */
export function valueOf(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.is) {
    case "text":
      return fc.string({ maxLength: Math.min(shape.most, 40) });
    case "whole":
      return fc.integer({ min: shape.least, max: shape.most });
    case "flag":
      return fc.boolean();
    case "choice":
      return fc.constantFrom(...shape.of);
    case "list":
      return fc.array(valueOf(shape.of), { maxLength: Math.min(shape.most, 5) });
    case "optional":
      return fc.option(valueOf(shape.of), { nil: undefined });
  }
}

/** A record of these fields, as RPC carries it: what is undefined is absent. */
export function recordOf(fields: Fields): fc.Arbitrary<Record<string, unknown>> {
  const values = Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, valueOf(shape)]));
  return fc
    .record(values)
    .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)));
}

/**
 * Records that miss these fields by one field: missing, of another kind, out of bounds, or unknown.
 */
export function malformedOf(fields: Fields, good: Record<string, unknown>): Record<string, unknown>[] {
  const names = Object.entries(fields);
  const without = (name: string) => Object.fromEntries(Object.entries(good).filter(([other]) => other !== name));
  return [
    { ...good, unknown: 1 },
    ...names.filter(([, shape]) => shape.is !== "optional").map(([name]) => without(name)),
    ...names.flatMap(([name, shape]) => othersThan(shape).map((value) => ({ ...good, [name]: value }))),
  ];
}

const isOneOf = (choices: readonly string[], value: unknown): boolean =>
  typeof value === "string" && choices.includes(value);

/** Values that JSON can carry, none of which has this shape. */
function othersThan(shape: Shape): unknown[] {
  const anyway = [null, {}, [[]], 0.5];
  switch (shape.is) {
    case "text":
      return [...anyway, 1, true, ["x"], ...(shape.most < 1_000 ? ["x".repeat(shape.most + 1)] : [])];
    case "whole":
      return [...anyway, "1", true, 2 ** 53, shape.least - 1, ...(shape.most < 2 ** 53 - 1 ? [shape.most + 1] : [])];
    case "flag":
      return [...anyway, 0, "true"];
    case "choice":
      return [...anyway, "", "constructor", [...shape.of]].filter((value) => !isOneOf(shape.of, value));
    case "list":
      return [null, {}, "x", 1, { length: 0 }, ...othersThan(shape.of).map((item) => [item])];
    case "optional":
      return othersThan(shape.of);
  }
}
