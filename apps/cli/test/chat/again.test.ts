import { describe, expect, test } from "vitest";
import { textFrom } from "../fake-api.ts";
import { settle } from "../fake-world.ts";
import { camille } from "../people.ts";
import { openChat } from "./open-chat.ts";

describe("messages that were not kept", () => {
  const held = (mayAsk: boolean) => ({ body: { kind: "held", count: 12, bytes: 700_000, mayAsk } as const });

  test("show a line, and are asked for again where somebody can be asked", async () => {
    const chat = await openChat([camille], (fake) =>
      fake.data.messages.push(textFrom(camille, "1", "", held(true)), textFrom(camille, "2", "", held(false))),
    );
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain("12 messages from Camille were not kept");
    chat.type("/again");
    chat.keys("return");
    await settle();
    expect(chat.fake.calls.filter(([name]) => name === "askForHeld")).toEqual([["askForHeld", { message: "1" }]]);
    expect(chat.screen()).toContain("They are asked for.");
  });

  test("are not asked for where all was kept", async () => {
    const chat = await openChat([camille]);
    chat.keys("return");
    chat.type("/again");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain("Everything that came was kept.");
  });
});
