import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createDraft, type Draft } from "../src/ui/thread/composer/draft.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/**
 * A device that keeps one draft for all windows, as the engine does; each call takes it `ms`.
 */
function createDevice(ms = 10) {
  const device = { draft: "", sent: [] as string[], saves: 0, refuse: false, window };
  const windows: { draft: Draft; field: string }[] = [];
  const pass = () => new Promise((resolve) => void setTimeout(resolve, ms));

  function set(draft: string): string {
    device.draft = draft;
    setTimeout(() => windows.forEach((one) => one.draft.onShared(draft)), ms);
    return draft;
  }

  function window() {
    const keeper = {
      async save(text: string, was: string) {
        device.saves += 1;
        await pass();
        if (device.refuse) throw new Error("full");
        return set(device.draft === was || device.draft === "" ? text : `${device.draft}\n${text}`);
      },
      async read() {
        await pass();
        return device.draft;
      },
      async send(text: string, draft: string) {
        await pass();
        if (device.refuse) throw new Error("full");
        device.sent.push(text);
        if (device.draft === draft) set("");
      },
    };
    const opened = { field: device.draft, draft: createDraft(device.draft, keeper, (text) => (opened.field = text)) };
    windows.push(opened);
    const type = (text: string) => {
      opened.field = text;
      opened.draft.typed(text);
    };
    return { type, send: () => opened.draft.send(), flush: () => opened.draft.flush(), field: () => opened.field };
  }
  return device;
}

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("what is typed", () => {
  test("is kept from the first key on, and never later than a fraction of a second", async () => {
    const device = createDevice();
    const { type } = device.window();
    for (let typed = 1; typed <= 40; typed++) {
      type("x".repeat(typed));
      await wait(30);
      expect(device.draft.length).toBeGreaterThanOrEqual(typed - 7);
    }
    await wait(200);
    expect(device.draft).toBe("x".repeat(40));
    expect(device.saves).toBeLessThan(12);
  });

  test("is kept at once when the page goes away, whatever is on its way", async () => {
    const device = createDevice();
    const { type, flush } = device.window();
    type("H");
    type("Half a thought");
    flush();
    await wait(10);
    expect(device.draft).toBe("Half a thought");
  });

  test("is kept once there is room again", async () => {
    const device = createDevice();
    device.refuse = true;
    const { type, field } = device.window();
    type("kept later");
    await wait(5_000);
    device.refuse = false;
    await wait(15_000);
    expect([device.draft, field()]).toEqual(["kept later", "kept later"]);
  });
});

describe("what is sent", () => {
  test("is in no draft, and what is typed behind it is one", async () => {
    const device = createDevice();
    const { type, send, field } = device.window();
    type("  one \n");
    send();
    type("two");
    await wait(1_000);
    expect(device).toMatchObject({ sent: ["  one"], draft: "two" });
    expect(field()).toBe("two");
  });

  test("and refused comes back before what was typed since, and is a draft", async () => {
    const device = createDevice();
    const { type, send, field } = device.window();
    type("one");
    await wait(1_000);
    device.refuse = true;
    send();
    type("two");
    await wait(5);
    device.refuse = true;
    await wait(10);
    device.refuse = false;
    await wait(20_000);
    expect([field(), device.draft, device.sent]).toEqual(["one\ntwo", "one\ntwo", []]);
  });
});

describe("two windows on one conversation", () => {
  test("show the same where nothing is being typed, also when one sends", async () => {
    const device = createDevice();
    const [one, two] = [device.window(), device.window()];
    one.type("hello");
    await wait(500);
    expect(two.field()).toBe("hello");
    two.type("hello there");
    await wait(500);
    expect(one.field()).toBe("hello there");
    one.send();
    await wait(500);
    expect([one.field(), two.field(), device.draft]).toEqual(["", "", ""]);
  });

  test("lose nothing of what is typed in both at once", async () => {
    const device = createDevice();
    const [one, two] = [device.window(), device.window()];
    one.type("one");
    two.type("two");
    await wait(2_000);
    expect([one.field(), two.field(), device.draft]).toEqual(["one\ntwo", "one\ntwo", "one\ntwo"]);
  });

  test("never take back a typed key, however slow the device", async () => {
    const device = createDevice(120);
    const [one, two] = [device.window(), device.window()];
    for (let typed = 1; typed <= 60; typed++) {
      one.type("x".repeat(typed));
      await wait(40);
      expect(one.field()).toBe("x".repeat(typed));
    }
    await wait(2_000);
    expect([two.field(), device.draft]).toEqual(["x".repeat(60), "x".repeat(60)]);
  });
});
