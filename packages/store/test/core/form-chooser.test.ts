import { ENTRY_BYTES } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import { createFormChooser } from "../../src/core/form-chooser.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { DAY, cellPut, filledStorage } from "../lib/cells.ts";

describe("the form of a feed", () => {
  const build = (storage: Storage, cells: number) => {
    let day = DAY;
    const formOf = createFormChooser({ storage, day: () => day, budgetBytes: cells * ENTRY_BYTES.full });
    return {
      form: () => formOf(0),
      pass: (days: number) => {
        day += days;
      },
      commit: async (count: number) => storage.commit(Array.from({ length: count }, cellPut), day),
    };
  };

  test("is full while a day fits the budget, tags from there on until midnight after a day that fits", async () => {
    const storage = await filledStorage(0);
    const feed = build(storage, 10);
    await feed.commit(10);
    expect(feed.form()).toBe("full");
    await feed.commit(1);
    expect(feed.form()).toBe("tags");
    feed.pass(1);
    expect(feed.form()).toBe("tags");
    await feed.commit(3);
    feed.pass(1);
    expect(feed.form()).toBe("full");
    await storage.close();
  });

  test("is the same after a restart", async () => {
    const storage = await filledStorage(0);
    await build(storage, 10).commit(11);
    expect(build(storage, 10).form()).toBe("tags");
    const next = build(storage, 10);
    next.pass(1);
    expect(next.form()).toBe("tags");
    next.pass(1);
    expect(next.form()).toBe("full");
    await storage.close();
  });
});
