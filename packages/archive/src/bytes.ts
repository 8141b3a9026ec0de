/** Reads a stream of bytes by counts, holding no more than a chunk of it. */
export interface ByteReader {
  /** Exactly `length` bytes; fewer where the stream ends before. */
  take(length: number): Promise<Uint8Array>;
  /** What is there, at most `most` bytes; undefined at the end. */
  some(most: number): Promise<Uint8Array | undefined>;
  /** Nothing more is read: the stream can be closed. */
  cancel(): Promise<void>;
}

export function createByteReader(stream: ReadableStream<Uint8Array>): ByteReader {
  const reader = stream.getReader();
  let held: Uint8Array = new Uint8Array();

  async function some(most: number): Promise<Uint8Array | undefined> {
    while (held.length === 0) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      held = value;
    }
    const part = held.subarray(0, most);
    held = held.subarray(part.length);
    return part;
  }

  async function take(length: number): Promise<Uint8Array> {
    const taken = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const part = await some(length - at);
      if (part === undefined) return taken.slice(0, at);
      taken.set(part, at);
      at += part.length;
    }
    return taken;
  }

  return { take, some, cancel: () => reader.cancel() };
}

/** The most that is passed on at once. */
const CHUNK_BYTES = 1 << 16;

/** A stream in chunks, to its end; it is closed however reading ends. */
export async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = createByteReader(stream);
  try {
    for (let part = await reader.some(CHUNK_BYTES); part !== undefined; part = await reader.some(CHUNK_BYTES))
      yield part;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** The same stream, with what passes counted. */
export function metered(
  stream: ReadableStream<Uint8Array>,
  onBytes: (more: number) => void,
): ReadableStream<Uint8Array> {
  return streamOf(
    (async function* () {
      for await (const part of chunksOf(stream)) {
        onBytes(part.length);
        yield part;
      }
    })(),
  );
}

/** The stream of what a generator gives, made when it is asked for. */
export function streamOf(parts: AsyncGenerator<Uint8Array, void>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await parts.return()),
  });
}
