/** Makes whole messages of what a client sends, in memory that is counted, in front of `ws`. */
import { MAX_REQUEST_BYTES } from "@pli/protocol/wire";
import type { Budget } from "../../base/budget.ts";
import {
  CLOSE,
  CONTINUATION,
  frameHeadAt,
  isControl,
  LONGEST_HEAD,
  MASK_BYTES,
  POLICY_VIOLATION,
  PROTOCOL_ERROR,
  TOO_LARGE,
  TRY_LATER,
  type FrameHead,
} from "./frame-head.ts";
import { GrowingBuffer } from "./growing-buffer.ts";

/** The two sides of a Reassembly: the stream it reads, and `ws`, which it feeds. */
export interface ReassemblyEnds {
  /**
   * Gives `ws` whole frames, each a whole message or a control frame. `ws` may pause the stream.
   */
  deliver(bytes: Buffer): void;
  paused(): boolean;
  /** Puts bytes back. They come again when the stream resumes. */
  unread(bytes: Buffer): void;
  /** Closes the connection. Nothing more is delivered. */
  refuse(code: number): void;
}

/** Every connection may hold this much, so it can always receive the frame of a cell. */
const FREE_BYTES = 8192;
/**
 * Frames are delivered in pieces of about this size. Little waits then when the first of them
 * pauses the stream.
 */
const PIECE_BYTES = 8192;

/**
 * Stands in front of `ws` and gives it only whole messages. By itself, `ws` keeps each piece of an
 * unfinished message, and with it all that was read from the line at once; the client decides how
 * much that is. What is not whole stays here, in memory of its own that is counted.
 */
export class Reassembly {
  readonly #ends: ReassemblyEnds;
  readonly #budget: Budget;
  readonly #maxControlFrames: number;
  /** A frame whose payload is not whole, or a head that is not whole. */
  #frame: GrowingBuffer | undefined;
  /** The length that frame will have; 0 while its head is not whole. */
  #frameBytes = 0;
  /** The payload so far of a message in fragments, behind free bytes for a head. */
  #message: GrowingBuffer | undefined;
  #opcode = 0;
  #unread = 0;
  #taken = 0;
  #messages = 0;
  #controlFrames = 0;
  #over = false;

  constructor(ends: ReassemblyEnds, budget: Budget, maxControlFrames: number) {
    this.#ends = ends;
    this.#budget = budget;
    this.#maxControlFrames = maxControlFrames;
  }

  received(chunk: Buffer): void {
    if (this.#over) return;
    this.#unread = 0;
    const rest = this.#frame === undefined ? chunk : this.#fill(this.#frame, chunk);
    if (rest.length > 0) this.#read(rest);
    this.#count();
  }

  /** The number of the message under way; undefined when none is. */
  unfinished(): number | undefined {
    return this.#frame === undefined && this.#message === undefined ? undefined : this.#messages;
  }

  /** Counts control frames from zero again. */
  forgetControlFrames(): void {
    this.#controlFrames = 0;
  }

  closed(): void {
    this.#over = true;
    this.#frame = undefined;
    this.#message = undefined;
    this.#unread = 0;
    this.#count();
  }

  /** Completes the unfinished frame, and returns what comes behind it. */
  #fill(frame: GrowingBuffer, chunk: Buffer): Buffer {
    if (this.#frameBytes === 0) {
      this.#frame = undefined;
      return Buffer.concat([frame.bytes(), chunk]);
    }
    const missing = this.#frameBytes - frame.length();
    frame.append(chunk.subarray(0, missing));
    if (chunk.length < missing) return NOTHING;
    this.#frame = undefined;
    this.#read(frame.bytes());
    return chunk.subarray(missing);
  }

  /** Delivers the whole frames, and keeps the rest. */
  #read(bytes: Buffer): void {
    let delivered = 0;
    let at = 0;
    while (!this.#over && !this.#ends.paused()) {
      const head = frameHeadAt(bytes, at);
      if (typeof head === "number") return this.#refuse(head);
      if (head === undefined || at + head.bytes + head.payload > bytes.length) break;
      const end = at + head.bytes + head.payload;
      const error = this.#errorOf(head);
      if (error !== undefined) return this.#refuse(error);
      if (isFragment(head)) {
        this.#deliver(bytes, delivered, at);
        this.#append(head, bytes.subarray(at + head.bytes - MASK_BYTES, end));
        delivered = end;
      } else if (!isControl(head)) this.#messages += 1;
      at = end;
      if (at - delivered >= PIECE_BYTES) {
        this.#deliver(bytes, delivered, at);
        delivered = at;
      }
      if (head.opcode === CLOSE) this.#over = true;
    }
    this.#deliver(bytes, delivered, at);
    this.#keep(bytes.subarray(at));
  }

  #errorOf(head: FrameHead): number | undefined {
    if (isControl(head)) {
      this.#controlFrames += 1;
      return this.#controlFrames > this.#maxControlFrames ? POLICY_VIOLATION : undefined;
    }
    if ((head.opcode === CONTINUATION) !== (this.#message !== undefined)) return PROTOCOL_ERROR;
    const before = (this.#message?.length() ?? LONGEST_HEAD) - LONGEST_HEAD;
    return before + head.payload > MAX_REQUEST_BYTES ? TOO_LARGE : undefined;
  }

  /** One more fragment, its mask in front of it. */
  #append({ opcode, final }: FrameHead, masked: Buffer): void {
    if (this.#message === undefined) this.#opcode = opcode;
    const message = (this.#message ??= new GrowingBuffer(LONGEST_HEAD + MAX_REQUEST_BYTES, LONGEST_HEAD));
    unmask(message.append(masked.subarray(MASK_BYTES)), masked);
    if (!final) return;
    this.#message = undefined;
    this.#messages += 1;
    this.#ends.deliver(oneFrame(this.#opcode, message.bytes()));
  }

  /**
   * Copies a piece that is a small part of what was read. Otherwise a put that waits would keep all
   * of it in memory.
   */
  #deliver(bytes: Buffer, from: number, to: number): void {
    if (from === to) return;
    const piece = bytes.subarray(from, to);
    this.#ends.deliver(piece.length * 2 < bytes.length ? Buffer.from(piece) : piece);
  }

  #keep(rest: Buffer): void {
    if (rest.length === 0 || this.#over) return;
    if (this.#ends.paused()) {
      this.#unread += rest.length;
      return this.#ends.unread(rest);
    }
    const head = frameHeadAt(rest, 0);
    this.#frameBytes = typeof head === "object" ? head.bytes + head.payload : 0;
    this.#frame = new GrowingBuffer(this.#frameBytes === 0 ? LONGEST_HEAD : this.#frameBytes);
    this.#frame.append(rest);
  }

  #count(): void {
    const held = (this.#frame?.capacity() ?? 0) + (this.#message?.capacity() ?? 0) + this.#unread;
    const wanted = Math.max(0, held - FREE_BYTES);
    if (wanted > this.#taken && !this.#budget.take(wanted - this.#taken)) return this.#refuse(TRY_LATER);
    if (wanted < this.#taken) this.#budget.give(this.#taken - wanted);
    this.#taken = wanted;
  }

  #refuse(code: number): void {
    this.closed();
    this.#ends.refuse(code);
  }
}

const NOTHING = Buffer.alloc(0);

const isFragment = (head: FrameHead): boolean => !isControl(head) && (!head.final || head.opcode === CONTINUATION);

const unmask = (payload: Buffer, mask: Buffer): void => {
  for (let i = 0; i < payload.length; i += 1) payload[i] = (payload[i] ?? 0) ^ (mask[i % MASK_BYTES] ?? 0);
};

/**
 * Writes the head of a whole frame, masked with zeros, into the free bytes in front of its payload.
 */
const oneFrame = (opcode: number, frame: Buffer): Buffer => {
  const size = frame.length - LONGEST_HEAD;
  frame.fill(0, 0, LONGEST_HEAD);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | 127;
  frame.writeUInt32BE(size, 6);
  return frame;
};
