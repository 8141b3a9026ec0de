import { expect, test } from "vitest";
import { previewOf } from "../src/ui/conversations/preview.ts";
import { en } from "../src/words/en.ts";
import { conversation, wordingIn } from "./fake.ts";

const shownOf = (what: Parameters<typeof conversation>[0]): string =>
  previewOf(conversation(what), wordingIn("en")).text;

test("a group that is being joined says so; a conversation of two comes from another device", () => {
  expect(shownOf({ kind: "group", state: "joining" })).toBe(en.group.joining);
  expect(shownOf({ kind: "direct", state: "joining" })).toBe(en.list.onItsWay);
});
