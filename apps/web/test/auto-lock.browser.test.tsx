import type { HostApi } from "@pli/engine-web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { changePreferences } from "../src/ui/preferences.ts";
import { useAutoLock } from "../src/ui/shell/auto-lock.ts";
import { show } from "./screen.tsx";

const MINUTE = 60_000;
const others = new BroadcastChannel("pli:activity");

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  changePreferences({ autoLock: 5 });
});
afterEach(() => {
  vi.useRealTimers();
  changePreferences({ autoLock: 15 });
});

function Locking({ host }: { host: Pick<HostApi, "lock"> }) {
  useAutoLock(host as HostApi, "passphrase");
  return <p>open</p>;
}

async function open() {
  const lock = vi.fn<HostApi["lock"]>(() => Promise.resolve());
  const shown = show(<Locking host={{ lock }} />);
  await vi.waitFor(() => expect(shown.element.textContent).toBe("open"));
  return lock;
}

/** What was posted between tabs is heard a moment later, outside the made-up time. */
const heard = () =>
  new Promise<void>((resolve) => {
    const own = new BroadcastChannel("pli:activity");
    own.addEventListener("message", () => {
      own.close();
      resolve();
    });
    const last = new BroadcastChannel("pli:activity");
    last.postMessage("heard");
    last.close();
  });

test("locks after the chosen minutes without a touch", async () => {
  const lock = await open();
  await vi.advanceTimersByTimeAsync(5 * MINUTE - 1000);
  expect(lock).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lock).toHaveBeenCalled();
});

test("work in another tab keeps this one open", async () => {
  const lock = await open();
  await vi.advanceTimersByTimeAsync(4 * MINUTE);
  others.postMessage(Date.now());
  await heard();
  await vi.advanceTimersByTimeAsync(4 * MINUTE);
  expect(lock).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(lock).toHaveBeenCalled();
});

test("the others hear of work in this one", async () => {
  await open();
  const told: unknown[] = [];
  others.addEventListener("message", ({ data }: MessageEvent<unknown>) => told.push(data), { once: true });
  await vi.advanceTimersByTimeAsync(MINUTE);
  const at = Date.now();
  dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
  await heard();
  expect(told).toEqual([at]);
});

test("the first touch after a long sleep does not count as work: the app locks", async () => {
  const lock = await open();
  vi.setSystemTime(Date.now() + 60 * MINUTE);
  dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
  await vi.advanceTimersByTimeAsync(300);
  expect(lock).toHaveBeenCalledOnce();
});

test("another tab cannot name a moment that has not come yet", async () => {
  const lock = await open();
  others.postMessage(Date.now() + 1000 * MINUTE);
  await heard();
  await vi.advanceTimersByTimeAsync(6 * MINUTE);
  expect(lock).toHaveBeenCalled();
});
