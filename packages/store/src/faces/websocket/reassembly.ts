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

/** The stream behind a Reassembly, and `ws` before it. */
export interface ReassemblyEnds {
  /** Gives `ws` whole frames, each a whole message or a control frame. It may pause the stream. */
  deliver(bytes: Buffer): void;
  paused(): boolean;
  /** Bytes that come again once the stream is read on. */
  unread(bytes: Buffer): void;
  /** Nothing more is delivered. */
  refuse(code: number): void;
}

/**
 * A connection holds so much without its address being asked: the frame of a cell always has room.
 */
const FREE_BYTES = 8192;
/**
 * Frames are delivered in pieces of about this size, so that little waits when the first of them
 * pauses the stream.
 */
const PIECE_BYTES = 8192;

/**
 * What a client sends, in front of `ws`. `ws` keeps the pieces in which a message or a frame comes,
 * and with each of them all that was read from the line together with it; how much that is is up to
 * the client. So `ws` is only given what is whole: what is not is kept here, in memory of its own
 * that is counted.
 */
export class Reassembly {
  readonly #ends: ReassemblyEnds;
  readonly #budget: Budget;
  readonly #mostControlFrames: number;
  /** A frame whose head is whole, but not its payload; or a head that is not whole. */
  #frame: GrowingBuffer | undefined;
  /** How long that frame will be; 0 while its head is not whole. */
  #frameBytes = 0;
  /** The payload so far of a message in fragments, behind room for a head. */
  #message: GrowingBuffer | undefined;
  #opcode = 0;
  #unread = 0;
  #taken = 0;
  #messages = 0;
  #controlFrames = 0;
  #over = false;

  constructor(ends: ReassemblyEnds, budget: Budget, mostControlFrames: number) {
    this.#ends = ends;
    this.#budget = budget;
    this.#mostControlFrames = mostControlFrames;
  }

  received(chunk: Buffer): void {
    if (this.#over) return;
    this.#unread = 0;
    const rest = this.#frame === undefined ? chunk : this.#fill(this.#frame, chunk);
    if (rest.length > 0) this.#read(rest);
    this.#count();
  }

  /** Which message is under way; undefined when none is. */
  unfinished(): number | undefined {
    return this.#frame === undefined && this.#message === undefined ? undefined : this.#messages;
  }

  /** From now on as many control frames may come again. */
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

  /** Completes the frame that began before, and gives what comes behind it. */
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
      return this.#controlFrames > this.#mostControlFrames ? POLICY_VIOLATION : undefined;
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
   * What is a small part of what was read goes on in memory of its own: a put that waits would hold
   * on to all of it.
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

/** The frame of a whole message, masked with zeros, made in the room in front of its payload. */
const oneFrame = (opcode: number, behindRoom: Buffer): Buffer => {
  const size = behindRoom.length - LONGEST_HEAD;
  behindRoom.fill(0, 0, LONGEST_HEAD);
  behindRoom[0] = 0x80 | opcode;
  behindRoom[1] = 0x80 | 127;
  behindRoom.writeUInt32BE(size, 6);
  return behindRoom;
};
