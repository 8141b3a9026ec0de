import type { PliApi, StatusView } from "@pli/engine/api";
import { expect, test, vi } from "vitest";
import { createLive } from "../src/ui/live.ts";

const status = { pending: 3 } as StatusView;

function fake() {
  let watching = 0;
  const watch: PliApi["watch"] = (_name, _parameters, listener) => {
    watching += 1;
    listener(status);
    return () => void (watching -= 1);
  };
  return { live: createLive({ watch } as PliApi), watching: () => watching };
}

test("a value outlives its last reader by a moment only", () => {
  vi.useFakeTimers();
  const { live, watching } = fake();
  const entry = live.entry("status", {});
  entry.subscribe(() => undefined)();
  expect([entry.read().value, watching()]).toEqual([status, 1]);
  vi.advanceTimersByTime(11_000);
  expect([entry.read().value, watching()]).toEqual([undefined, 0]);
  vi.useRealTimers();
});

test("what is cleared is forgotten at once, read or not, and nothing is asked for any more", () => {
  const { live, watching } = fake();
  const [shown, left] = [live.entry("status", {}), live.entry("settings", {})];
  const listener = vi.fn<() => void>();
  shown.subscribe(listener);
  left.subscribe(() => undefined)();
  live.clear();
  expect([shown.read(), left.read()]).toEqual([
    { ready: false, value: undefined },
    { ready: false, value: undefined },
  ]);
  expect(watching()).toBe(0);
  expect(listener).toHaveBeenCalledTimes(2);
  const again = live.entry("status", {});
  again.subscribe(() => undefined);
  expect(again.read().value).toBe(status);
});

test("a part is the same object while it is equal, and is selected once for each value", () => {
  let give: (value: StatusView) => void = () => undefined;
  const watch: PliApi["watch"] = (_name, _parameters, listener) => {
    give = (value) => (listener as (given: StatusView) => void)(value);
    return () => undefined;
  };
  const live = createLive({ watch } as PliApi);
  const entry = live.entry("status", {});
  const select = vi.fn<(value: StatusView) => { pending: number }>(({ pending }) => ({ pending }));
  entry.subscribe(() => undefined);
  const read = entry.readPart(select);
  expect(read()).toEqual({ ready: false, value: undefined });
  const seen = [1, 1, 2].map((pending) => {
    give({ pending } as StatusView);
    return [read(), entry.readPart(select)()];
  });
  expect(seen[0]?.[0]?.value).toEqual({ pending: 1 });
  expect(seen.flat().map((part) => part === seen[0]?.[0])).toEqual([true, true, true, true, false, false]);
  expect(select).toHaveBeenCalledTimes(3);
  live.clear();
  expect(read()).toEqual({ ready: false, value: undefined });
});
