import { readFileSync } from "node:fs";
import { fromHex } from "@pli/protocol/crypto";

export type Bytes = Uint8Array;
export type Entry = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly bytes: Bytes;
  readonly error: string;
};
type VectorFile<T> = { readonly valid: readonly (T & Entry)[]; readonly invalid: readonly (T & Entry)[] };

/** A file of vectors with its bytes as bytes. */
export function load<T = object>(structure: string): VectorFile<T> {
  const text = readFileSync(new URL(`../../../vectors/${structure}.json`, import.meta.url), "utf8");
  return JSON.parse(text, (_, value: unknown) => (isHex(value) ? fromHex(value.hex) : value)) as VectorFile<T>;
}
const isHex = (value: unknown): value is { hex: string } =>
  typeof value === "object" && value !== null && "hex" in value && typeof value.hex === "string";
