import { describe, expect, test } from "vitest";
import { createFakeApi, ME, textFrom } from "../fake-api.ts";
import { openFakeChat, settle } from "../fake-world.ts";
import { camille } from "../people.ts";

/**
 * The open conversation with Camille: `count` texts, the last `unread` of them not read, in a
 * window of 80 by 24.
 */
async function openThread({ count, unread = 0 }: { count: number; unread?: number }) {
  const fake = createFakeApi();
  fake.data.contacts.push(camille);
  for (let i = 1; i <= count; i++) fake.data.messages.push(textFrom(camille, `${i}`, `text ${i}.`));
  fake.data.unread[camille.conversation] = unread;
  fake.does.markRead = ({ upTo }: { upTo: number }) => {
    fake.data.unread[camille.conversation] = Math.max(0, fake.data.messages.length - upTo);
  };
  const pli = await openFakeChat(fake);
  const press = async (name: string, times = 1, more: object = {}): Promise<void> => {
    for (let i = 0; i < times; i++) {
      pli.press({ name, ...more });
      await settle();
    }
  };
  const screen = (): string => {
    const last = pli.drawn();
    pli.clear();
    pli.resize(80, 24);
    return last + pli.stdout();
  };
  const shown = (): number[] => [...new Set([...screen().matchAll(/text (\d+)\./gu)].map(([, n]) => Number(n)))];
  await press("return");
  const marks = () => fake.calls.filter(([name]) => name === "markRead").map(([, p]) => (p as { upTo: number }).upTo);
  return { fake, press, screen, shown, marks };
}

describe("a conversation longer than what is held", () => {
  test("can be read back to its first message and forth again, line by line in order", async () => {
    const thread = await openThread({ count: 600 });
    expect(thread.shown()).toContain(600);
    const seen = new Set(thread.shown());
    for (let i = 0; i < 36; i++) {
      await thread.press("pageup");
      for (const number of thread.shown()) seen.add(number);
    }
    expect(seen.size).toBe(600);
    for (let i = 0; i < 36; i++) await thread.press("pagedown");
    expect(thread.shown()).toContain(600);
  });

  test("each page up shows what stands right above", async () => {
    const thread = await openThread({ count: 600 });
    let before = thread.shown();
    for (let i = 0; i < 20; i++) {
      await thread.press("pageup");
      const now = thread.shown();
      expect(Math.min(...now)).toBeLessThan(Math.min(...before));
      expect(Math.max(...now)).toBeGreaterThanOrEqual(Math.min(...before) - 1);
      before = now;
    }
  });

  test("Ctrl+Home shows the oldest, Ctrl+End the newest", async () => {
    const thread = await openThread({ count: 2_000 });
    await thread.press("home", 1, { ctrl: true });
    expect(thread.shown()).toContain(1);
    await thread.press("end", 1, { ctrl: true });
    expect(thread.shown()).toContain(2_000);
  });

  test("what is in sight stays there when something comes, also more than is held", async () => {
    const thread = await openThread({ count: 500 });
    await thread.press("pageup", 3);
    const before = thread.shown();
    for (let i = 501; i <= 720; i++) {
      thread.fake.data.unread[camille.conversation] = i - 500;
      thread.fake.arrive(textFrom(camille, `${i}`, `text ${i}.`));
    }
    await settle();
    expect(thread.shown()).toEqual(before);
    expect(thread.screen()).toContain("↓ 220 new messages");
    expect(thread.marks().at(-1) ?? 0).toBeLessThanOrEqual(500);
  });
});

describe("/find", () => {
  test("shows the newest message with these words, then the one before, and says when there is none", async () => {
    const thread = await openThread({ count: 5_000 });
    const hits = [3_000, 12];
    thread.fake.does.search = (p: { before?: number; conversation?: string }) => {
      expect(p.conversation).toBe(camille.conversation);
      const order = hits.find((one) => one < (p.before ?? Infinity));
      return order === undefined
        ? []
        : [{ message: textFrom(camille, `${order}`, "", { order }), conversationName: "" }];
    };
    const command = async (text: string): Promise<void> => {
      for (const character of text) await thread.press("", 1, { text: character });
      await thread.press("return");
    };
    await command("/find lighthouse");
    expect(thread.shown()).toContain(3_000);
    expect(thread.screen()).toContain("Found");
    await command("/find");
    expect(thread.shown()).toContain(12);
    await command("/find");
    expect(thread.screen()).toContain("nothing older");
    expect(thread.shown()).toContain(12);
  });

  test("what it leads past stays unread", async () => {
    const thread = await openThread({ count: 2_000, unread: 1_000 });
    const order = 1_500;
    thread.fake.does.search = () => [{ message: textFrom(camille, "hit", "", { order }), conversationName: "" }];
    const before = thread.marks().at(-1);
    for (const character of "/find it") await thread.press("", 1, { text: character });
    await thread.press("return");
    expect(thread.shown()).toContain(order);
    await thread.press("pageup");
    expect(thread.marks().at(-1)).toBe(before);
    await thread.press("end", 1, { ctrl: true });
    expect(thread.marks().at(-1)).toBe(2_000);
  });
});

describe("what is read in the chat", () => {
  test("a conversation opens at its first unread message, and only what is in sight is read", async () => {
    const thread = await openThread({ count: 1_000, unread: 400 });
    expect(thread.shown()[0]).toBeGreaterThan(590);
    expect(thread.shown()).toContain(602);
    const last = thread.marks().at(-1) ?? 0;
    expect(last).toBe(Math.max(...thread.shown()));
    expect(thread.screen()).toContain("new messages");
    await thread.press("pagedown");
    expect(thread.marks().at(-1)).toBe(Math.max(...thread.shown()));
    await thread.press("end", 1, { ctrl: true });
    expect(thread.marks().at(-1)).toBe(1_000);
    expect(thread.screen()).not.toContain("new message");
  });

  test("what comes while help is before the conversation is read when it is seen", async () => {
    const thread = await openThread({ count: 5 });
    for (const character of "/help") await thread.press("", 1, { text: character });
    await thread.press("return");
    thread.fake.arrive(textFrom(camille, "6", "text 6."));
    await settle();
    expect(thread.marks().at(-1)).not.toBe(6);
    await thread.press("escape");
    expect(thread.marks().at(-1)).toBe(6);
  });

  test("one's own words mark nothing", async () => {
    const thread = await openThread({ count: 5 });
    const before = thread.marks();
    thread.fake.arrive(textFrom(camille, "6", "mine", { mine: true, from: ME }));
    await settle();
    expect(thread.marks()).toEqual(before);
  });

  test("a message whose end is below the window is not read yet", async () => {
    const thread = await openThread({ count: 40 });
    const long = Array.from({ length: 60 }, (_, i) => `line ${i}`).join("\n");
    await thread.press("pageup");
    thread.fake.data.unread[camille.conversation] = 1;
    thread.fake.arrive(textFrom(camille, "long", long));
    await settle();
    expect(thread.marks()).not.toContain(41);
    await thread.press("pagedown", 8);
    expect(thread.marks().at(-1)).toBe(41);
  });
});
