import type { PairingView } from "@pli/engine/api";
import { describe, expect, test } from "vitest";
import { NOW } from "../fake-api.ts";
import { settle } from "../fake-world.ts";
import { camille } from "../people.ts";
import { openChat } from "./open-chat.ts";

const PAIRING: PairingView = {
  id: "p1",
  purpose: "person",
  role: "inviter",
  name: "",
  step: "waiting",
  link: "https://pli.example.org/i#abc",
  createdAt: NOW,
  expiresAt: NOW + 60_000,
  attemptsLeft: 3,
};

describe("an invitation that is not finished", () => {
  test("has a line in the list, and /resume continues it", async () => {
    const chat = await openChat([camille], (fake) =>
      fake.data.pairings.push({ ...PAIRING, step: "code", say: "4071", peer: "Bob" }),
    );
    expect(chat.screen()).toContain("Bob answered your invitation. /resume goes on with it.");
    chat.type("/resume");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain("4   0   7   1");
    chat.press({ name: "paste", text: "12 34\n" });
    chat.keys("return");
    await settle();
    expect(chat.fake.calls).toContainEqual(["typeCode", { pairing: "p1", digits: "1234" }]);
  });

  test("whose link is not there yet is being prepared", async () => {
    const { link: _, ...preparing } = PAIRING;
    const chat = await openChat([], (fake) => fake.data.pairings.push(preparing));
    chat.type("/resume");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain("Preparing the invitation…");
  });

  test("/back leaves it for later; Escape twice cancels it", async () => {
    const chat = await openChat([], (fake) => fake.data.pairings.push(PAIRING));
    chat.type("/resume");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain(PAIRING.link);
    chat.type("/back");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain("An invitation is not finished.");
    expect(chat.fake.calls).toEqual([]);
    chat.type("/resume");
    chat.keys("return");
    await settle();
    chat.keys("escape", "escape");
    await settle();
    expect(chat.fake.calls).toEqual([["cancelPairing", { pairing: "p1" }]]);
  });

  test("one that was left before it was made is cancelled, not shown", async () => {
    const chat = await openChat([]);
    const made = Promise.withResolvers<{ pairing: string }>();
    chat.fake.does.createInvitation = () => made.promise;
    chat.type("/invite");
    chat.keys("return", "escape", "escape");
    made.resolve({ pairing: "p1" });
    await settle();
    expect(chat.fake.calls).toContainEqual(["cancelPairing", { pairing: "p1" }]);
    expect(chat.screen()).toContain("No conversation yet.");
  });

  test("one that has ended has a line until /clear, and /resume does not continue it", async () => {
    const over: PairingView = {
      ...PAIRING,
      id: "p2",
      name: "Dana",
      step: "failed",
      error: "pairing_stopped",
      endedAt: NOW,
    };
    const chat = await openChat([], (fake) => fake.data.pairings.push(over, PAIRING));
    expect(chat.screen().replaceAll(/\s+/gu, " ")).toContain(
      "An invitation has ended (“Dana”). The other person cancelled this invitation.",
    );
    chat.type("/resume");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain(PAIRING.link);
    chat.type("/back");
    chat.keys("return");
    chat.type("/clear");
    chat.keys("return");
    await settle();
    expect(chat.fake.calls).toEqual([["cancelPairing", { pairing: "p2" }]]);
  });

  test("one's own link, accepted, is said to be one's own, and is not cancelled", async () => {
    const chat = await openChat([], (fake) => fake.data.pairings.push(PAIRING));
    chat.fake.does.acceptInvitation = () => ({ pairing: "p1", own: true });
    chat.type(`/accept ${PAIRING.link}`);
    chat.keys("return");
    await settle();
    expect(chat.screen().replaceAll(/\s+/gu, " ")).toContain("This is your own invitation.");
    expect(chat.fake.calls.map(([name]) => name)).toEqual(["acceptInvitation"]);
  });

  test("that cannot leave says which server does not answer, and when it is tried next", async () => {
    const { link: _, ...preparing } = PAIRING;
    const waitsFor = { store: "http://127.0.0.1:7540", since: NOW, nextTry: NOW + 4_000 };
    const chat = await openChat([], (fake) => {
      fake.data.pairings.push({ ...preparing, waitsFor });
      Object.assign(fake.data.status.connection, { state: "offline", nextTry: NOW + 4_000 });
    });
    expect(chat.screen()).toContain("no answer, next try in 4 s");
    chat.type("/resume");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain("http://127.0.0.1:7540 does not answer; next try in 4 seconds.");
    expect(chat.screen()).not.toContain("Preparing");
  });

  test("with none, /resume says so", async () => {
    const chat = await openChat();
    chat.type("/resume");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain("No invitation waits.");
  });
});
