/** What leaves on one WebSocket. */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Backlog, WaitingLine } from "../admission/backlog.ts";
import type { Line } from "./connection.ts";
import type { Message } from "../../core/message.ts";

/**
 * Collects lines that have something to send, and flushes each once at the end of this event-loop
 * turn.
 */
export interface FlushQueue {
  add(line: { flush(): void }): void;
}

export const createFlushQueue = (): FlushQueue => {
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
/** Messages that together are no larger are copied into one piece; larger ones are written each. */
const SMALL_BYTES = 16_384;
/**
 * A line with more bytes waiting is not writable: its connection is given nothing more. The second
 * limit holds while its address, or all together, have much waiting.
 */
const MAX_WAITING = 512 * 1024;
const MAX_WAITING_CROWDED = 4096;

/**
 * A Line on one WebSocket. It writes whole messages to the stream below the socket. `ws` writes its
 * own there whole too, and holds nothing back, since nothing is compressed.
 */
export class SocketLine implements Line, WaitingLine {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #flushQueue: FlushQueue;
  readonly #backlog: Backlog;
  #owner: { drained(): void } | undefined;
  #full = false;
  #ownerWaits = false;
  #ended = false;
  /** The bytes that the backlog counts for this line. */
  #counted = 0;
  #pending: Message[] | undefined;
  #pendingBytes = 0;

  constructor(socket: WebSocket, stream: Duplex, flushQueue: FlushQueue, backlog: Backlog) {
    this.#socket = socket;
    this.#stream = stream;
    this.#flushQueue = flushQueue;
    this.#backlog = backlog;
  }

  /** `owner` learns when a line that was full is writable again. */
  onDrained(owner: { drained(): void }): void {
    this.#owner = owner;
  }

  send(message: Message, left?: () => void): void {
    if (left !== undefined) return this.#sendAtOnce(message, left);
    if (this.#pending === undefined) {
      this.#pending = [message];
      this.#flushQueue.add(this);
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
    else if (bytes <= SMALL_BYTES) this.#stream.write(Buffer.concat(messages, bytes));
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

  isWritable(): boolean {
    const waiting = this.#stream.writableLength + this.#pendingBytes;
    if (waiting < (this.#backlog.isCrowded() ? MAX_WAITING_CROWDED : MAX_WAITING)) return true;
    this.#ownerWaits = true;
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

  /** Nothing waits on the line any more. */
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
      this.#ownerWaits = true;
      this.#emptied();
    });
  }

  #emptied(): void {
    this.#count();
    if (!this.#ownerWaits) return;
    this.#ownerWaits = false;
    this.#owner?.drained();
  }

  /**
   * Counts only when the stream will report that the bytes have left; a few bytes may wait
   * uncounted.
   */
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
