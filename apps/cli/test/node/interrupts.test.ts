import { expect, test } from "vitest";
import { countedOnce } from "../../src/node/interrupts.ts";

function counter() {
  const at = { now: 0, fired: 0 };
  const heard = countedOnce(
    () => (at.fired += 1),
    () => at.now,
  );
  return { at, heard };
}

test("a signal that comes from the system and from the wrapper is one, whichever comes first", () => {
  for (const [first, second] of [["system", "wrapper"] as const, ["wrapper", "system"] as const]) {
    const { at, heard } = counter();
    heard(first);
    at.now = 40;
    heard(second);
    expect(at.fired).toBe(1);
  }
});

test("two presses are two, each being heard twice or once", () => {
  const twice = counter();
  (["system", "wrapper", "system", "wrapper"] as const).forEach(twice.heard);
  expect(twice.at.fired).toBe(2);
  const once = counter();
  (["system", "system"] as const).forEach(once.heard);
  expect(once.at.fired).toBe(2);
});

test("what comes long after is not its echo", () => {
  const { at, heard } = counter();
  heard("system");
  at.now = 5_000;
  heard("wrapper");
  expect(at.fired).toBe(2);
});
