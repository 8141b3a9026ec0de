import { expect, test } from "vitest";
import { CHAT_COMMANDS } from "../../src/chat/commands/list.ts";
import { wordsFor } from "../../src/words/index.ts";

test.each(["fr", "en"] as const)(
  "in %s the help of the chat has every command but itself, and no other",
  (language) => {
    const { help } = wordsFor(language).chat;
    const inHelp = help.flatMap(([keys]) => [...keys.matchAll(/\/[a-z]+/gu)].map(([word]) => word));
    const words = CHAT_COMMANDS.map(({ word }) => word).filter((word) => word !== "/help");
    expect([...new Set(inHelp)].toSorted()).toEqual(words.toSorted());
  },
);
