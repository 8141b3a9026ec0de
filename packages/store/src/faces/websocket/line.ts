import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Backlog, WaitingLine } from "../admission/backlog.ts";
import type { Line } from "./connection.ts";
import type { Message } from "../../core/message.ts";

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
/**
 * Messages that together are no larger are copied into one; larger ones are handed to the system
 * side by side.
 */
const SMALL = 16_384;
/**
 * Above so many bytes waiting to leave, a connection is answered and pushed nothing more until its
 * line has room; and above so many while its address, or all together, have much waiting.
 */
const MOST_WAITING = 512 * 1024;
const MOST_WAITING_CROWDED = 4096;

/**
 * A Line on one WebSocket. Messages are written to the stream below it whole, as they were made,
 * and `ws` writes its own there whole too; it keeps nothing back, for nothing is compressed.
 */
export class SocketLine implements Line, WaitingLine {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #outbox: Outbox;
  readonly #backlog: Backlog;
  #owner: { drained(): void } | undefined;
  #full = false;
  #askedForRoom = false;
  #ended = false;
  /** Of what waits to leave, what the backlog knows of. */
  #counted = 0;
  #pending: Message[] | undefined;
  #pendingBytes = 0;

  constructor(socket: WebSocket, stream: Duplex, outbox: Outbox, backlog: Backlog) {
    this.#socket = socket;
    this.#stream = stream;
    this.#outbox = outbox;
    this.#backlog = backlog;
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
    this.#written();
  }

  #sendAtOnce(message: Message, left: () => void): void {
    this.flush();
    if (this.#socket.readyState !== this.#socket.OPEN) return left();
    this.#stream.write(message, () => {
      this.#count();
      left();
    });
    this.#written();
  }

  hasRoom(): boolean {
    const waiting = this.#stream.writableLength + this.#pendingBytes;
    if (waiting < (this.#backlog.crowded() ? MOST_WAITING_CROWDED : MOST_WAITING)) return true;
    this.#askedForRoom = true;
    return false;
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

  cut(): void {
    this.ended();
    this.#socket.terminate();
  }

  /** Nothing waits on it any more. */
  ended(): void {
    this.#ended = true;
    this.#count();
  }

  #written(): void {
    if (this.#stream.writableLength === 0) return this.#emptied();
    this.#count();
    if (this.#stream.writableNeedDrain && !this.#full) this.#awaitDrain();
  }

  #awaitDrain(): void {
    this.#full = true;
    this.#stream.once("drain", () => {
      this.#full = false;
      this.#askedForRoom = true;
      this.#emptied();
    });
  }

  #emptied(): void {
    this.#count();
    if (!this.#askedForRoom) return;
    this.#askedForRoom = false;
    this.#owner?.drained();
  }

  /** Only what the stream tells of when it has left: a few bytes may wait without that. */
  #count(): void {
    const waiting = this.#ended || !this.#stream.writableNeedDrain ? 0 : this.#stream.writableLength;
    if (waiting === this.#counted) return;
    const before = this.#counted;
    this.#counted = waiting;
    this.#backlog.changed(this, before, waiting);
  }

  #writeAll(messages: readonly Message[]): void {
    this.#stream.cork();
    for (const message of messages) this.#stream.write(message);
    this.#stream.uncork();
  }
}
