import { describe, expect, test } from "vitest";
import { textOf } from "../../src/node/source.ts";

describe("what comes in as bytes", () => {
  test("is text when it is UTF-8, and nothing else is guessed to be", () => {
    expect(textOf(Buffer.from("café\n"))).toBe("café\n");
    expect(textOf(Buffer.from("caf\xe9 cr\xe8me", "latin1"))).toBeUndefined();
    expect(textOf(Buffer.from("café").subarray(0, 4))).toBeUndefined();
  });
});
