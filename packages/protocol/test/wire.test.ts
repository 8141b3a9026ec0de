import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BLOCK_BYTES,
  CELL_BYTES,
  chooseVersion,
  encodeAnswer,
  encodeFeedHead,
  encodeRequest,
  feedOf,
  frameId,
  labelKey,
  MAX_ANSWER_BYTES,
  MAX_POSITION,
  MAX_REQUEST_BYTES,
  parseAnswer,
  parseBlock,
  parseCell,
  parseLabel,
  parseRequest,
  tagOf,
  WIRE_CODES,
  type Answer,
  type Block,
  type Cell,
  type Label,
  type Request,
} from "../src/wire/index.ts";

const label = Uint8Array.from({ length: 32 }, (_, i) => i + 1) as Label;
const cell = new Uint8Array(CELL_BYTES).fill(7) as Cell;
const block = new Uint8Array(BLOCK_BYTES).fill(9) as Block;
const entry = { label, cell };

const requests: Request[] = [
  { type: "hello", id: 1, minVersion: 1, maxVersion: 3 },
  { type: "put", id: 0xffffffff, label, cell },
  { type: "get", id: 3, label },
  { type: "getBlock", id: 4, label },
  { type: "follow", id: 5, feed: 258, from: MAX_POSITION },
  { type: "unfollow", id: 6, feed: 0 },
];
const largeRequest: Request = { type: "putBlock", id: 2, label, block };

const answers: Answer[] = [
  {
    type: "welcome",
    id: 1,
    version: 1,
    storeId: new Uint8Array(16).fill(5),
    now: 1_800_000_000,
    retentionDays: 30,
    maxFrame: MAX_REQUEST_BYTES,
    software: "pli-store 0.1.0",
  },
  { type: "stored", id: 2, outcome: "created" },
  { type: "stored", id: 2, outcome: "taken" },
  { type: "found", id: 3, kind: "cell", bytes: cell },
  { type: "absent", id: 4 },
  { type: "following", id: 5, feed: 258, oldest: 3, next: 12, form: "full" },
  { type: "following", id: 5, feed: 258, oldest: 3, next: 12, form: "tags" },
  { type: "entries", id: 0, feed: 258, first: 3, entries: [entry, entry] },
  { type: "tags", id: 0, feed: 258, first: 3, tags: [0x03040506, 0, 0xffffffff] },
  ...WIRE_CODES.map((code): Answer => ({ type: "error", id: 6, code })),
];
const largeAnswers: Answer[] = [
  { type: "found", id: 3, kind: "block", bytes: block },
  { type: "entries", id: 0, feed: 258, first: 0, entries: Array.from({ length: 64 }, () => entry) },
  { type: "tags", id: 0, feed: 258, first: MAX_POSITION - 4096, tags: Array.from({ length: 4096 }, (_, i) => i) },
];

const withByte = (frame: Uint8Array): Uint8Array =>
  Uint8Array.from({ length: frame.length + 1 }, (_, i) => frame[i] ?? 0);
const changed = (frame: Uint8Array, at: number, value: number): Uint8Array => frame.with(at, value);

describe("requests", () => {
  test("come back as they were sent", () => {
    for (const request of [...requests, largeRequest]) {
      expect(parseRequest(encodeRequest(request))).toEqual({ ok: true, value: request });
    }
  });

  test("are refused when cut anywhere or followed by a byte", () => {
    for (const request of requests) {
      const frame = encodeRequest(request);
      for (let size = 0; size < frame.length; size += 1) expect(parseRequest(frame.subarray(0, size)).ok).toBe(false);
      expect(parseRequest(withByte(frame)).ok).toBe(false);
    }
  });

  test("name the size when a put carries anything but one cell or one block", () => {
    const put = encodeRequest({ type: "put", id: 9, label, cell });
    const putBlock = encodeRequest(largeRequest);
    for (const frame of [
      put.subarray(0, -1),
      withByte(put),
      put.subarray(0, 37),
      putBlock.subarray(0, -1),
      withByte(putBlock),
    ]) {
      expect(parseRequest(frame)).toEqual({ ok: false, error: "wrong_size" });
    }
    expect(parseRequest(put.subarray(0, 36))).toEqual({ ok: false, error: "bad_frame" });
  });

  test("larger than the largest frame are refused", () => {
    expect(encodeRequest(largeRequest).length).toBe(MAX_REQUEST_BYTES);
    expect(parseRequest(new Uint8Array(MAX_REQUEST_BYTES + 1).fill(4)).ok).toBe(false);
  });

  test("of an unknown type, without id, or with another magic are refused", () => {
    const hello = encodeRequest({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 });
    for (const type of [0, 8, 0x81, 0xff]) expect(parseRequest(changed(hello, 0, type)).ok).toBe(false);
    expect(parseRequest(changed(hello, 4, 0)).ok).toBe(false);
    expect(parseRequest(changed(hello, 5, 0x70)).ok).toBe(false);
    expect(() => encodeRequest({ type: "unfollow", id: 0, feed: 0 })).toThrow(RangeError);
  });

  test("offering no version or a range upside down are refused", () => {
    const hello = encodeRequest({ type: "hello", id: 1, minVersion: 2, maxVersion: 2 });
    expect(parseRequest(changed(hello, 9, 1)).ok).toBe(false);
    expect(parseRequest(changed(hello, 8, 0)).ok).toBe(false);
  });

  test("following from a position no client can count to are refused", () => {
    const frame = encodeRequest({ type: "follow", id: 1, feed: 0, from: MAX_POSITION });
    expect(parseRequest(changed(frame, 8, 0x20)).ok).toBe(false);
  });

  test("of any bytes never throw, and what is accepted is canonical", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc
        .tuple(fc.integer({ min: 0, max: 9 }), fc.uint8Array({ maxLength: 48 }))
        .map(([type, rest]) => Uint8Array.of(type, ...rest)),
      fc
        .tuple(fc.nat(12), fc.nat(255))
        .map(([at, value]) =>
          changed(encodeRequest({ type: "hello", id: 7, minVersion: 1, maxVersion: 9 }), at % 10, value),
        ),
    );
    fc.assert(
      fc.property(bytes, (frame) => {
        const parsed = parseRequest(frame);
        expect(parsed.ok ? encodeRequest(parsed.value) : frame).toEqual(frame);
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  test("that cannot be parsed still give their id", () => {
    expect(frameId(encodeRequest({ type: "get", id: 77, label }).subarray(0, 9))).toBe(77);
    expect(frameId(Uint8Array.of(4, 0, 0, 1))).toBe(0);
  });
});

describe("answers", () => {
  test("come back as they were sent", () => {
    for (const answer of [...answers, ...largeAnswers]) {
      expect(parseAnswer(encodeAnswer(answer))).toEqual({ ok: true, value: answer });
    }
  });

  test("are refused when cut anywhere or followed by a byte", () => {
    for (const answer of answers) {
      const frame = encodeAnswer(answer);
      for (let size = 0; size < frame.length; size += 1) expect(parseAnswer(frame.subarray(0, size)).ok).toBe(false);
      expect(parseAnswer(withByte(frame)).ok).toBe(false);
    }
  });

  test("larger than the largest frame are refused", () => {
    expect(Math.max(...largeAnswers.map((answer) => encodeAnswer(answer).length))).toBe(MAX_ANSWER_BYTES);
    expect(parseAnswer(new Uint8Array(MAX_ANSWER_BYTES + 1).fill(0x87)).ok).toBe(false);
  });

  test("with an entry of another feed, a count that lies, or no entry are refused", () => {
    const frame = encodeAnswer({ type: "entries", id: 0, feed: 258, first: 3, entries: [entry] });
    expect(parseAnswer(changed(frame, 17, 2)).ok).toBe(false);
    expect(parseAnswer(changed(frame, 16, 2)).ok).toBe(false);
    expect(parseAnswer(changed(frame, 16, 0)).ok).toBe(false);
    expect(parseAnswer(changed(frame, 4, 1)).ok).toBe(false);
    expect(() => encodeAnswer({ type: "entries", id: 0, feed: 0, first: 0, entries: [] })).toThrow(RangeError);
  });

  test("with a count of tags that lies, or none, or more than a frame carries, are refused", () => {
    const frame = encodeAnswer({ type: "tags", id: 0, feed: 258, first: 3, tags: [1, 2] });
    expect(parseAnswer(changed(frame, 16, 1)).ok).toBe(false);
    expect(parseAnswer(changed(frame, 16, 3)).ok).toBe(false);
    expect(parseAnswer(changed(frame, 16, 0)).ok).toBe(false);
    expect(parseAnswer(changed(frame, 4, 1)).ok).toBe(false);
    const many = Array.from({ length: 4097 }, () => 1);
    expect(() => encodeAnswer({ type: "tags", id: 0, feed: 0, first: 0, tags: many })).toThrow(RangeError);
    expect(() => encodeAnswer({ type: "tags", id: 0, feed: 0, first: 0, tags: [] })).toThrow(RangeError);
    const beyond = { type: "tags", id: 0, feed: 0, first: MAX_POSITION, tags: [1] } as const;
    expect(parseAnswer(encodeAnswer(beyond)).ok).toBe(false);
  });

  test("of a feed begin with the same head whether encoded whole or in parts", () => {
    const tags = encodeAnswer({ type: "tags", id: 0, feed: 258, first: 7, tags: [9] });
    const head = encodeFeedHead({ form: "tags", feed: 258, first: 7, count: 1 });
    expect(Uint8Array.of(...head, 0, 0, 0, 9)).toEqual(tags);
    const entries = encodeAnswer({ type: "entries", id: 0, feed: 258, first: 7, entries: [entry] });
    expect(encodeFeedHead({ form: "full", feed: 258, first: 7, count: 1 })).toEqual(entries.slice(0, 17));
    expect(() => encodeFeedHead({ form: "full", feed: 0, first: 0, count: 65 })).toThrow(RangeError);
    expect(() => encodeFeedHead({ form: "tags", feed: 0, first: 0, count: 0 })).toThrow(RangeError);
  });

  test("leave the room in front of them that they are asked for", () => {
    for (const answer of answers) {
      const frame = encodeAnswer(answer, 10);
      expect(frame.slice(0, 10)).toEqual(new Uint8Array(10));
      expect(frame.slice(10)).toEqual(encodeAnswer(answer));
    }
  });

  test("with an unknown outcome, kind, form or code are refused", () => {
    expect(parseAnswer(Uint8Array.of(0x82, 0, 0, 0, 1, 3)).ok).toBe(false);
    expect(parseAnswer(Uint8Array.of(0x84, 0, 0, 0, 1, 3)).ok).toBe(false);
    expect(parseAnswer(Uint8Array.of(0xff, 0, 0, 0, 1, 0)).ok).toBe(false);
    expect(parseAnswer(Uint8Array.of(0xff, 0, 0, 0, 1, 200)).ok).toBe(false);
    const following = encodeAnswer({ type: "following", id: 5, feed: 0, oldest: 3, next: 12, form: "full" });
    expect(parseAnswer(changed(following, following.length - 1, 3)).ok).toBe(false);
    expect(parseAnswer(changed(following, following.length - 1, 0)).ok).toBe(false);
    expect(parseAnswer(changed(following, following.length - 2, 2)).ok).toBe(false);
  });

  test("naming software in anything but printable ASCII are refused", () => {
    const [welcome] = answers;
    if (welcome?.type !== "welcome") throw new Error("the first answer is the welcome");
    expect(parseAnswer(changed(encodeAnswer(welcome), 40, 0x1b)).ok).toBe(false);
    expect(() => encodeAnswer({ ...welcome, software: "x".repeat(65) })).toThrow(RangeError);
    expect(() => encodeAnswer({ ...welcome, software: "é" })).toThrow(RangeError);
  });

  test("of any bytes never throw, and what is accepted is canonical", () => {
    const types = fc.constantFrom(0x81, 0x82, 0x84, 0x86, 0x87, 0x88, 0xff, 0);
    const bytes = fc.tuple(types, fc.uint8Array({ maxLength: 64 })).map(([type, rest]) => Uint8Array.of(type, ...rest));
    fc.assert(
      fc.property(bytes, (frame) => {
        const parsed = parseAnswer(frame);
        expect(parsed.ok ? encodeAnswer(parsed.value) : frame).toEqual(frame);
      }),
      { numRuns: propertyRuns(2000) },
    );
  });

  test("parsed from a Buffer hold plain bytes", () => {
    const parsed = parseAnswer(Buffer.from(encodeAnswer({ type: "found", id: 3, kind: "cell", bytes: cell })));
    expect(parsed).toEqual({ ok: true, value: { type: "found", id: 3, kind: "cell", bytes: cell } });
  });
});

describe("tags", () => {
  test("of any values come back as they were sent", () => {
    const tags = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(fc.nat(0xffff), fc.maxSafeNat(), tags, (feed, position, values) => {
        const answer = { type: "tags", id: 0, feed, first: Math.max(0, position - 300), tags: values } as const;
        expect(parseAnswer(encodeAnswer(answer))).toEqual({ ok: true, value: answer });
      }),
    );
  });

  test("are the four bytes after the feed number", () => {
    expect(tagOf(label)).toBe(0x03040506);
    expect(tagOf(new Uint8Array(32).fill(0xff) as Label)).toBe(0xffffffff);
    expect(tagOf(changed(changed(label, 0, 9), 6, 9) as Label)).toBe(tagOf(label));
  });
});

describe("labels, cells and blocks", () => {
  test("have exactly their size", () => {
    for (const [parse, size] of [
      [parseLabel, 32],
      [parseCell, CELL_BYTES],
      [parseBlock, BLOCK_BYTES],
    ] as const) {
      expect(parse(new Uint8Array(size)).ok).toBe(true);
      expect(parse(new Uint8Array(size - 1))).toEqual({ ok: false, error: "wrong_size" });
      expect(parse(new Uint8Array(size + 1))).toEqual({ ok: false, error: "wrong_size" });
    }
  });

  test("name their feed in the first two bytes", () => {
    expect(feedOf(label)).toBe(0x0102);
  });

  test("give different keys for different labels", () => {
    expect(labelKey(label)).not.toBe(labelKey(changed(label, 31, 0xff) as Label));
    expect(labelKey(label)).toBe(labelKey(Uint8Array.from(label) as Label));
  });
});

describe("versions", () => {
  test("are agreed on when the range offered holds ours", () => {
    expect(chooseVersion({ minVersion: 1, maxVersion: 9 })).toEqual({ ok: true, value: 1 });
    expect(chooseVersion({ minVersion: 2, maxVersion: 9 })).toEqual({ ok: false, error: "unsupported_version" });
  });
});
