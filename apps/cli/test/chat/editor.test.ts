import { describe, expect, test } from "vitest";
import { edit, editorOf, EMPTY, textOf, type Editor } from "../../src/chat/editor.ts";
import type { Key } from "../../src/world.ts";

const key = (name: string, more: Partial<Key> = {}): Key => ({
  name,
  ctrl: false,
  meta: false,
  shift: false,
  text: "",
  ...more,
});

const typed = (text: string): Key => key("", { text });

const press = (editor: Editor, ...keys: Key[]): Editor => keys.reduce((at, next) => edit(at, next) ?? at, editor);

describe("the editor", () => {
  test("writes, moves by what a person sees as one character, and erases it whole", () => {
    const family = "👨‍👩‍👧";
    const editor = press(editorOf(`a${family}b`), key("left"), key("backspace"));
    expect(textOf(editor)).toBe("ab");
    expect(press(editor, typed("é"))).toEqual({ before: "aé", after: "b" });
  });

  test("Alt+Enter and Ctrl-J make a line; Ctrl-W erases a word, Ctrl-U what is before, Ctrl-K what is after", () => {
    expect(textOf(press(editorOf("a"), key("return", { meta: true })))).toBe("a\n");
    expect(textOf(press(editorOf("a"), key("j", { ctrl: true })))).toBe("a\n");
    expect(textOf(press(editorOf("one two"), key("w", { ctrl: true })))).toBe("one ");
    expect(textOf(press({ before: "one", after: "two" }, key("u", { ctrl: true })))).toBe("two");
    expect(textOf(press({ before: "one", after: "two" }, key("k", { ctrl: true })))).toBe("one");
  });

  test("takes no control character for text", () => {
    expect(edit(EMPTY, typed("\u001b[2J"))).toBeUndefined();
    expect(edit(EMPTY, key("x", { ctrl: true, text: "\u0018" }))).toBeUndefined();
  });

  test("takes a paste whole: its line breaks are kept, nothing in it is a key", () => {
    const paste = key("paste", { text: "one\r\ntwo\r\tthree\u001b[2J\u0003" });
    expect(press({ before: "a", after: "z" }, paste)).toEqual({ before: "aone\ntwo\n\tthree[2J", after: "z" });
  });
});
