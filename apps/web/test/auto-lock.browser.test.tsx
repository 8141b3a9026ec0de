import type { HostApi } from "@pli/engine-web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changePreferences } from "../src/ui/preferences.ts";
import { useAutoLock } from "../src/ui/shell/auto-lock.ts";
import { show } from "./screen.tsx";

const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  changePreferences({ autoLock: 5 });
});
afterEach(() => {
  vi.useRealTimers();
  changePreferences({ autoLock: 15 });
});

function Locking({ host }: { host: HostApi }) {
  useAutoLock(host, "passphrase");
  return <p>open</p>;
}

/** The app in one tab, and the notifications between it and the other tabs. */
async function open() {
  const listeners = new Set<(at: number) => void>();
  const lock = vi.fn<HostApi["lock"]>(() => Promise.resolve());
  const notified = vi.fn<HostApi["notifyActivity"]>();
  const watchActivity = (listener: (at: number) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const host = { lock, notifyActivity: notified, watchActivity } as Partial<HostApi> as HostApi;
  const shown = show(<Locking host={host} />);
  await vi.waitFor(() => expect(shown.element.textContent).toBe("open"));
  return { lock, notified, othersNotify: (at: number) => listeners.forEach((listener) => listener(at)) };
}

test("locks after the chosen minutes without a touch", async () => {
  const { lock } = await open();
  await vi.advanceTimersByTimeAsync(5 * MINUTE - 1000);
  expect(lock).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lock).toHaveBeenCalled();
});

test("work in another tab keeps this one open", async () => {
  const { lock, othersNotify } = await open();
  await vi.advanceTimersByTimeAsync(4 * MINUTE);
  othersNotify(Date.now());
  await vi.advanceTimersByTimeAsync(4 * MINUTE);
  expect(lock).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(lock).toHaveBeenCalled();
});

test("the other tabs are notified of work in this one", async () => {
  const { notified } = await open();
  await vi.advanceTimersByTimeAsync(MINUTE);
  const at = Date.now();
  dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
  expect(notified).toHaveBeenLastCalledWith(at);
});

test("the first touch after a long sleep does not count as work: the app locks", async () => {
  const { lock } = await open();
  vi.setSystemTime(Date.now() + 60 * MINUTE);
  dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
  await vi.advanceTimersByTimeAsync(300);
  expect(lock).toHaveBeenCalledOnce();
});

test("a clock that was put back does not keep the app open", async () => {
  const { lock } = await open();
  vi.setSystemTime(Date.now() - 120 * MINUTE);
  await vi.advanceTimersByTimeAsync(6 * MINUTE);
  expect(lock).toHaveBeenCalled();
});

test("another tab cannot name a moment that has not come yet", async () => {
  const { lock, othersNotify } = await open();
  othersNotify(Date.now() + 1000 * MINUTE);
  await vi.advanceTimersByTimeAsync(6 * MINUTE);
  expect(lock).toHaveBeenCalled();
});
