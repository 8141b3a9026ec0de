import { MAX_REQUEST_BYTES } from "@pli/protocol/wire";
import { randomBytes } from "node:crypto";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Budget } from "../../src/base/budget.ts";
import { frameHeadAt } from "../../src/faces/websocket/frame-head.ts";
import { Reassembly } from "../../src/faces/websocket/reassembly.ts";
import { BINARY, CONTINUATION, frame, PING, PONG } from "../lib/frames.ts";

/**
 * A Reassembly whose `ws` writes down each frame it is given, and pauses the stream now and then.
 */
const build = ({ budget = new Budget(Infinity), pauses = (): boolean => false } = {}) => {
  const frames: { opcode: number; payload: Buffer }[] = [];
  const unread: Buffer[] = [];
  let paused = false;
  let refused: number | undefined;
  const reassembly: Reassembly = new Reassembly(
    {
      deliver: (bytes) => {
        for (let at = 0; at < bytes.length;) {
          const head = frameHeadAt(bytes, at);
          if (typeof head !== "object") throw new Error("a piece that is not whole was delivered");
          const start = at + head.bytes;
          const mask = bytes.subarray(start - 4, start);
          at = start + head.payload;
          const payload = bytes.subarray(start, at).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
          frames.push({ opcode: head.opcode, payload: Buffer.from(payload) });
        }
        paused = pauses();
      },
      paused: () => paused,
      unread: (bytes) => void unread.unshift(bytes),
      refuse: (code) => (refused = code),
    },
    budget,
    1000,
  );
  const received = (bytes: Buffer): void => {
    reassembly.received(bytes);
    for (let next = unread.shift(); next !== undefined; next = unread.shift()) {
      paused = false;
      reassembly.received(next);
    }
    paused = false;
  };
  return { reassembly, frames, received, refused: () => refused };
};

interface Message {
  readonly payload: Uint8Array;
  readonly cuts: readonly number[];
  readonly control: number | undefined;
  readonly mask: Uint8Array;
}

/** A message, cut into fragments with control frames between them. */
const messageArbitrary: fc.Arbitrary<Message> = fc.record({
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.nat(70_000).map((size) => new Uint8Array(randomBytes(size))),
  ),
  cuts: fc.array(fc.nat(70_000), { maxLength: 4 }),
  control: fc.constantFrom(PING, PONG, undefined),
  mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
});

const framesOf = ({ payload, cuts, control, mask }: Message): Buffer[] => {
  const ends = [...cuts.filter((cut) => cut < payload.length).toSorted((a, b) => a - b), payload.length];
  return ends.flatMap((end, i) => {
    const piece = payload.subarray(ends[i - 1] ?? 0, end);
    const options = { final: i === ends.length - 1, mask: Buffer.from(mask) };
    const between = control === undefined ? [] : [frame(control, Buffer.from("between"), { mask: Buffer.from(mask) })];
    return [...between, frame(i === 0 ? BINARY : CONTINUATION, piece, options)];
  });
};

test("every message arrives whole and in order, however it is cut into fragments and pieces, and whenever the stream pauses", () => {
  const property = fc.property(
    fc.array(messageArbitrary, { minLength: 1, maxLength: 6 }),
    fc.infiniteStream(fc.oneof(fc.nat(20), fc.nat(65_536))),
    fc.infiniteStream(fc.boolean()),
    (messages, sizes, pauses) => {
      const budget = new Budget(Infinity);
      const { frames, received, reassembly } = build({ budget, pauses: () => pauses.next().value });
      const bytes = Buffer.concat(messages.flatMap(framesOf));
      for (let at = 0; at < bytes.length;) {
        const size = 1 + sizes.next().value;
        received(bytes.subarray(at, at + size));
        at += size;
      }
      const whole = frames.filter(({ opcode }) => opcode === BINARY).map(({ payload }) => payload.toString("hex"));
      expect(whole).toEqual(messages.map(({ payload }) => Buffer.from(payload).toString("hex")));
      expect(reassembly.unfinished()).toBeUndefined();
    },
  );
  fc.assert(property, { numRuns: propertyRuns(100) });
});

test("what is not whole is counted as long as it is kept, a frame that comes a byte at a time as its bytes", () => {
  const whole = frame(BINARY, Buffer.alloc(MAX_REQUEST_BYTES));
  const budget = new Budget(MAX_REQUEST_BYTES + 14 - 8192);
  const { received, frames, reassembly, refused } = build({ budget });
  for (let at = 0; at < whole.length - 1; at += 1) received(whole.subarray(at, at + 1));
  expect(budget.take(1)).toBe(false);
  received(whole.subarray(-1));
  expect(frames.length).toBe(1);
  expect(budget.take(MAX_REQUEST_BYTES + 14 - 8192)).toBe(true);
  received(whole.subarray(0, 100_000));
  expect(refused()).toBe(1013);
  reassembly.closed();
});

test("what can only be wrong is refused, with the reason, and nothing after it is delivered", () => {
  const begun = frame(BINARY, Buffer.from([1]), { final: false });
  const wrong: [Buffer, number][] = [
    [frame(CONTINUATION, Buffer.from([1])), 1002],
    [Buffer.concat([begun, frame(BINARY, Buffer.from([1]))]), 1002],
    [frame(3, Buffer.alloc(0)), 1002],
    [frame(0x40 | BINARY, Buffer.alloc(0)), 1002],
    [frame(PING, Buffer.alloc(126)), 1002],
    [frame(PING, Buffer.alloc(1), { final: false }), 1002],
    [Buffer.from([0x80 | BINARY, 0]), 1002],
    [frame(BINARY, Buffer.alloc(MAX_REQUEST_BYTES + 1)), 1009],
    [Buffer.concat([begun, frame(CONTINUATION, Buffer.alloc(MAX_REQUEST_BYTES))]), 1009],
    [Buffer.concat(Array.from({ length: 1001 }, () => frame(PONG, Buffer.alloc(0)))), 1008],
  ];
  for (const [bytes, code] of wrong) {
    const { received, refused, frames } = build();
    received(bytes);
    expect(refused()).toBe(code);
    const before = frames.length;
    received(frame(BINARY, Buffer.alloc(1)));
    expect(frames.length).toBe(before);
  }
});
