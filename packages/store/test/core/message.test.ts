import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { MAX_HEAD_BYTES, messageWithHead } from "../../src/core/message.ts";

describe("a message", () => {
  test.each([
    [0, "8200"],
    [125, "827d"],
    [126, "827e007e"],
    [65_535, "827effff"],
    [65_536, "827f0000000000010000"],
    [262_181, "827f0000000000040025"],
  ])("of %i bytes has the head that RFC 6455 says, and its payload behind it", (size, head) => {
    const bytes = new Uint8Array(randomBytes(MAX_HEAD_BYTES + size));
    const payload = bytes.slice(MAX_HEAD_BYTES);
    const message = messageWithHead(bytes);
    expect(Buffer.from(message.subarray(0, -size || undefined)).toString("hex")).toBe(head);
    expect(Buffer.compare(message.subarray(message.length - size), payload)).toBe(0);
  });
});
