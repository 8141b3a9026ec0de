import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKeyReader } from "../../src/node/keys.ts";
import type { Key } from "../../src/world.ts";

/** Reads chunks; `{ wait: true }` between two of them lets the time of an escape sequence pass. */
function read(...chunks: (string | { wait: true })[]): string[] {
  const keys: string[] = [];
  let waiting: (() => void) | undefined;
  const reader = createKeyReader(
    (key) => keys.push(shown(key)),
    (work) => {
      waiting = work;
      return () => (waiting = undefined);
    },
  );
  for (const chunk of chunks) {
    if (typeof chunk === "string") reader.take(chunk);
    else waiting?.();
  }
  return keys;
}

const shown = ({ name, text, ctrl, meta, shift }: Key): string =>
  [ctrl && "ctrl", meta && "alt", shift && "shift", name, text]
    .filter((part) => part !== false && part !== "")
    .join("+");

const WAIT = { wait: true } as const;
const UP = "\u001b[A";

describe("keys", () => {
  test("each of a chunk is read: what follows Enter, Tab, an arrow or Escape too", () => {
    expect(read("a\rb\tc")).toEqual(["a", "return", "b", "tab", "c"]);
    expect(read(`${UP}x\u001b[6~y`)).toEqual(["up", "x", "pagedown", "y"]);
    expect(read("\u001bnew")).toEqual(["escape", "n", "e", "w"]);
    expect(read("\u001b\u001bx")).toEqual(["escape", "escape", "x"]);
  });

  test("Escape alone is itself after a short while; the rest of a sequence makes it another key", () => {
    expect(read("\u001b")).toEqual([]);
    expect(read("\u001b", WAIT)).toEqual(["escape"]);
    expect(read("\u001b", "[", "A", WAIT)).toEqual(["up"]);
    expect(read("\u001b[", WAIT, "A")).toEqual(["escape", "[", "A"]);
    expect(read("\u001b[1;", WAIT, "5C")).toEqual(["ctrl+right"]);
  });

  test("Alt+Enter, Shift+Tab, control keys and the keys of several terminals have their names", () => {
    expect(read("\u001b\r\u001b[Z\u0003\u0001\u007f\b\n")).toEqual([
      "alt+return",
      "shift+tab",
      "ctrl+c",
      "ctrl+a",
      "backspace",
      "backspace",
      "enter",
    ]);
    expect(read("\u001bOH\u001b[H\u001b[1~\u001b[7~")).toEqual(["home", "home", "home", "home"]);
    expect(read("\u001b[[Ax\u001b[23~\u001b[?1;2cy")).toEqual(["x", "y"]);
  });

  test("a paste is one key, in as many chunks as it comes, whatever time they take", () => {
    expect(read("a\u001b[200~one\rtwo\u001b[201~b")).toEqual(["a", "paste+one\rtwo", "b"]);
    expect(read("\u001b[20", WAIT, "0~one\r", WAIT, "two\u001b[2", WAIT, "01~\r")).toEqual([
      "paste+one\rtwo",
      "return",
    ]);
    expect(read("\u001b[200~\u0003\u001b[A\u001b[201~")).toEqual(["paste+\u0003\u001b[A"]);
  });

  test("how the input is cut into chunks changes nothing", () => {
    const piece = fc.constantFrom(
      "a",
      "é",
      "👩",
      "\r",
      "\t",
      UP,
      "\u001b[3~",
      "\u001b\r",
      "\u001b[200~x\ry\u001b[201~",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (pieces, size) => {
        const all = Array.from(pieces.join(""));
        const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
          all.slice(i * size, (i + 1) * size).join(""),
        );
        expect(read(...chunks)).toEqual(read(pieces.join("")));
      }),
    );
  });

  test("what is typed ahead of a reader that stops is given back", () => {
    const keys: string[] = [];
    const reader = createKeyReader(
      (key) => {
        keys.push(shown(key));
        if (key.name === "return") rest = reader.stop();
      },
      () => () => undefined,
    );
    let rest = "";
    reader.take("ab\rcd\r");
    expect([keys, rest]).toEqual([["a", "b", "return"], "cd\r"]);
  });
});
