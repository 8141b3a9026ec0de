import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createCrypto, fromHex, toHex, utf8, type Crypto } from "@pli/protocol/crypto";
import {
  MAX_CONTENT_BYTES,
  MAX_CONTROL_BYTES,
  MAX_LIFETIME_SECONDS,
  MAX_RECEIPT_IDS,
  MAX_RIDING_IDS,
  MAX_TEXT_BYTES,
  createContent,
  encodeContent,
  messageIdFrom,
  parseContent,
  parseEmoji,
  parseText,
  ridingIn,
  type Body,
} from "@pli/protocol/content";
import { MAX_TIMER_SECONDS } from "@pli/protocol/group";
import { encodeCbor, type CborValue } from "@pli/protocol/object";
import { mimiMessageId, parseMimi } from "../src/content/mimi.ts";

const id32 = (): Uint8Array => new Uint8Array(32);
const SENT_AT = 1_790_000_000_123;
let crypto: Crypto;
beforeAll(async () => {
  crypto = await createCrypto();
});

const id = fc.uint8Array({ minLength: 32, maxLength: 32 });
const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
/** Of every kind that can be written: a new one needs its own here. */
const bodies: { [K in Exclude<Body["kind"], "unknown">]: fc.Arbitrary<Body & { kind: K }> } = {
  text: fc
    .tuple(text, fc.option(id, { nil: undefined }))
    .map(([value, inReplyTo]) => ({ kind: "text", text: value, ...(inReplyTo && { inReplyTo }) })),
  receipt: fc
    .tuple(fc.array(id, { maxLength: 5 }), fc.array(id, { minLength: 1, maxLength: 5 }))
    .map(([delivered, read]) => ({ kind: "receipt", delivered, read })),
  edit: fc.tuple(text, id).map(([value, replaces]) => ({ kind: "edit", replaces, text: value })),
  deletion: id.map((replaces) => ({ kind: "deletion", replaces })),
  reaction: fc
    .tuple(id, fc.constantFrom("👍", "❤️", "👨‍👩‍👧‍👦", "👍🏽", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"))
    .map(([inReplyTo, emoji]) => ({ kind: "reaction", inReplyTo, emoji })),
  withdrawal: fc.tuple(id, id).map(([inReplyTo, replaces]) => ({ kind: "withdrawal", inReplyTo, replaces })),
  control: fc
    .tuple(fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/), fc.uint8Array())
    .map(([name, body]) => ({ kind: "control", name, body })),
};
const anyBody: fc.Arbitrary<Body> = fc.oneof(...Object.values(bodies));

/** A message by hand, each field as given. */
function mimi(
  fields: Partial<Record<"salt" | "replaces" | "topic" | "expires" | "inReplyTo" | "extensions" | "part", CborValue>>,
) {
  const { salt = new Uint8Array(16), replaces = null, topic = new Uint8Array(0), expires = null } = fields;
  const { inReplyTo = null, extensions = { "pli.sentAt": SENT_AT } } = fields;
  const { part = [1, "", 1, "text/markdown;variant=GFM-MIMI", utf8("hi")] } = fields;
  return encodeCbor([salt, replaces, topic, expires, inReplyTo, extensions, part]);
}
const kindOf = (bytes: Uint8Array): string => {
  const content = parseContent(bytes);
  return content.ok ? content.value.body.kind : content.error;
};

describe("content", () => {
  test("whatever is said comes back the same", () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const content = createContent(crypto, SENT_AT, body);
        expect(parseContent(encodeContent(content))).toEqual({ ok: true, value: content });
      }),
    );
  });

  test("every truncation and every trailing byte is refused", () => {
    fc.assert(
      fc.property(anyBody, fc.nat(255), (body, extra) => {
        const bytes = encodeContent(createContent(crypto, SENT_AT, body));
        expect(kindOf(Uint8Array.of(...bytes, extra))).toBe("content_malformed");
        const all = Array.from({ length: bytes.length }, (_, length) => kindOf(bytes.subarray(0, length)));
        expect(new Set(all)).toEqual(new Set(["content_malformed"]));
      }),
      { numRuns: propertyRuns(20) },
    );
  });

  test("receipts ride in whatever is said, and every truncation is refused", () => {
    const some = fc.array(id, { maxLength: MAX_RIDING_IDS / 2 });
    fc.assert(
      fc.property(anyBody, some, some, id, (body, delivered, read, one) => {
        const content = { ...createContent(crypto, SENT_AT, body), riding: { delivered, read: [...read, one] } };
        if (delivered.length + read.length >= MAX_RIDING_IDS) return;
        const bytes = encodeContent(content);
        expect(parseContent(bytes)).toEqual({ ok: true, value: content });
        const cuts = Array.from({ length: 50 }, (_, i) =>
          kindOf(bytes.subarray(0, Math.floor((i * bytes.length) / 50))),
        );
        expect(new Set(cuts)).toEqual(new Set(["content_malformed"]));
      }),
      { numRuns: propertyRuns(50) },
    );
  });

  test("a text brings its lifetime, whatever else it says, and every truncation is refused", () => {
    const lifetimes = fc.integer({ min: 1, max: MAX_LIFETIME_SECONDS });
    fc.assert(
      fc.property(text, lifetimes, fc.option(id, { nil: undefined }), (value, lifetime, one) => {
        const body: Body =
          one === undefined ? { kind: "text", text: value } : { kind: "text", text: value, inReplyTo: one };
        const riding = one === undefined ? undefined : { delivered: [one], read: [] };
        const content = { ...createContent(crypto, SENT_AT, body), lifetime, ...(riding && { riding }) };
        const bytes = encodeContent(content);
        expect(parseContent(bytes)).toEqual({ ok: true, value: content });
        const all = Array.from({ length: bytes.length }, (_, length) => kindOf(bytes.subarray(0, length)));
        expect(new Set(all)).toEqual(new Set(["content_malformed"]));
      }),
      { numRuns: propertyRuns(30) },
    );
  });

  test("a lifetime is from a second to a year, as a group's timer is, and of what is said to people", () => {
    const said = createContent(crypto, SENT_AT, { kind: "text", text: "hi" });
    expect(MAX_LIFETIME_SECONDS).toBe(MAX_TIMER_SECONDS);
    for (const lifetime of [0, -1, 1.5, MAX_LIFETIME_SECONDS + 1, Number.NaN])
      expect(() => encodeContent({ ...said, lifetime })).toThrow(RangeError);
    const control = createContent(crypto, SENT_AT, { kind: "control", name: "card", body: utf8("x") });
    expect(() => encodeContent({ ...control, lifetime: 60 })).toThrow(RangeError);
    const html = mimi({ expires: [true, 60], part: [1, "", 1, "text/html;charset=utf-8", utf8("<b>hi</b>")] });
    expect(parseContent(html)).toMatchObject({ ok: true, value: { lifetime: 60, body: { kind: "unknown" } } });
  });

  test("as many receipts ride as a message has room for", () => {
    const content = createContent(crypto, SENT_AT, { kind: "text", text: "x" });
    const plain = encodeContent(content).length;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000 }), (room) => {
        const count = ridingIn(room);
        if (count === 0) return;
        const riding = { delivered: [], read: Array.from({ length: count }, () => new Uint8Array(32)) };
        expect(encodeContent({ ...content, riding }).length - plain).toBeLessThanOrEqual(room);
      }),
    );
    expect([ridingIn(50), ridingIn(51), ridingIn(10_000)]).toEqual([0, 1, MAX_RIDING_IDS]);
  });

  test("receipts that ride badly are passed over, and what they ride in is read", () => {
    const ids = Array.from({ length: MAX_RIDING_IDS + 1 }, () => crypto.random(32));
    const lists: CborValue[] = ["x", [], [[new Uint8Array(31), 1]], [[ids[0] ?? null]], ids.map((one) => [one, 1])];
    for (const list of lists) {
      const content = parseContent(mimi({ extensions: { "pli.sentAt": SENT_AT, "pli.receipts": list } }));
      expect(content).toMatchObject({ ok: true, value: { body: { kind: "text", text: "hi" } } });
      expect(content.ok && content.value.riding).toBeUndefined();
    }
    const riding = { delivered: ids, read: [] };
    const content = createContent(crypto, SENT_AT, { kind: "text", text: "hi" });
    expect(() => encodeContent({ ...content, riding })).toThrow(RangeError);
    expect(() => encodeContent({ ...content, riding: { delivered: [], read: [] } })).toThrow(RangeError);
  });

  test("random bytes and flipped bits never throw", () => {
    const bytes = encodeContent(createContent(crypto, SENT_AT, { kind: "control", name: "card", body: utf8("x") }));
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(), fc.nat(7), (random, at, bit) => {
        const flipped = bytes.slice();
        flipped[at % bytes.length] = (flipped[at % bytes.length] ?? 0) ^ (1 << bit);
        expect([kindOf(random), kindOf(flipped)].every((kind) => kind.length > 0)).toBe(true);
      }),
    );
  });

  test("the longest text fits, and one byte more does not", () => {
    const longest = "é".repeat(MAX_TEXT_BYTES / 2);
    const bytes = encodeContent(createContent(crypto, SENT_AT, { kind: "text", text: longest }));
    expect(bytes.length).toBeLessThanOrEqual(MAX_CONTENT_BYTES);
    expect(kindOf(bytes)).toBe("text");
    expect(() => encodeContent(createContent(crypto, SENT_AT, { kind: "text", text: `${longest}x` }))).toThrow(
      RangeError,
    );
    expect(parseText(`${longest}x`)).toEqual({ ok: false, error: "text_too_long" });
    expect(kindOf(mimi({ part: [1, "", 1, "text/markdown;variant=GFM-MIMI", utf8(`${longest}x`)] }))).toBe(
      "content_malformed",
    );
  });

  test("a text that says nothing is refused before it is sent and when it comes", () => {
    expect(parseText(" \n\t")).toEqual({ ok: false, error: "text_empty" });
    expect(() => encodeContent(createContent(crypto, SENT_AT, { kind: "text", text: "" }))).toThrow(RangeError);
    expect(kindOf(mimi({ part: [1, "", 1, "text/markdown;variant=GFM-MIMI", new Uint8Array(0)] }))).toBe(
      "content_malformed",
    );
    expect(parseText("a\ud800b")).toEqual({ ok: true, value: "a\ufffdb" });
  });

  test("receipts and controls have bounds", () => {
    const ids = Array.from({ length: MAX_RECEIPT_IDS + 1 }, () => crypto.random(32));
    const encode = (body: Body) => encodeContent(createContent(crypto, SENT_AT, body));
    expect(kindOf(encode({ kind: "receipt", delivered: ids.slice(1), read: [] }))).toBe("receipt");
    expect(() => encode({ kind: "receipt", delivered: ids, read: [] })).toThrow(RangeError);
    expect(() => encode({ kind: "receipt", delivered: [], read: [] })).toThrow(RangeError);
    expect(() => encode({ kind: "control", name: "Card", body: new Uint8Array(0) })).toThrow(RangeError);
    expect(() => encode({ kind: "control", name: "card", body: new Uint8Array(MAX_CONTROL_BYTES + 1) })).toThrow(
      RangeError,
    );
    const status = (list: CborValue): CborValue => [0, "", 1, "application/mimi-message-status", encodeCbor(list)];
    expect(kindOf(mimi({ part: status([]) }))).toBe("content_malformed");
    expect(kindOf(mimi({ part: status([[new Uint8Array(31), 1]]) }))).toBe("content_malformed");
    expect(kindOf(mimi({ part: status(ids.map((each) => [each, 1])) }))).toBe("content_malformed");
  });

  test("statuses of a later version are passed over", () => {
    const [one, two] = [crypto.random(32), crypto.random(32)];
    const part: CborValue = [
      0,
      "",
      1,
      "application/mimi-message-status",
      encodeCbor([
        [one, 6],
        [two, 2],
        [one, 1],
      ]),
    ];
    expect(parseContent(mimi({ part }))).toMatchObject({
      value: { body: { kind: "receipt", delivered: [one], read: [two] } },
    });
  });

  test.each<readonly [string, Parameters<typeof mimi>[0]]>([
    ["an edit that answers another message", { replaces: new Uint8Array(32), inReplyTo: new Uint8Array(32) }],
    ["an edit that expires", { replaces: new Uint8Array(32), expires: [true, 60] }],
    ["a deletion that answers", { replaces: new Uint8Array(32), inReplyTo: new Uint8Array(32), part: [1, "", 0] }],
    ["no part that replaces nothing", { part: [1, "", 0] }],
    ["a reaction to nothing", { part: [2, "", 1, "text/plain;charset=utf-8", utf8("👍")] }],
    ["a withdrawal of nothing", { inReplyTo: new Uint8Array(32), part: [2, "", 0] }],
    ["a message that ends at a moment", { expires: [false, 1_790_000_060] }],
    ["a message that has no time to live", { expires: [true, 0] }],
    ["a message that lives longer than a year", { expires: [true, MAX_LIFETIME_SECONDS + 1] }],
    ["a receipt that expires", { expires: [true, 60], part: [0, "", 1, "application/mimi-message-status", utf8("x")] }],
    ["a message of a topic", { topic: Uint8Array.of(1) }],
    ["an attachment", { part: [6, "", 2, "image/png", "https://example.com", 0, 0, 1, utf8("key"), utf8("nonce")] }],
    [
      "a part of many",
      {
        part: [
          1,
          "",
          3,
          0,
          [
            [1, "", 0],
            [1, "", 0],
          ],
        ],
      },
    ],
    ["HTML", { part: [1, "", 1, "text/html;charset=utf-8", utf8("<b>hi</b>")] }],
  ])("%s is kept as unknown, byte for byte", (_, fields) => {
    const bytes = mimi(fields);
    const content = parseContent(bytes);
    expect(content).toMatchObject({ ok: true, value: { sentAt: SENT_AT, body: { kind: "unknown", bytes } } });
    expect(content.ok && encodeContent(content.value)).toEqual(bytes);
  });

  test.each([
    ["none", ""],
    ["a letter", "a"],
    ["two emoji", "👍👍"],
    ["a sign that is text", "❤"],
    ["a sign with marks piled on it", "e" + "\u0301".repeat(20)],
    ["one that turns the direction", "\u202e👍"],
    ["tags alone", "\u{e0067}\u{e0062}\u{e007f}"],
    ["an unknown flag of tags", "🏴\u{e0078}\u{e0078}\u{e007f}"],
    ["one joined to nothing", "👍\u200d"],
    ["200 code points", "👨\u200d".repeat(100)],
    ["a digit", "1"],
    ["a space behind", "👍 "],
  ])("a reaction of %s is malformed", (_, emoji) => {
    const part: CborValue = [2, "", 1, "text/plain;charset=utf-8", utf8(emoji)];
    expect(kindOf(mimi({ inReplyTo: new Uint8Array(32), part }))).toBe("content_malformed");
    expect(() => encodeContent(createContent(crypto, SENT_AT, { kind: "reaction", inReplyTo: id32(), emoji }))).toThrow(
      RangeError,
    );
  });

  test("what was typed for an emoji becomes one, or nothing", () => {
    expect(parseEmoji(" ❤ ")).toBe("❤️");
    expect(parseEmoji("👍🏽")).toBe("👍🏽");
    expect(["", " ", "a", "👍 👍", "x".repeat(10_000)].map(parseEmoji)).toEqual(Array(5).fill(undefined));
  });

  test.each<readonly [string, Parameters<typeof mimi>[0]]>([
    ["no time", { extensions: {} }],
    ["a time that is no whole number", { extensions: { "pli.sentAt": -1 } }],
    ["a short salt", { salt: new Uint8Array(15) }],
    ["a reply to something that is no id", { inReplyTo: new Uint8Array(31) }],
    ["text that is not UTF-8", { part: [1, "", 1, "text/markdown;variant=GFM-MIMI", Uint8Array.of(0xc3)] }],
    ["a part that is no list", { part: "hi" }],
    ["an end that is no number", { expires: [true, "60"] }],
    ["an end before 1970", { expires: [true, -1] }],
    ["an end in three parts", { expires: [true, 60, 60] }],
    ["a single part with too much in it", { part: [1, "", 1, "text/plain", utf8("hi"), 1] }],
  ])("%s is malformed", (_, fields) => {
    expect(kindOf(mimi(fields))).toBe("content_malformed");
  });
});

describe("message ids", () => {
  test("are MIMI's: the example of draft-ietf-mimi-content-08, section 5.1", () => {
    const bytes = fromHex(
      "87505eed9406c2545547ab6f09f20a18b003f640f6f6a2017820" +
        toHex(utf8("mimi://example.com/u/alice-smith")) +
        "027825" +
        toHex(utf8("mimi://example.com/r/engineering_team")) +
        "85016001781e" +
        toHex(utf8("text/markdown;variant=GFM-MIMI")) +
        "5839" +
        toHex(utf8("Hi everyone, we just shipped release 2.0. __Good  work__!")),
    );
    if (bytes === undefined) throw new Error("not hexadecimal");
    expect(parseMimi(bytes)?.part?.contentType).toBe("text/markdown;variant=GFM-MIMI");
    const ours = mimiMessageId(
      crypto,
      bytes,
      "mimi://example.com/u/alice-smith",
      "mimi://example.com/r/engineering_team",
    );
    expect(toHex(ours)).toBe("017ce54837404c3696e0c747b985cb172716d0ed0a3d249ca63ace7d82a096f4");
  });

  test("the same bytes keep their id; another sender, conversation or salt gives another", () => {
    const body: Body = { kind: "text", text: "hello" };
    const bytes = encodeContent(createContent(crypto, SENT_AT, body));
    const from = { sender: crypto.random(32), conversation: crypto.random(32) };
    const ids = [
      messageIdFrom(crypto, bytes, from),
      messageIdFrom(crypto, bytes.slice(), from),
      messageIdFrom(crypto, bytes, { ...from, sender: crypto.random(32) }),
      messageIdFrom(crypto, bytes, { ...from, conversation: crypto.random(32) }),
      messageIdFrom(crypto, encodeContent(createContent(crypto, SENT_AT, body)), from),
    ].map(toHex);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(4);
    expect(ids.every((each) => each.length === 64 && each.startsWith("01"))).toBe(true);
  });
});
