import { toHex, utf8, type Crypto } from "@pli/protocol/crypto";

/** Everything that happened in a run, in order, each with its time. */
export interface Trace {
  note(line: string): void;
  /** A line about bytes, named by their hash. */
  noteBytes(line: string, bytes: Uint8Array): void;
  /** One value for the whole of it: equal when, and only when, everything happened alike. */
  hash(): string;
  readonly lines: readonly string[];
}

const SHOWN = 8;

export function createTrace(crypto: Crypto, now: () => number): Trace {
  const start = now();
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(`${((now() - start) / 1000).toFixed(3)} ${line}`);
  return {
    note,
    noteBytes: (line, bytes) => note(`${line} ${bytes.length} ${toHex(crypto.sha256(bytes).subarray(0, SHOWN))}`),
    hash: () => toHex(crypto.sha256(utf8(lines.join("\n")))),
    lines,
  };
}

/** Nobody looks. */
export const NO_TRACE: Trace = { note: () => undefined, noteBytes: () => undefined, hash: () => "", lines: [] };
