import { expect, test } from "vitest";
import { isBubble, typedText } from "../src/ui/message/kinds/index.ts";
import type { Kind, MessageOf } from "../src/ui/message/kinds/kind.ts";
import { lineOf } from "../src/ui/message/line.ts";
import { message, wordingIn } from "./fake.ts";

/** One of each kind: a new kind needs one here too. */
const BODIES: { [K in Kind]: MessageOf<K>["body"] } = {
  text: { kind: "text", text: "See **you** at nine" },
  unknown: { kind: "unknown" },
  gap: { kind: "gap", count: 2 },
  held: { kind: "held", count: 2, bytes: 10, mayAsk: true },
  blocked: { kind: "blocked", count: 2 },
  shutOut: { kind: "shutOut", count: 2 },
  away: { kind: "away", days: 30 },
  rejoined: { kind: "rejoined" },
  newKeys: { kind: "newKeys" },
  devices: { kind: "devices", added: 1, removed: 0, devices: 2 },
  paired: { kind: "paired" },
  deleted: { kind: "deleted", by: { id: "a", name: "Ana" } },
  renamed: { kind: "renamed", from: "Camille", to: "Camille Q." },
  change: { kind: "change", change: { what: "joined" } },
};
const MESSAGES = Object.values(BODIES).map((body, order) => message({ order, body }));

test("each kind of message has one line in each language, without marks", () => {
  for (const one of MESSAGES)
    for (const language of ["fr", "en"] as const)
      expect(lineOf(one, "Camille", wordingIn(language))).toMatch(/^[^*\n]+$/u);
});

test("what people write stands in bubbles, what happened in lines between them", () => {
  expect(MESSAGES.filter(isBubble).map(({ body }) => body.kind)).toEqual(["text", "unknown"]);
});

test("only what somebody typed can be copied, with its marks", () => {
  expect(MESSAGES.flatMap((one) => typedText(one) ?? [])).toEqual(["See **you** at nine"]);
});
