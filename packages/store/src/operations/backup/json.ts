import { err, ok, type Result } from "@pli/protocol/wire";

/** Parses JSON that must fulfil `is`. */
export const parseJson = <T>(text: string, is: (value: unknown) => value is T): Result<T, "damaged"> => {
  try {
    const value: unknown = JSON.parse(text);
    return is(value) ? ok(value) : err("damaged");
  } catch {
    return err("damaged");
  }
};

export const isStoreId = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{32}$/.test(value);

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

export const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);
