import type { PliApi } from "@pli/engine/api";
import { createPassphrase, exportAll, type Source, type Target } from "../../src/index.ts";

/** A file in memory that an export is written to, and read from in small pieces. */
export function createMemoryFile(initial: Uint8Array = new Uint8Array()) {
  let parts: Uint8Array[] = [initial];
  let closed = false;
  const bytes = (): Uint8Array => new Uint8Array(Buffer.concat(parts));
  const target: Target = {
    write: async (part) => void parts.push(part.slice()),
    close: async () => void (closed = true),
    reopen: async () => streamFrom(bytes()),
  };
  return { target, bytes, isClosed: () => closed, replace: (next: Uint8Array) => void (parts = [next]) };
}

/** Pieces of a length that divides no block. */
const PIECE = 60_013;

export function streamFrom(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + PIECE));
      at += PIECE;
    },
  });
}

export const sourceFrom = (bytes: Uint8Array): Source => ({
  bytes: bytes.length,
  open: async () => streamFrom(bytes),
});

/** Everything of a profile: the file's bytes, its words, and what the export said. */
export async function exported(api: PliApi) {
  const file = createMemoryFile();
  const passphrase = createPassphrase();
  const said = await exportAll(api, file.target, { passphrase });
  return { bytes: file.bytes(), passphrase, said };
}

export async function allOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
