import type { PairingView } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { describe, expect, test } from "vitest";
import { contactNamed, createFakeApi, groupNamed, ME, NOW, refuse, textFrom } from "./fake-api.ts";
import { openFakeChat, settle } from "./fake-world.ts";

const camille = contactNamed("Camille");
const bob = contactNamed("Bob", "b0b00000".padEnd(64, "0"));

/** The chat of a person with these contacts, in a terminal of 80 columns and 24 rows. */
async function openChat(contacts = [camille, bob], prepare = (_fake: ReturnType<typeof createFakeApi>): void => {}) {
  const fake = createFakeApi();
  fake.data.contacts.push(...contacts);
  prepare(fake);
  const pli = await openFakeChat(fake);
  const press = (...keys: string[]): void => keys.forEach((name) => pli.press({ name }));
  const type = (text: string): void => Array.from(text).forEach((character) => pli.press({ text: character }));
  return { ...pli, keys: press, type, screen: () => linesOf(pli.drawn()) };
}

/** The lines of a picture. */
function linesOf(drawn: string): string {
  // oxlint-disable-next-line no-control-regex -- the sequences that place and clear lines
  return drawn.replaceAll(/\u001b\[\d+;1H\u001b\[2K/gu, "\n").replaceAll(/\u001b\[[\d;?]*[A-Za-z]/gu, "");
}

/** Paste as it was, the cursor shown, the window as it was. */
const GIVEN_BACK = "\u001b[?2004l\u001b[?25h\u001b[?1049l";

const PAIRING: PairingView = {
  id: "p1",
  role: "inviter",
  name: "",
  step: "waiting",
  link: "https://pli.example.org/i#abc",
  createdAt: NOW,
  expiresAt: NOW + 60_000,
  attemptsLeft: 3,
};

describe("what is pasted", () => {
  test("goes into the draft, lines and all, and is never sent", async () => {
    const chat = await openChat();
    chat.keys("return");
    chat.press({ name: "paste", text: "one\rtwo\r" });
    await settle();
    expect(chat.fake.calls.filter(([name]) => name === "sendText")).toEqual([]);
    expect(chat.screen()).toMatch(/\n> one\s*\n {2}two\s*\n/u);
    chat.keys("return");
    expect(chat.fake.calls).toContainEqual(["sendText", { conversation: camille.conversation, text: "one\ntwo\n" }]);
  });

  test("is marked by the terminal while the chat has it, and no longer afterwards", async () => {
    const chat = await openChat();
    expect(chat.stdout()).toContain("\u001b[?2004h");
    expect(chat.stdout()).not.toContain("\u001b[?2004l");
    chat.interrupt();
    await chat.ended;
    expect(chat.stdout().endsWith(GIVEN_BACK)).toBe(true);
  });

  test("a crash gives the terminal back too, once", async () => {
    const chat = await openChat();
    chat.crash();
    expect(chat.stdout().endsWith(GIVEN_BACK)).toBe(true);
    chat.interrupt();
    await chat.ended;
    const before = chat.stdout();
    chat.crash();
    expect(chat.stdout()).toBe(before);
  });
});

test("when the engine is lost the terminal is given back before the reason is said", async () => {
  const chat = await openChat();
  chat.lose(new PliError("database_damaged"));
  expect(await chat.ended).toBe(1);
  expect(chat.stdout().endsWith(GIVEN_BACK)).toBe(true);
  expect(chat.stderr()).toContain("is damaged");
});

describe("keys typed right after another", () => {
  test("Enter that opens, Escape and Tab each count at once", async () => {
    const chat = await openChat();
    chat.keys("return");
    chat.type("for Camille");
    chat.keys("tab");
    chat.type("for Bob");
    chat.keys("return", "escape");
    chat.type("cam");
    chat.keys("return", "return");
    await settle();
    expect(chat.fake.calls.filter(([name]) => name === "sendText")).toEqual([
      ["sendText", { conversation: bob.conversation, text: "for Bob" }],
      ["sendText", { conversation: camille.conversation, text: "for Camille", draft: "for Camille" }],
    ]);
  });

  test("Enter that sends leaves what follows in the draft, and so does a message that could not be sent", async () => {
    const chat = await openChat();
    chat.fake.api.sendText = refuse("message_too_long");
    chat.keys("return");
    chat.type("first");
    chat.keys("return");
    chat.type("second");
    await settle();
    expect(chat.screen()).toMatch(/\n> first\s*\n {2}second/u);
    expect(chat.screen()).toContain("too long");
  });

  test("a message refused after its conversation was left is a draft there", async () => {
    const chat = await openChat();
    chat.fake.api.sendText = refuse("disk_full");
    chat.keys("return");
    chat.type("hello");
    chat.keys("return", "tab");
    await settle();
    expect(chat.fake.calls).toContainEqual(["saveDraft", { conversation: camille.conversation, text: "hello" }]);
    chat.keys("tab");
    expect(chat.screen()).toContain("> hello");
  });

  test("Tab with one conversation keeps the draft", async () => {
    const chat = await openChat([camille]);
    chat.keys("return");
    chat.type("draft");
    chat.keys("tab", "tab");
    await settle();
    expect(chat.screen()).toContain("> draft");
  });

  test("Tab there and back keeps both drafts, however late the engine saves them", async () => {
    const chat = await openChat();
    chat.fake.does.saveDraft = () => new Promise((resolve) => setTimeout(resolve, 20));
    chat.keys("return");
    chat.type("one");
    chat.keys("tab");
    chat.type("two");
    chat.keys("tab");
    expect(chat.screen()).toContain("> one");
    chat.keys("tab");
    expect(chat.screen()).toContain("> two");
  });

  test("leaving saves the draft before the profile is closed", async () => {
    const chat = await openChat();
    chat.keys("return");
    chat.type("later");
    chat.press({ name: "c", ctrl: true });
    expect(await chat.ended).toBe(0);
    expect(chat.fake.calls).toContainEqual(["saveDraft", { conversation: camille.conversation, text: "later" }]);
  });
});

describe("an invitation that is not finished", () => {
  test("is said in the list, and /resume goes on with it", async () => {
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

  test("one that has ended is told until /clear, and is not what /resume goes on with", async () => {
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

describe("a conversation in the window", () => {
  test("marks a group whose messages disappear, in the list and above them", async () => {
    const chat = await openChat([camille], (fake) =>
      fake.data.groups.push(groupNamed("Voisins", [camille], { timer: 86_400 })),
    );
    expect(chat.screen()).toContain("Voisins ◷");
    chat.type("voi");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toMatch(/Voisins ◷ ●○○ .*2 members/u);
  });

  test("marks our own messages as far as they have come", async () => {
    const states = ["saved", "sent", "delivered", "read", "failed"] as const;
    const chat = await openChat([camille], (fake) =>
      fake.data.messages.push(
        ...states.map((state) => textFrom(camille, state, `is ${state}`, { mine: true, from: ME, state })),
        textFrom(camille, "theirs", "not ours"),
      ),
    );
    chat.keys("return");
    await settle();
    const found = Array.from(chat.screen().matchAll(/(is \w+|not ours) *(.*?) *(?=\n)/gu));
    const marks = new Map(found.map(([, text, mark]) => [text, mark]));
    expect(marks.get("is saved")).toBe("(on this device)");
    expect(marks.get("is sent")).toBe("✓");
    expect(marks.get("is delivered")).toBe("✓✓");
    expect(marks.get("is read")).toBe("✓✓ read");
    expect(marks.get("is failed")).toBe("(not sent)");
    expect(marks.get("not ours")).toBe("");
  });

  test("wraps long sentences, help and messages to the width: nothing of them is cut", async () => {
    const words = Array.from({ length: 40 }, (_, i) => `word${i}`).join(" ");
    const chat = await openChat([camille], (fake) =>
      fake.data.messages.push(
        textFrom(camille, "1", words),
        textFrom(camille, "2", "", { body: { kind: "unknown" } }),
        textFrom(camille, "3", "x".repeat(28), { mine: true, from: ME, state: "read" }),
      ),
    );
    chat.resize(40, 40);
    chat.keys("return");
    await settle();
    const flat = (): string => chat.screen().replaceAll(/[\s│]+/gu, " ");
    expect(flat()).toContain(words);
    expect(flat()).toContain("It is kept; update Pli to see it.");
    expect(flat()).toContain("✓✓ read");
    expect(flat()).toContain("Enter send · Alt+Enter new line · PgUp PgDn scroll · Esc back · /help");
    chat.type("/nonsense-of-a-rather-long-kind");
    chat.keys("return");
    await settle();
    expect(flat()).toContain("There is no /nonsense-of-a-rather-long-kind. See /help.");
    chat.press({ name: "u", ctrl: true });
    chat.type("/help");
    chat.keys("return");
    await settle();
    expect(flat()).toContain("show nothing of what this contact writes, until you unblock them");
    expect(chat.screen().replaceAll(/CONTACT…| …$/gmu, "")).not.toContain("…");
  });

  test("help that is longer than the window can be scrolled", async () => {
    const chat = await openChat([camille]);
    chat.resize(80, 10);
    chat.type("/help");
    chat.keys("return");
    await settle();
    expect(chat.screen()).not.toContain("Ctrl-K");
    chat.keys(...Array.from({ length: 9 }, () => "pagedown"));
    expect(chat.screen()).toContain("Ctrl-K");
    chat.keys("escape");
    expect(chat.screen()).toContain("Camille");
  });
});

describe("messages that were not kept", () => {
  const held = (mayAsk: boolean) => ({ body: { kind: "held", count: 12, bytes: 700_000, mayAsk } as const });

  test("are told of, and asked for again where somebody can be asked", async () => {
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

describe("the window", () => {
  test("page up in a conversation shorter than the screen leaves it where it is", async () => {
    const chat = await openChat(
      [camille],
      ({ data }) => void data.messages.push(textFrom(camille, "m1", "the only line")),
    );
    chat.keys("return");
    await settle();
    chat.keys("pageup", "pageup", "up");
    expect(chat.screen()).toContain("the only line");
  });

  test("the list shows the draft, not the last message as one", async () => {
    const chat = await openChat([camille], ({ data }) => {
      data.messages.push({ ...textFrom(camille, "m1", "sent before"), mine: true, state: "sent" });
      data.drafts[camille.conversation] = "begun\nand more";
    });
    expect(chat.screen()).toContain("draft: begun and more");
    expect(chat.screen()).not.toContain("sent before");
  });

  test("a command that does not exist can be mended, and is no draft", async () => {
    const chat = await openChat();
    chat.keys("return");
    chat.type("/nosuch");
    chat.keys("return");
    await settle();
    expect(chat.screen()).toContain("> /nosuch");
    chat.keys("escape");
    await settle();
    expect(chat.fake.calls.map(([name]) => name)).not.toContain("saveDraft");
  });

  test("looking through conversations writes no drafts where there are none", async () => {
    const chat = await openChat();
    chat.fake.api.saveDraft = refuse("disk_read_only");
    chat.keys("return", "tab", "tab", "escape");
    await settle();
    chat.press({ name: "c", ctrl: true });
    expect(await chat.ended).toBe(0);
  });

  test("the composer breaks between words, and the cursor is where the next letter goes", async () => {
    const chat = await openChat();
    chat.resize(24, 15);
    chat.keys("return");
    chat.type("the door is too narrow for it");
    expect(chat.screen()).toMatch(/\n> the door is too\s*\n {2}narrow for it/u);
    expect(chat.stdout().endsWith("\u001b[15;16H\u001b[?25h")).toBe(true);
  });

  test("a narrow header keeps its parts apart", async () => {
    const chat = await openChat([camille], ({ data }) => void (data.status.pending = 3));
    chat.resize(40, 15);
    chat.keys("return");
    await settle();
    expect(chat.screen().split("\n")[1]).toMatch(/^ Camille ●●●\s+on line · 3 message…/u);
  });
});
