import type { ConversationView, MessageView, PliApi, Queries } from "@pli/engine/api";
import { useEffect, useState } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { Dialog } from "../src/ui/base/dialog.tsx";
import { navigate } from "../src/ui/router.tsx";
import { Thread } from "../src/ui/thread/thread.tsx";
import { fr } from "../src/words/fr.ts";
import { conversation, fakeApi, message } from "./fake.ts";
import { show, WithApi } from "./screen.tsx";

type Parameters = Queries["messages"]["parameters"];

/**
 * A conversation of `count` messages by Camille, of which the last are unread; the engine reads
 * pages of it.
 */
function createHistory({ count, unread = 0 }: { count: number; unread?: number }) {
  const all = Array.from({ length: count }, (_, i) => message({ order: i + 1 }));
  let readUpTo = count - unread;
  const watchers = new Set<() => void>();
  const viewers = new Set<(view: ConversationView) => void>();
  const asked: Parameters[] = [];
  const marks: number[] = [];

  function pageOf({ limit, before, after, around }: Parameters): Queries["messages"]["result"] {
    const at = (order: number) => all.filter((one) => one.order < order).length;
    const half =
      around === undefined
        ? 0
        : Math.min(at(around), Math.max(Math.floor(limit / 2), limit - (all.length - at(around))));
    const from =
      after !== undefined ? at(after + 1) : around !== undefined ? at(around) - half : at(before ?? Infinity) - limit;
    const to = Math.max(0, from) + limit;
    return { messages: all.slice(Math.max(0, from), to), hasOlder: from > 0, hasNewer: to < all.length };
  }

  const view = (): ConversationView =>
    conversation({
      unread: all.filter(({ order, mine }) => order > readUpTo && !mine).length,
      readUpTo,
      last: all.at(-1),
    });
  const changed = () => {
    for (const notify of watchers) notify();
    for (const show of viewers) show(view());
  };
  const base = fakeApi({ group: undefined });
  const api: Partial<PliApi> = {
    ...base,
    watch(name, parameters, listener) {
      if (name !== "messages") return base.watch?.(name, parameters, listener) ?? (() => undefined);
      asked.push(parameters as Parameters);
      let last = "";
      const notify = () => {
        const value = pageOf(parameters as Parameters);
        const shape = JSON.stringify(value);
        if (shape !== last) (listener as (given: typeof value) => void)(value);
        last = shape;
      };
      // As from a worker: never at once.
      const timer = setTimeout(() => {
        watchers.add(notify);
        notify();
      }, 5);
      return () => {
        clearTimeout(timer);
        watchers.delete(notify);
      };
    },
    markRead: ({ upTo }) => {
      marks.push(upTo);
      readUpTo = Math.max(readUpTo, Math.min(upTo, all.length));
      changed();
      return Promise.resolve();
    },
  };
  const add = (change: Partial<MessageView> = {}, times = 1) => {
    for (let i = 0; i < times; i++) all.push(message({ order: all.length + 1, ...change }));
    changed();
  };
  const follow = (listener: (now: ConversationView) => void) => {
    viewers.add(listener);
    return () => void viewers.delete(listener);
  };
  return { api, view, follow, add, asked, marks };
}

function Frame({ history, height = 400 }: { history: ReturnType<typeof createHistory>; height?: number }) {
  const [view, setView] = useState(history.view);
  const [dialog, setDialog] = useState(false);
  useEffect(() => history.follow(setView), [history]);
  return (
    <WithApi api={history.api}>
      <div style={{ blockSize: `${height}px` }}>
        <Thread conversation={view} />
      </div>
      <button onClick={() => setDialog(true)}>cover</button>
      <Dialog open={dialog} onClose={() => setDialog(false)} title="dialog">
        <button onClick={() => setDialog(false)}>uncover</button>
      </Dialog>
    </WithApi>
  );
}

const attended = { visible: true, focused: true };
beforeEach(() => {
  Object.assign(attended, { visible: true, focused: true });
  vi.spyOn(document, "hasFocus").mockImplementation(() => attended.focused);
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => (attended.visible ? "visible" : "hidden"));
});
afterEach(() => {
  vi.restoreAllMocks();
  navigate("/", { replace: true });
});

const text = (order: number) => page.getByText(`message ${order}`, { exact: true });
const settled = (ms = 400) => new Promise((resolve) => setTimeout(resolve, ms));
const log = (): HTMLElement => page.getByRole("log").element() as HTMLElement;
const rows = (): number => document.querySelectorAll("[data-message]").length;
const scrollBy = (pixels: number) => (log().scrollTop += pixels);
/** The orders in view, by what is on the screen. */
function inView(): number[] {
  const frame = log().getBoundingClientRect();
  return [...document.querySelectorAll<HTMLElement>("[data-message]")]
    .filter((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return bottom > frame.top + 1 && top < frame.bottom - 1;
    })
    .map(({ dataset }) => Number(dataset["message"]?.slice(1)))
    .toSorted((a, b) => a - b);
}
const topOf = (order: number): number =>
  document.querySelector(`[data-message="m${order}"]`)?.getBoundingClientRect().top ?? Number.NaN;

/** The same, once nothing moves any more. */
async function still(): Promise<number[]> {
  let before = "";
  return vi.waitFor(async () => {
    await settled(40);
    const now = inView();
    const isStill = now.length > 0 && now.join() === before;
    before = now.join();
    if (!isStill) throw new Error("it moves");
    return now;
  }, 10_000);
}
const newest = (count: number) => page.getByRole("button", { name: fr.thread.jumpNew(count) });
const toLatest = page.getByTitle(fr.thread.jumpLatest);

describe("a conversation of 20,000 messages", () => {
  test("opens at its end, with few of them in the page, and asks for pages of the same size", async () => {
    const history = createHistory({ count: 20_000 });
    show(<Frame history={history} />);
    await expect.element(text(20_000)).toBeInViewport();
    await settled();
    expect(rows()).toBeLessThan(60);
    expect(new Set(history.asked.map(({ limit }) => limit)).size).toBe(1);
  });

  test("can be scrolled back message by message, without a hole, and each is where it was", async () => {
    const history = createHistory({ count: 20_000 });
    show(<Frame history={history} height={700} />);
    await expect.element(text(20_000)).toBeInViewport();
    await settled();
    let before = inView();
    for (let i = 0; i < 30; i++) {
      scrollBy(-300);
      const now = await still();
      expect(now.at(0)).toBeLessThan(before.at(0) ?? 0);
      expect(now.at(-1)).toBeGreaterThanOrEqual((before.at(0) ?? 0) - 1);
      expect(now).toEqual(Array.from({ length: now.length }, (_, k) => (now[0] ?? 0) + k));
      before = now;
    }
    expect(before[0]).toBeLessThan(19_850);
    expect(rows()).toBeLessThan(60);
    for (let i = 0; i < 30; i++) {
      scrollBy(300);
      const now = await still();
      expect(now.at(0)).toBeLessThanOrEqual((before.at(-1) ?? 0) + 1);
      before = now;
    }
    await expect.element(text(20_000)).toBeInViewport();
  }, 90_000);

  test("a hit far back is shown at once, the newest are a click away, and so is the hit again", async () => {
    const history = createHistory({ count: 20_000 });
    navigate("/c/g?m=7");
    show(<Frame history={history} />);
    await expect.element(text(7)).toBeInViewport();
    await settled();
    await expect.element(text(7)).toBeInViewport();
    await userEvent.click(toLatest);
    await expect.element(text(20_000)).toBeInViewport();
    await settled();
    await expect.element(text(20_000)).toBeInViewport();
    navigate("/c/g?m=12000");
    await expect.element(text(12_000)).toBeInViewport();
    navigate("/c/g?m=12010");
    await expect.element(text(12_010)).toBeInViewport();
    await settled();
    await expect.element(text(12_010)).toBeInViewport();
  });

  test("Home shows the first message and End the last, and the focus goes along", async () => {
    const history = createHistory({ count: 20_000 });
    show(<Frame history={history} />);
    await expect.element(text(20_000)).toBeInViewport();
    (page.getByRole("article").last().element() as HTMLElement).focus();
    await userEvent.keyboard("{Home}");
    await expect.element(text(1)).toBeInViewport();
    await settled();
    expect(document.activeElement?.getAttribute("data-message")).toBe("m1");
    await userEvent.keyboard("{End}");
    await expect.element(text(20_000)).toBeInViewport();
    await settled();
    expect(document.activeElement?.getAttribute("data-message")).toBe("m20000");
  });

  test("at the end it follows what comes; further up it stays, whatever comes", async () => {
    const history = createHistory({ count: 20_000 });
    show(<Frame history={history} />);
    await expect.element(text(20_000)).toBeInViewport();
    await settled();
    for (let i = 0; i < 5; i++) {
      history.add();
      await expect.element(text(20_001 + i)).toBeInViewport();
    }
    scrollBy(-700);
    await settled();
    const [anchor = 0] = (await still()).slice(1);
    const before = topOf(anchor);
    history.add({}, 500);
    await settled();
    expect(Math.abs(topOf(anchor) - before)).toBeLessThan(3);
    history.add({ mine: true, state: "sent" });
    await expect.element(text(20_506)).toBeInViewport();
  });
});

test("Ctrl+F looks for words in this conversation alone, page by page, and shows what is chosen", async () => {
  const history = createHistory({ count: 20_000 });
  const search = vi.fn<PliApi["search"]>(({ limit, before = 20_001 }) =>
    Promise.resolve(
      Array.from({ length: Math.min(limit, before - 1) }, (_, i) => ({
        message: message({ order: before - 1 - i }),
        conversationName: "Budget",
      })),
    ),
  );
  Object.assign(history.api, { search });
  show(<Frame history={history} height={700} />);
  await expect.element(text(20_000)).toBeInViewport();
  await userEvent.keyboard("{Control>}f{/Control}");
  await userEvent.fill(page.getByRole("searchbox", { name: fr.thread.find }), "message");
  await userEvent.click(page.getByRole("button", { name: fr.list.more }));
  await expect.element(page.getByRole("link", { name: /message 19941/u })).toBeInTheDocument();
  expect(search.mock.calls.map(([query]) => [query.conversation, query.before])).toEqual([
    ["g", undefined],
    ["g", 19_971],
  ]);
  await userEvent.click(page.getByRole("link", { name: /message 19941/u }));
  await expect.element(page.getByRole("article").filter({ hasText: "message 19941" })).toBeInViewport();
  expect(page.getByRole("searchbox").elements()).toHaveLength(0);
});

describe("what is read", () => {
  test("is what is on the screen: opened at the first unread, no more than that is marked", async () => {
    const history = createHistory({ count: 1_000, unread: 400 });
    show(<Frame history={history} />);
    await expect.element(text(601)).toBeInViewport();
    await settled();
    const last = inView().at(-1) ?? 0;
    expect(last).toBeLessThan(640);
    expect(history.marks.at(-1)).toBeGreaterThan(600);
    expect(history.marks.at(-1)).toBeLessThanOrEqual(last);
    await expect.element(newest(history.view().unread)).toBeVisible();
    scrollBy(350);
    await settled();
    expect(history.marks.at(-1)).toBeGreaterThan(last);
    await userEvent.click(toLatest);
    await vi.waitFor(() => expect(history.view().unread).toBe(0));
    expect(toLatest.elements()).toHaveLength(0);
  });

  test("scrolled up, what comes is counted on the arrow and not read until it is seen", async () => {
    const history = createHistory({ count: 300 });
    show(<Frame history={history} />);
    await expect.element(text(300)).toBeInViewport();
    await settled();
    scrollBy(-900);
    await settled();
    history.add({}, 3);
    await expect.element(newest(3)).toBeVisible();
    await expect.element(newest(3)).toHaveTextContent("3");
    await settled();
    expect(history.marks).toEqual([]);
    await userEvent.click(newest(3));
    await expect.element(text(303)).toBeInViewport();
    await vi.waitFor(() => expect(history.marks.at(-1)).toBe(303));
  });

  test.each([
    ["a window that has not the focus", { visible: true, focused: false }],
    ["a hidden tab", { visible: false, focused: true }],
  ])("is nothing in %s, until somebody is back", async (_, state) => {
    const history = createHistory({ count: 30 });
    show(<Frame history={history} />);
    await expect.element(text(30)).toBeInViewport();
    await settled();
    Object.assign(attended, state);
    history.add({}, 2);
    await settled();
    expect(history.marks).toEqual([]);
    Object.assign(attended, { visible: true, focused: true });
    window.dispatchEvent(new Event("focus"));
    await vi.waitFor(() => expect(history.marks.at(-1)).toBe(32));
  });

  test("what came while nobody looked begins where they left, under a line that goes once it is read", async () => {
    const history = createHistory({ count: 30 });
    show(<Frame history={history} />);
    await expect.element(text(30)).toBeInViewport();
    await settled();
    attended.focused = false;
    for (let i = 0; i < 40; i++) {
      history.add();
      await settled(20);
    }
    await settled();
    expect(inView()[0]).toBeLessThanOrEqual(31);
    await expect.element(page.getByText(fr.thread.newMessages, { exact: true })).toBeInViewport();
    attended.focused = true;
    window.dispatchEvent(new Event("focus"));
    await vi.waitFor(() => expect(history.marks.at(-1)).toBeGreaterThan(30));
    expect(history.marks.at(-1)).toBeLessThan(60);
    await userEvent.click(toLatest);
    await vi.waitFor(() => expect(history.view().unread).toBe(0));
    await expect
      .element(page.getByText(fr.thread.newMessages, { exact: true }), { timeout: 8_000 })
      .not.toBeInTheDocument();
  });

  test("what comes behind a dialog is read when the dialog goes", async () => {
    const history = createHistory({ count: 30 });
    show(<Frame history={history} />);
    await expect.element(text(30)).toBeInViewport();
    await settled();
    await userEvent.click(page.getByRole("button", { name: "cover" }));
    await expect.element(page.getByRole("dialog")).toBeVisible();
    history.add();
    await settled();
    expect(history.marks).toEqual([]);
    await userEvent.click(page.getByRole("button", { name: "uncover" }));
    await vi.waitFor(() => expect(history.marks.at(-1)).toBe(31));
  });

  test("a search that leads past what is unread marks nothing; the arrow up leads back to it", async () => {
    const history = createHistory({ count: 1_000, unread: 600 });
    navigate("/c/g?m=900");
    show(<Frame history={history} />);
    await expect.element(text(900)).toBeInViewport();
    await settled();
    scrollBy(200);
    await settled();
    expect(history.marks).toEqual([]);
    const up = page.getByRole("button", { name: fr.thread.jumpUnread(600) });
    await expect.element(up).toBeVisible();
    await userEvent.click(up);
    await expect.element(text(401)).toBeInViewport();
    await vi.waitFor(() => expect(history.marks.at(-1)).toBeGreaterThan(400));
    expect(history.marks.at(-1)).toBeLessThan(450);
    expect(up.elements()).toHaveLength(0);
  });

  test("the line above what was new, and the arrow, go when one has answered", async () => {
    const history = createHistory({ count: 300, unread: 50 });
    show(<Frame history={history} />);
    await expect.element(page.getByText(fr.thread.newMessages, { exact: true })).toBeInViewport();
    await settled();
    history.add({ mine: true, state: "sent" });
    await expect.element(text(301)).toBeInViewport();
    await vi.waitFor(() => expect(history.view().unread).toBe(0));
    await expect.element(page.getByText(fr.thread.newMessages, { exact: true })).not.toBeInTheDocument();
    await settled();
    expect(toLatest.elements()).toHaveLength(0);
  });
});
