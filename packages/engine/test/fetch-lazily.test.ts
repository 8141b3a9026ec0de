import { expect, test } from "vitest";
import type { Timers } from "../src/runtime/timers.ts";
import type { Delivery, ObjectAnswer } from "../src/delivery/port.ts";
import { fetchLazily } from "../src/delivery/feed/lazily.ts";

const BYTES = new Uint8Array([1, 2, 3]);

/** A store that gives these answers one after the other, the last again and again. */
async function fetched(...answers: ObjectAnswer[]) {
  const pauses: number[] = [];
  let asked = 0;
  const delivery = {
    get: {
      object: () => {
        asked += 1;
        return Promise.resolve(answers[Math.min(asked, answers.length) - 1]);
      },
    },
  } as unknown as Delivery;
  const clock = { closed: false, pause: (ms: number) => Promise.resolve(void pauses.push(ms)) } as unknown as Timers;
  const bytes = await fetchLazily(clock, delivery, { seed: new Uint8Array(32), maxBytes: 100 });
  return { bytes, asked, pauses };
}

test("what is not stored yet is asked for again, less and less often", async () => {
  const { bytes, asked, pauses } = await fetched(
    { type: "absent" },
    { type: "absent" },
    { type: "object", bytes: BYTES },
  );
  expect(bytes).toBe(BYTES);
  expect(asked).toBe(3);
  expect(pauses).toEqual([250, 500]);
});

test("what never comes is given up after about a minute", async () => {
  const { bytes, pauses } = await fetched({ type: "absent" });
  expect(bytes).toBeUndefined();
  expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(70_000);
});

test("what is there and broken is not asked for again", async () => {
  expect(await fetched({ type: "broken" })).toEqual({ bytes: undefined, asked: 1, pauses: [] });
});
