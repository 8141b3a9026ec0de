import { expect, test } from "vitest";
import { parseBusMessage, randomId } from "../src/worker/bus.ts";
import type { BusMessage } from "../src/worker/bus.ts";

const key = new Uint8Array(32);
const id = randomId();
const open = { phase: "open", lock: "passphrase", open: { key, generation: id } } as const;
const passkey = { credential: new Uint8Array(16), salt: new Uint8Array(32) };

test("each message between tabs is parsed as it was sent", () => {
  const messages: BusMessage[] = [
    { type: "truth", truth: { phase: "starting", lock: "none" } },
    { type: "truth", truth: { phase: "locked", lock: "passkey", passkey } },
    { type: "truth", truth: { phase: "failed", lock: "none", error: "disk_full" } },
    { type: "truth", truth: open },
    { type: "ask", id, ask: { kind: "unlock", key } },
    { type: "ask", id, ask: { kind: "lock" } },
    { type: "ask", id, ask: { kind: "relocked" } },
    { type: "ask", id, ask: { kind: "erase" } },
    { type: "answer", id },
    { type: "answer", id, error: "locked" },
    { type: "wipe" },
    { type: "join", generation: id },
    { type: "activity", at: 1 },
    { type: "sight", places: [] },
    { type: "sight", places: ["/", `/c/${id}`] },
  ];
  for (const message of messages) expect(parseBusMessage(message)).toEqual(message);
});

test("a malformed message is ignored", () => {
  const wrong: unknown[] = [
    undefined,
    null,
    1,
    "wipe",
    [],
    {},
    { type: "hello" },
    { type: "toString" },
    { type: ["wipe"] },
    { type: "truth" },
    { type: "truth", truth: { ...open, open: undefined } },
    { type: "truth", truth: { ...open, phase: "locked" } },
    { type: "truth", truth: { ...open, lock: "stars" } },
    { type: "truth", truth: { ...open, open: { key: key.slice(1), generation: id } } },
    { type: "truth", truth: { ...open, open: { key: [...key], generation: id } } },
    { type: "truth", truth: { ...open, open: { key, generation: "x".repeat(1_000_000) } } },
    { type: "truth", truth: { phase: "failed", lock: "none", error: "a story" } },
    { type: "truth", truth: { phase: "locked", lock: "passkey", passkey: { ...passkey, salt: new Uint8Array(31) } } },
    {
      type: "truth",
      truth: { phase: "locked", lock: "passkey", passkey: { ...passkey, credential: new Uint8Array(1024) } },
    },
    { type: "ask", id: "1", ask: { kind: "lock" } },
    { type: "ask", id, ask: { kind: "constructor" } },
    { type: "ask", id, ask: { kind: "unlock" } },
    { type: "answer" },
    { type: "answer", id, error: {} },
    { type: "join" },
    { type: "activity", at: "now" },
    { type: "activity", at: Number.NaN },
    { type: "activity", at: Infinity },
    { type: "sight" },
    { type: "sight", places: "/" },
    { type: "sight", places: [1] },
    { type: "sight", places: Array.from({ length: 9 }, () => "/") },
    { type: "sight", places: ["/".repeat(257)] },
  ];
  expect(wrong.filter((message) => parseBusMessage(message) !== undefined)).toEqual([]);
});
