import type { WriteStream } from "node:tty";
import type { Sink } from "../world.ts";

const PLAIN_COLUMNS = 80;
const PLAIN_ROWS = 24;

export function createSink(stream: WriteStream): Sink {
  return {
    write: (text) => void stream.write(text),
    written: () => new Promise((resolve) => stream.write("", (error) => error ?? resolve())),
    isTerminal: stream.isTTY ?? false,
    columns: () => stream.columns || PLAIN_COLUMNS,
    rows: () => stream.rows || PLAIN_ROWS,
    onResize: (listener) => {
      stream.on("resize", listener);
      return () => void stream.off("resize", listener);
    },
  };
}

/** Resolves once everything written has left the process, or never can. */
export function flushed(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) return resolve();
    stream.write("", () => resolve());
  });
}
