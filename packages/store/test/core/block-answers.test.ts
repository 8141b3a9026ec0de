import { describe, expect, test } from "vitest";
import { createSemaphore } from "../../src/base/semaphore.ts";
import { createBlockAnswers } from "../../src/core/block-answers.ts";
import { randomBlock, randomLabel } from "../lib/client.ts";
import { turns } from "../lib/event-loop.ts";

describe("answers with blocks", () => {
  const label = randomLabel();
  const block = randomBlock();

  test("are two for each who asks, one when there are many, and never more than the most", async () => {
    const blocks = createBlockAnswers({ getBlock: async () => block });
    const anybody = createSemaphore(Infinity);
    expect([0, 1, 2].map((own) => blocks.wantsMore(own))).toEqual([true, true, false]);
    await Promise.all(Array.from({ length: 256 }, () => blocks.get(label, anybody)));
    expect([0, 1, 2].map((own) => blocks.wantsMore(own))).toEqual([true, false, false]);
    let given = 0;
    const more = Array.from({ length: 2000 }, () => blocks.get(label, anybody).then(() => (given += 1)));
    await turns(3);
    expect([given, blocks.held()]).toEqual([2048 - 256, 2048]);
    for (let i = 0; i < 2256; i += 1) blocks.left(anybody);
    await Promise.all(more);
    expect(blocks.held()).toBe(0);
  });
});
