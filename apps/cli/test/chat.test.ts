import type { ConversationView, MessageView } from "@pli/engine/api";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { draw } from "../src/chat/draw.ts";
import { edit, editorOf, EMPTY, textOf, type Editor } from "../src/chat/editor.ts";
import type { ChatState } from "../src/chat/state.ts";
import { createContext } from "../src/context.ts";
import { parseCommandLine } from "../src/arguments.ts";
import { createReader } from "../src/naming.ts";
import { columnsOf } from "../src/text/width.ts";
import type { Key, World } from "../src/world.ts";
import { groupNamed } from "./fake-api.ts";
import { createFakeWorld } from "./fake-world.ts";

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

describe("the window", () => {
  test("is never wider or higher than the terminal, whatever others wrote", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.integer({ min: 20, max: 120 }), (text, columns) => {
        const { context, state } = sample(text, columns, 20);
        const who = Array.from({ length: 5 }, (_, i) => ({ id: `${i}`, name: text }));
        const rejoining = { since: 0, waitsFor: who, answered: [], refusedBy: who };
        const group = groupNamed(text, [], { state: "rejoining", rejoining });
        for (const screen of ["list", "thread", "help"] as const) {
          const { lines } = draw(context, { ...state, screen, group });
          expect(lines.length).toBeLessThanOrEqual(20);
          for (const line of lines) expect(columnsOf(plain(line))).toBeLessThanOrEqual(columns);
        }
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  test("shows nothing that could act on the terminal", () => {
    const { context, state } = sample("\u001b]0;title\u0007\u001b[2Jhello\u202egnp", 80, 20);
    const shown = draw(context, { ...state, screen: "thread" })
      .lines.map(plain)
      .join("\n");
    expect(shown).toContain("hello");
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/u.test(shown)).toBe(false);
  });
});

function sample(text: string, columns: number, rows: number) {
  const { world } = createFakeWorld() as { world: World };
  const sized: World = { ...world, stdout: { ...world.stdout, columns: () => columns, rows: () => rows } };
  const line = parseCommandLine([], {});
  const message: MessageView = {
    id: "m",
    conversation: "c",
    from: "p",
    fromName: text,
    mine: false,
    body: { kind: "text", text },
    sentAt: 0,
    state: "received",
    order: 1,
  };
  const conversation: ConversationView = {
    id: "c",
    kind: "direct",
    contact: "p",
    name: text,
    level: 3,
    writable: true,
    last: message,
    activeAt: 0,
    unread: 1,
    readUpTo: 0,
    muted: false,
    blocked: false,
    draft: "",
    state: "ready",
  };
  const state: ChatState = {
    screen: "list",
    behind: "list",
    status: undefined,
    conversations: [conversation],
    contacts: [],
    reader: createReader({ profile: undefined, contacts: [] }),
    chosen: "c",
    messages: [message],
    hasOlder: false,
    hasNewer: false,
    group: undefined,
    pairings: [],
    questions: [],
    pairing: undefined,
    editor: EMPTY,
    scrolled: 0,
    notice: "",
    leaving: false,
  };
  return { context: createContext(sized, line.globals), state };
}

function plain(line: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape sequences of our own styles are what is taken away
  return line.replaceAll(/\u001b\[[\d;]*m/gu, "");
}
