/**
 * Descriptions of values, as data. A call declares the shape of each parameter; the TypeScript type
 * is inferred from it (`ValueOf`), and what comes from elsewhere is checked against it (`fits`).
 * They describe what RPC carries: JSON.
 */
export type Shape =
  | { readonly is: "text"; readonly most: number }
  | { readonly is: "whole"; readonly least: number; readonly most: number }
  | { readonly is: "flag" }
  | { readonly is: "choice"; readonly of: readonly string[] }
  | { readonly is: "list"; readonly of: Shape; readonly most: number }
  | { readonly is: "optional"; readonly of: Shape };

/** The fields of a record by name. It has no others. */
export type Fields = Readonly<Record<string, Shape>>;

/** Text of at most `most` UTF-16 units. */
export const text = (most: number) => ({ is: "text", most }) as const;
/** A whole number from `least` to `most`. */
export const whole = (least = 0, most = Number.MAX_SAFE_INTEGER) => ({ is: "whole", least, most }) as const;
export const flag = { is: "flag" } as const;
export const choice = <const C extends readonly string[]>(...of: C) => ({ is: "choice", of }) as const;
/** At most `most` values of one shape. */
export const list = <const S extends Shape>(of: S, most: number) => ({ is: "list", of, most }) as const;
/** A field that may be absent, or undefined. */
export const optional = <const S extends Shape>(of: S) => ({ is: "optional", of }) as const;

export type ValueOf<S extends Shape> = S extends { is: "text" }
  ? string
  : S extends { is: "whole" }
    ? number
    : S extends { is: "flag" }
      ? boolean
      : S extends { is: "choice"; of: readonly (infer C)[] }
        ? C
        : S extends { is: "list"; of: infer I extends Shape }
          ? ValueOf<I>[]
          : S extends { is: "optional"; of: infer O extends Shape }
            ? ValueOf<O> | undefined
            : never;

type Optional<F extends Fields> = { [N in keyof F]: F[N] extends { is: "optional" } ? N : never }[keyof F];
type Required<F extends Fields> = Exclude<keyof F, Optional<F>>;

/** The record that has these fields. */
export type RecordOf<F extends Fields> = keyof F extends never
  ? Record<string, never>
  : { [N in Required<F>]: ValueOf<F[N]> } & { [N in Optional<F>]?: ValueOf<F[N]> };

/** Whether any value has this shape. Total: it never throws. */
export function fits(value: unknown, shape: Shape): boolean {
  switch (shape.is) {
    case "text":
      return typeof value === "string" && value.length <= shape.most;
    case "whole":
      return Number.isSafeInteger(value) && shape.least <= (value as number) && (value as number) <= shape.most;
    case "flag":
      return typeof value === "boolean";
    case "choice":
      return typeof value === "string" && shape.of.includes(value);
    case "list":
      return Array.isArray(value) && value.length <= shape.most && value.every((item) => fits(item, shape.of));
    case "optional":
      return value === undefined || fits(value, shape.of);
  }
}

/** Whether any value is a record of these fields and of nothing else. Total: it never throws. */
export function isRecordOf<F extends Fields>(value: unknown, fields: F): value is RecordOf<F> {
  if (!isRecord(value) || !Object.keys(value).every((name) => Object.hasOwn(fields, name))) return false;
  return Object.entries(fields).every(([name, shape]) =>
    fits(Object.hasOwn(value, name) ? value[name] : undefined, shape),
  );
}

/** Whether any value is a plain object, as JSON makes them. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
