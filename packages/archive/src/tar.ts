/**
 * The part of POSIX tar (ustar) that an export needs: plain files with short names. It reads what
 * it writes and what GNU tar makes of the same files, and refuses everything else: links, folders,
 * devices, long names, sparse files.
 */
import { PliError } from "@pli/engine/errors";
import { createByteReader, type ByteReader } from "./bytes.ts";

const BLOCK = 512;
const NAME_BYTES = 100;
const OCTAL_DIGITS = 11;
/** No file of an export is larger: a page is about a mebibyte. */
const MOST_BYTES = 1 << 26;

export interface TarFile {
  readonly name: string;
  readonly size: number;
  /** Its bytes, in chunks. Read to the end before the next file. */
  bytes(): AsyncGenerator<Uint8Array, void>;
}

/** A file as it stands in a tar. `at`: when it was made, in ms. */
export function tarFile(name: string, content: Uint8Array, at: number): Uint8Array[] {
  const header = new Uint8Array(BLOCK);
  put(header, 0, name, NAME_BYTES);
  put(header, 100, "0000600\0", 8);
  put(header, 108, "0000000\0", 8);
  put(header, 116, "0000000\0", 8);
  put(header, 124, octal(content.length), 12);
  put(header, 136, octal(Math.floor(at / 1000)), 12);
  put(header, 156, "0", 1);
  put(header, 257, "ustar\u000000", 8);
  put(header, 148, `${checksum(header).toString(8).padStart(6, "0")}\0 `, 8);
  return [header, content, new Uint8Array(paddingOf(content.length))];
}

/** What ends a tar. */
export const tarEnd = (): Uint8Array => new Uint8Array(2 * BLOCK);

/** The files of a tar, in order, to the end of the stream. `export_malformed`, `export_damaged`. */
export async function* readTar(stream: ReadableStream<Uint8Array>): AsyncGenerator<TarFile, void> {
  const reader = createByteReader(stream);
  try {
    for (;;) {
      const header = await reader.take(BLOCK);
      if (header.length < BLOCK) throw new PliError("export_damaged");
      if (isEmpty(header)) return await readEnd(reader);
      const { name, size } = parseHeader(header);
      let left = size;
      yield {
        name,
        size,
        bytes: async function* () {
          while (left > 0) {
            const part = await reader.some(left);
            if (part === undefined) throw new PliError("export_damaged");
            left -= part.length;
            yield part;
          }
        },
      };
      if (left > 0) throw new Error("a file of a tar was not read to its end");
      if ((await reader.take(paddingOf(size))).length < paddingOf(size)) throw new PliError("export_damaged");
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Behind the last file there are only zeros, however many; the end of the stream is reached. */
async function readEnd(reader: ByteReader): Promise<void> {
  for (let length = BLOCK; ;) {
    const part = await reader.some(1 << 16);
    if (part === undefined) {
      if (length < 2 * BLOCK) throw new PliError("export_damaged");
      return;
    }
    if (!isEmpty(part)) throw new PliError("export_malformed");
    length += part.length;
  }
}

function parseHeader(header: Uint8Array): { name: string; size: number } {
  const sum = numberAt(header, 148, 8);
  const name = textAt(header, 0, NAME_BYTES);
  const size = numberAt(header, 124, 12);
  const isUstar = textAt(header, 257, 5) === "ustar";
  const isPlain = header[156] === 0x30 && textAt(header, 345, 155) === "";
  if (sum !== checksum(header) || !isUstar || !isPlain || size === undefined || size > MOST_BYTES)
    throw new PliError("export_malformed");
  return { name, size };
}

const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;
const isEmpty = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);
const octal = (value: number): string => `${value.toString(8).padStart(OCTAL_DIGITS, "0")}\0`;

/** The sum of the bytes of a header, its own field counted as spaces. */
const checksum = (header: Uint8Array): number =>
  header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);

function put(header: Uint8Array, at: number, text: string, most: number): void {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > most) throw new RangeError("too long for a tar");
  header.set(bytes, at);
}

/** Up to the first zero. Bytes beyond ASCII become characters that no name of ours has. */
function textAt(header: Uint8Array, at: number, length: number): string {
  const field = header.subarray(at, at + length);
  const end = field.indexOf(0);
  return String.fromCharCode(...(end < 0 ? field : field.subarray(0, end)));
}

/** An octal number; undefined for anything else, numbers in base 256 included. */
function numberAt(header: Uint8Array, at: number, length: number): number | undefined {
  const text = textAt(header, at, length).trim();
  return /^[0-7]{1,11}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}
