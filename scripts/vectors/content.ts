import { utf8 } from "@pli/protocol/crypto";
import {
  MAX_LIFETIME_SECONDS,
  createContent,
  encodeContent,
  messageIdFrom,
  parseContent,
  type Body,
  type Content,
} from "@pli/protocol/content";
import { encodeCbor, type CborValue } from "@pli/protocol/object";
import { damaged, patternOf, seededFor, type VectorFile } from "./json.ts";

const SENT_AT = 1_790_000_000_123;
const ERROR = "content_malformed";

/**
 * MIMI content of every kind, section 9, with the message id it has from this sender in this
 * conversation.
 */
export async function contentVectors(): Promise<VectorFile> {
  const crypto = await seededFor("content");
  const from = { sender: crypto.random(32), conversation: crypto.random(32) };
  const [one, two, three] = [crypto.random(32), crypto.random(32), crypto.random(32)];
  const salt = crypto.random(16);
  const mimi = (
    part: CborValue,
    p: Partial<Record<"replaces" | "inReplyTo" | "expires" | "extensions", CborValue>> = {},
  ) => {
    const { replaces = null, inReplyTo = null, expires = null, extensions = { "pli.sentAt": SENT_AT } } = p;
    return encodeCbor([salt, replaces, new Uint8Array(0), expires, inReplyTo, extensions, part]);
  };
  const unknown = (bytes: Uint8Array): Body => {
    const content = parseContent(bytes);
    if (!content.ok) throw new Error(content.error);
    return content.value.body;
  };
  const bodies: Readonly<Record<string, Body>> = {
    text: { kind: "text", text: "Bonjour **Camille**, à *demain* ?" },
    "a reply": { kind: "text", text: "Oui 👍", inReplyTo: one },
    receipts: { kind: "receipt", delivered: [one, two], read: [three] },
    control: { kind: "control", name: "card", body: patternOf(20) },
    "an edit": { kind: "edit", replaces: one, text: "Oui, à **dix** heures." },
    "a deletion": { kind: "deletion", replaces: one },
    "a reaction": { kind: "reaction", inReplyTo: one, emoji: "👨‍👩‍👧‍👦" },
    "a withdrawal": { kind: "withdrawal", inReplyTo: one, replaces: two },
    "a text that ends at a moment, of a later version": unknown(
      mimi([1, "", 1, "text/markdown;variant=GFM-MIMI", utf8("non")], { expires: [false, 1_790_003_600] }),
    ),
    "a text that lives longer than a year": unknown(
      mimi([1, "", 1, "text/markdown;variant=GFM-MIMI", utf8("non")], { expires: [true, MAX_LIFETIME_SECONDS + 1] }),
    ),
    "a text that has no time to live": unknown(
      mimi([1, "", 1, "text/markdown;variant=GFM-MIMI", utf8("non")], { expires: [true, 0] }),
    ),
    "HTML, which is never shown": unknown(mimi([1, "", 1, "text/html;charset=utf-8", utf8("<b>non</b>")])),
  };
  const valid = Object.entries(bodies).map(([name, body]) => {
    const value: Content =
      body.kind === "unknown" ? { salt, sentAt: SENT_AT, body } : createContent(crypto, SENT_AT, body);
    const bytes = encodeContent(value);
    return { name, value, bytes, from, messageId: messageIdFrom(crypto, bytes, from) };
  });
  const text = createContent(crypto, SENT_AT, { kind: "text", text: "Oui." });
  const riding = { ...text, riding: { delivered: [one], read: [two, three] } };
  const bytes = encodeContent(riding);
  const name = "a text in which receipts ride";
  valid.push({ name, value: riding, bytes, from, messageId: messageIdFrom(crypto, bytes, from) });
  for (const [what, lifetime] of [
    ["a text that lives for an hour", 3_600],
    ["a text that lives for a second", 1],
    ["a text that lives for a year", MAX_LIFETIME_SECONDS],
  ] as const) {
    const mortal = { ...text, lifetime };
    const encoded = encodeContent(mortal);
    valid.push({ name: what, value: mortal, bytes: encoded, from, messageId: messageIdFrom(crypto, encoded, from) });
  }
  const markdown = (content: CborValue): CborValue => [1, "", 1, "text/markdown;variant=GFM-MIMI", content];
  const emoji = (value: string): CborValue => [2, "", 1, "text/plain;charset=utf-8", utf8(value)];
  const status = (list: CborValue): CborValue => [0, "", 1, "application/mimi-message-status", encodeCbor(list)];
  return {
    structure: "content",
    about:
      'MIMI content (draft-ietf-mimi-content-08) in canonical CBOR: [salt, replaces, h\'\', null or [true, seconds], inReplyTo, { "pli.sentAt": ms, and where receipts ride "pli.receipts": [[message id, status] …] }, [disposition, "", 1, contentType, content] or [disposition, "", 0]]. messageId is the draft\'s, with pli:p/ and pli:c/ and base64url of the sender\'s profile id and the conversation\'s id as URIs.',
    valid,
    invalid: [
      ...damaged(encodeContent(createContent(crypto, SENT_AT, { kind: "text", text: "x" })), ERROR),
      { name: "an end that is no number", bytes: mimi(markdown(utf8("x")), { expires: [true, "1"] }), error: ERROR },
      { name: "an end of three", bytes: mimi(markdown(utf8("x")), { expires: [true, 1, 1] }), error: ERROR },
      { name: "no time", bytes: mimi(markdown(utf8("x")), { extensions: {} }), error: ERROR },
      { name: "no text", bytes: mimi(markdown(new Uint8Array(0))), error: ERROR },
      { name: "text that is not UTF-8", bytes: mimi(markdown(Uint8Array.of(0xff))), error: ERROR },
      { name: "text as text", bytes: mimi(markdown("x")), error: ERROR },
      { name: "a reaction that is no emoji", bytes: mimi(emoji("a"), { inReplyTo: one }), error: ERROR },
      { name: "a reaction of two emoji", bytes: mimi(emoji("👍👍"), { inReplyTo: one }), error: ERROR },
      { name: "an edit without words", bytes: mimi(markdown(new Uint8Array(0)), { replaces: one }), error: ERROR },
      { name: "a receipt for nothing", bytes: mimi(status([])), error: ERROR },
      { name: "a receipt for no id", bytes: mimi(status([[new Uint8Array(31), 1]])), error: ERROR },
      {
        name: "a time in a longer form than needed",
        bytes: longerTime(mimi(markdown(utf8("x")), { extensions: { "pli.sentAt": 5 } })),
        error: ERROR,
      },
    ],
  };
}

/** The same value, its small time written in two bytes: what canonical CBOR forbids. */
function longerTime(bytes: Uint8Array): Uint8Array {
  const at = bytes.findIndex((byte, i) => byte === 5 && bytes[i - 1] === 0x74);
  if (at < 0) throw new Error("no time there");
  return Uint8Array.of(...bytes.subarray(0, at), 0x18, 5, ...bytes.subarray(at + 1));
}
