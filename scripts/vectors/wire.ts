import { kdf, utf8 } from "@pli/protocol/crypto";
import { labelFrom } from "@pli/protocol/object";
import { encodeAnswer, encodeRequest, parseCell, WIRE_CODES } from "@pli/protocol/wire";
import type { Answer, Cell, Label, Request } from "@pli/protocol/wire";
import { patternOf, seededFor, type VectorFile } from "./json.ts";

/**
 * Every request and every answer of the store, section 3. Blocks are left out for their size: they
 * travel as cells do.
 */
export async function frameVectors(): Promise<VectorFile> {
  const crypto = await seededFor("frames");
  const label = (): Label => labelFrom(0, crypto.random(32));
  const cell = cellFrom(patternOf(4096));
  const requests: readonly Request[] = [
    { type: "hello", id: 1, minVersion: 1, maxVersion: 3 },
    { type: "put", id: 2, label: label(), cell },
    { type: "get", id: 0xffffffff, label: label() },
    { type: "getBlock", id: 4, label: label() },
    { type: "follow", id: 5, feed: 0, from: 0 },
    { type: "follow", id: 6, feed: 0xffff, from: Number.MAX_SAFE_INTEGER },
    { type: "unfollow", id: 7, feed: 1 },
  ];
  const answers: readonly Answer[] = [
    {
      type: "welcome",
      id: 1,
      version: 1,
      storeId: crypto.random(16),
      now: 1_790_000_000,
      retentionDays: 30,
      maxFrame: 262_181,
      software: "pli 0.1.0",
    },
    { type: "stored", id: 2, outcome: "created" },
    { type: "stored", id: 2, outcome: "taken" },
    { type: "found", id: 3, kind: "cell", bytes: cell },
    { type: "absent", id: 3 },
    { type: "following", id: 5, feed: 0, oldest: 10, next: 200, form: "full" },
    { type: "following", id: 5, feed: 3, oldest: 0, next: 0, form: "tags" },
    {
      type: "entries",
      id: 0,
      feed: 0,
      first: 199,
      entries: [
        { label: label(), cell },
        { label: label(), cell: cellFrom(new Uint8Array(4096)) },
      ],
    },
    { type: "tags", id: 0, feed: 3, first: 9, tags: [0, 1, 0x89abcdef, 0xffffffff] },
    ...WIRE_CODES.map((code): Answer => ({ type: "error", id: 9, code })),
  ];
  return {
    structure: "frames",
    about: "Frames between client and store (section 3). `direction` says who sends; all numbers are big-endian.",
    valid: [
      ...requests.map((value) => ({ name: value.type, direction: "request", value, bytes: encodeRequest(value) })),
      ...answers.map((value) => ({ name: value.type, direction: "answer", value, bytes: encodeAnswer(value) })),
    ],
    invalid: [...badRequests(label()), ...badAnswers()],
  };
}

/** The one key derivation and the labels made with it, section 4. */
export async function labelVectors(): Promise<VectorFile> {
  const crypto = await seededFor("labels");
  const secret = crypto.random(32);
  const cases = [
    { name: "object label", context: Uint8Array.of(0, 0, 0, 0) },
    { name: "object label", context: Uint8Array.of(0, 0, 0, 1) },
    { name: "label", context: new Uint8Array(0) },
    { name: "pairing bundle", context: new Uint8Array(0) },
  ];
  return {
    structure: "labels",
    about:
      'kdf(secret, name, context) = HKDF-Expand-SHA256(secret, "pli1 " name 00 context, 32); label = feed (2 bytes, big-endian) and the first 30 bytes of that.',
    valid: cases.flatMap(({ name, context }) =>
      [0, 1, 0xffff].map((feed) => {
        const derived = kdf(crypto, secret, name, context);
        return { secret, name, context, derived, feed, label: labelFrom(feed, derived) };
      }),
    ),
    invalid: [],
  };
}

function badRequests(label: Label) {
  const get = encodeRequest({ type: "get", id: 3, label });
  const put = encodeRequest({ type: "put", id: 3, label, cell: cellFrom(new Uint8Array(4096)) });
  const hello = encodeRequest({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 });
  const bad = (name: string, bytes: Uint8Array, error = "bad_frame") => ({ name, direction: "request", bytes, error });
  return [
    bad("nothing", new Uint8Array(0)),
    bad("an unknown type", Uint8Array.of(0x77, 0, 0, 0, 1)),
    bad("request id 0", Uint8Array.of(...get.subarray(0, 1), 0, 0, 0, 0, ...get.subarray(5))),
    bad("a get one byte short", get.slice(0, -1)),
    bad("a get one byte long", Uint8Array.of(...get, 0)),
    bad("a put with a short cell", put.slice(0, -1), "wrong_size"),
    bad("a hello of something else", Uint8Array.of(...hello.subarray(0, 5), ...utf8("SSH"), 1, 1)),
    bad("a hello with no version", Uint8Array.of(...hello.subarray(0, 8), 2, 1)),
    bad("a follow from beyond 2^53", Uint8Array.of(6, 0, 0, 0, 1, 0, 0, 0, 32, 0, 0, 0, 0, 0, 0)),
  ];
}

function badAnswers() {
  const bad = (name: string, bytes: readonly number[]) => {
    return { name, direction: "answer", bytes: Uint8Array.from(bytes), error: "bad_frame" };
  };
  return [
    bad("an unknown outcome", [0x82, 0, 0, 0, 1, 3]),
    bad("a cell that is short", [0x84, 0, 0, 0, 1, 1, 0, 0]),
    bad("something after absent", [0x84, 0, 0, 0, 1, 0, 0]),
    bad("an unknown error", [0xff, 0, 0, 0, 1, 200]),
    bad("an unknown form", [0x86, 0, 0, 0, 1, 0, 0, ...Array.from({ length: 16 }, () => 0), 3]),
    bad("no tags at all", [0x88, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    bad("a tag one byte short", [0x88, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3]),
    bad("more tags than were said", [
      0x88,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      1,
      ...Array.from({ length: 8 }, () => 1),
    ]),
    bad("no entries at all", [0x87, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  ];
}

function cellFrom(bytes: Uint8Array): Cell {
  const cell = parseCell(bytes);
  if (!cell.ok) throw new Error(cell.error);
  return cell.value;
}
