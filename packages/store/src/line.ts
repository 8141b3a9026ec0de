import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Line } from "./connection.ts";
import type { Message } from "./message.ts";

/** Lines with something to send, written to once at the end of this turn of the event loop. */
export interface Outbox {
  add(line: { flush(): void }): void;
}

export const createOutbox = (): Outbox => {
  let lines: { flush(): void }[] = [];
  const flush = (): void => {
    const ready = lines;
    lines = [];
    for (const line of ready) line.flush();
  };
  return {
    add: (line) => {
      if (lines.push(line) === 1) setImmediate(flush);
    },
  };
};

const CLOSE_CODES = { bad_frame: 1008, hello_expected: 1008, unsupported_version: 1008, shutting_down: 1001 } as const;
/** Messages that together are no larger are copied into one; larger ones are handed to the system side by side. */
const SMALL = 16_384;

/** A Line on one WebSocket. Messages are written to the stream below it whole, as they were made, and `ws` writes its own there whole
 * too; it keeps nothing back, for nothing is compressed. */
export class SocketLine implements Line {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #outbox: Outbox;
  #owner: { drained(): void } | undefined;
  #full = false;
  #pending: Message[] | undefined;
  #pendingBytes = 0;

  constructor(socket: WebSocket, stream: Duplex, outbox: Outbox) {
    this.#socket = socket;
    this.#stream = stream;
    this.#outbox = outbox;
  }

  /** Who is told when a line that was full has room again. */
  onDrained(owner: { drained(): void }): void {
    this.#owner = owner;
  }

  send(message: Message, left?: () => void): void {
    if (left !== undefined) return this.#sendAtOnce(message, left);
    if (this.#pending === undefined) {
      this.#pending = [message];
      this.#outbox.add(this);
    } else this.#pending.push(message);
    this.#pendingBytes += message.length;
  }

  flush(): void {
    const messages = this.#pending;
    const bytes = this.#pendingBytes;
    this.#pending = undefined;
    this.#pendingBytes = 0;
    if (messages === undefined || this.#socket.readyState !== this.#socket.OPEN) return;
    const [only] = messages;
    if (messages.length === 1 && only !== undefined) this.#stream.write(only);
    else if (bytes <= SMALL) this.#stream.write(Buffer.concat(messages, bytes));
    else this.#writeAll(messages);
    if (this.#stream.writableNeedDrain && !this.#full) this.#awaitDrain();
  }

  #sendAtOnce(message: Message, left: () => void): void {
    this.flush();
    if (this.#socket.readyState !== this.#socket.OPEN) return left();
    this.#stream.write(message, () => left());
    if (this.#stream.writableNeedDrain && !this.#full) this.#awaitDrain();
  }

  buffered(): number {
    return this.#stream.writableLength + this.#pendingBytes;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(reason: keyof typeof CLOSE_CODES): void {
    this.flush();
    this.#socket.close(CLOSE_CODES[reason], reason);
  }

  #awaitDrain(): void {
    this.#full = true;
    this.#stream.once("drain", () => {
      this.#full = false;
      this.#owner?.drained();
    });
  }

  #writeAll(messages: readonly Message[]): void {
    this.#stream.cork();
    for (const message of messages) this.#stream.write(message);
    this.#stream.uncork();
  }
}
