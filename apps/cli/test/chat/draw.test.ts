import type { ConversationView, MessageView } from "@pli/engine/api";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCommandLine } from "../../src/arguments.ts";
import { draw } from "../../src/chat/draw/draw.ts";
import { initialState, type ChatState } from "../../src/chat/state.ts";
import { createContext } from "../../src/context.ts";
import { columnsOf } from "../../src/text/width.ts";
import type { World } from "../../src/world.ts";
import { groupNamed } from "../fake-api.ts";
import { createFakeWorld } from "../fake-world.ts";

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
    ...initialState(),
    conversations: [conversation],
    chosen: "c",
    messages: [message],
  };
  return { context: createContext(sized, line.globals), state };
}

function plain(line: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape sequences of our own styles are what is taken away
  return line.replaceAll(/\u001b\[[\d;]*m/gu, "");
}
