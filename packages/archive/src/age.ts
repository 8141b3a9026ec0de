/**
 * Seals and opens a file as age v1 with one passphrase (https://age-encryption.org/v1). The library
 * reads a header without end and derives a key at whatever cost the file names, so the header is
 * checked before it: exactly the one that a passphrase makes, and no dearer than `age -p`.
 */
import { PliError } from "@pli/engine/errors";
import { Decrypter, Encrypter } from "age-encryption";
import { chunksOf, createByteReader, streamOf, type ByteReader } from "./bytes.ts";

/** 2^12 takes 4 MiB and no time that anybody sees: the words are beyond guessing at any cost. */
const WORK_FACTOR = 12;
/** What `age -p` uses: 256 MiB. */
const MOST_WORK = 18;

const MAGIC = "age-encryption.org/v1\n";
const HEADER =
  /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} ([1-9][0-9]?)\n[A-Za-z0-9+/]{43}\n--- [A-Za-z0-9+/]{43}\n/;
/** The longest header of that form. */
const HEADER_BYTES = 160;
const CHUNK_BYTES = 65_536;

export function seal(plain: ReadableStream<Uint8Array>, passphrase: string): Promise<ReadableStream<Uint8Array>> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(WORK_FACTOR);
  return encrypter.encrypt(plain);
}

/**
 * What a file holds; bytes come only after they were authenticated. Rejects, as the stream does,
 * with `export_malformed`, `export_costly`, `export_passphrase_wrong` and `export_damaged`; what
 * `sealed` rejects with stays as it is.
 */
export async function open(
  sealed: ReadableStream<Uint8Array>,
  passphrase: string,
): Promise<ReadableStream<Uint8Array>> {
  const source = createByteReader(sealed);
  try {
    const head = await source.take(HEADER_BYTES);
    checkHeader(head);
    const failure: Failure = {};
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    const opened = await decrypter.decrypt(streamOf(joined(head, source, failure))).catch((error: unknown) => {
      throw failure.ofSource ?? new PliError(isWrongKey(error) ? "export_passphrase_wrong" : "export_damaged");
    });
    return streamOf(authenticated(opened, failure));
  } catch (error) {
    await source.cancel().catch(() => undefined);
    throw error;
  }
}

/** Why the file could not be read, when it was not its content. */
interface Failure {
  ofSource?: unknown;
}

function checkHeader(head: Uint8Array): void {
  const text = String.fromCharCode(...head);
  const work = HEADER.exec(text)?.[1];
  if (work === undefined) {
    const isCut = text.length < HEADER_BYTES && (text.startsWith(MAGIC) || MAGIC.startsWith(text));
    throw new PliError(isCut ? "export_damaged" : "export_malformed");
  }
  if (Number(work) > MOST_WORK) throw new PliError("export_costly");
}

async function* joined(head: Uint8Array, source: ByteReader, failure: Failure): AsyncGenerator<Uint8Array, void> {
  try {
    yield head;
    for (;;) {
      const part = await source.some(CHUNK_BYTES).catch((error: unknown) => {
        failure.ofSource = error;
        throw error;
      });
      if (part === undefined) return;
      yield part;
    }
  } finally {
    await source.cancel().catch(() => undefined);
  }
}

async function* authenticated(opened: ReadableStream<Uint8Array>, failure: Failure): AsyncGenerator<Uint8Array, void> {
  try {
    yield* chunksOf(opened);
  } catch {
    throw failure.ofSource ?? new PliError("export_damaged");
  }
}

/**
 * The one sentence of the library that tells a wrong passphrase from a header that is no header.
 */
const isWrongKey = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith("no identity matched");
