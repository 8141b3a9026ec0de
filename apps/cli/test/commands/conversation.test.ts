import { describe, expect, test } from "vitest";
import { CAMILLE, GROUP, ME, textFrom } from "../fake-api.ts";
import { camille } from "../people.ts";
import { createAlice } from "./alice.ts";

describe("a conversation", () => {
  test("is muted and announced again, a group too", async () => {
    const pli = createAlice();
    expect(await pli.run("mute", "Choir", "--json")).toBe(0);
    expect(await pli.run("unmute", "cam", "--json")).toBe(0);
    expect(pli.fake.calls).toEqual([
      ["mute", { conversation: GROUP, muted: true }],
      ["mute", { conversation: camille.conversation, muted: false }],
    ]);
    expect(pli.events()).toEqual([
      { event: "muted", contact: null, contactId: null, group: "Choir", groupId: GROUP, muted: true },
      { event: "muted", contact: "Camille", contactId: CAMILLE, muted: false },
    ]);
  });

  test("what could not be sent there is tried again, and nothing else", async () => {
    const mine = { mine: true, from: ME };
    const pli = createAlice(
      textFrom(camille, "a", "lost", { ...mine, state: "failed", error: "store_full" }),
      textFrom(camille, "b", "fine", { ...mine, state: "sent" }),
      textFrom(camille, "c", "theirs"),
    );
    expect(await pli.run("resend", "cam", "--json")).toBe(0);
    expect(pli.fake.calls).toEqual([["resend", { message: "a" }]]);
    expect(pli.events()).toMatchObject([{ event: "message", id: "a", state: "saved" }]);
  });

  test("what was not kept is asked for", async () => {
    const held = { kind: "held", count: 3, bytes: 9, mayAsk: true } as const;
    const pli = createAlice(textFrom(camille, "h", "", { body: held }));
    expect(await pli.run("again", "cam", "--json")).toBe(0);
    expect(pli.fake.calls).toEqual([["askForHeld", { message: "h" }]]);
    expect(pli.events()).toEqual([{ event: "asked", count: 1 }]);
  });
});
