import { describe, expect, test } from "vitest";
import { createGroupCommit } from "../../src/core/group-commit.ts";
import { type Storage, StorageError } from "../../src/storage/storage.ts";
import { DAY, cellPut, filledStorage, heldBack } from "../lib/cells.ts";
import { randomBlock, randomLabel } from "../lib/client.ts";
import { turns } from "../lib/event-loop.ts";

describe("group commit", () => {
  const source = {};
  const build = (storage: Storage, hasSpace = async (): Promise<boolean> => true) => {
    const batches: number[] = [];
    const failures: unknown[] = [];
    const commits = createGroupCommit({
      storage,
      day: () => DAY,
      hasSpace,
      committed: (puts) => batches.push(puts),
      failed: (error) => failures.push(error),
    });
    return { batches, commits, failures };
  };

  test("stores puts that come together in one commit, in their order", async () => {
    const storage = await filledStorage(0);
    const { batches, commits } = build(storage);
    const results = await Promise.all(Array.from({ length: 100 }, () => commits.put(cellPut(), source)));
    expect(batches).toEqual([100]);
    expect(results.map((result) => result.ok && result.value.position)).toEqual([...results.keys()]);
    await storage.close();
  });

  test("answers also when the disk cannot say how much space it has, and stores what comes after", async () => {
    const storage = await filledStorage(0);
    const gone = new Error("EIO");
    let isGone = true;
    const { commits, failures } = build(storage, async () => {
      if (isGone) throw gone;
      return true;
    });
    expect(await commits.put(cellPut(), source)).toEqual({ ok: false, error: "internal" });
    expect(failures).toEqual([gone]);
    isGone = false;
    expect(await commits.put(cellPut(), source)).toMatchObject({ ok: true });
    await storage.close();
  });

  test("splits what is too much for one, and goes on", async () => {
    const storage = await filledStorage(0);
    const { batches, commits } = build(storage);
    const puts = Array.from({ length: 40 }, () => ({
      kind: "block" as const,
      label: randomLabel(),
      bytes: randomBlock(),
    }));
    const results = await Promise.all(puts.map((put) => commits.put(put, source)));
    expect(results.every((result) => result.ok)).toBe(true);
    expect(batches).toEqual(Array(10).fill(4));
    await storage.close();
  });

  test("refuses what it cannot hold while the disk hangs, and stores the rest", async () => {
    const storage = await filledStorage(0);
    const { held, release } = heldBack(storage);
    const { commits } = build(held);
    const block = randomBlock();
    const puts = Array.from({ length: 300 }, () =>
      commits.put({ kind: "block", label: randomLabel(), bytes: block }, source),
    );
    await turns(3);
    release();
    const results = await Promise.all(puts);
    const refused = results.filter((result) => !result.ok);
    expect(refused.length).toBe(300 - 192);
    expect(refused.every((result) => !result.ok && result.error === "store_busy")).toBe(true);
    await commits.idle();
    await storage.close();
  });

  test("answers a failed commit to each of its puts, and goes on with the next", async () => {
    const storage = await filledStorage(0);
    const errors: unknown[] = [
      new StorageError("store_full", "full"),
      new StorageError("internal", "broken"),
      undefined,
    ];
    const failing: Storage = {
      ...storage,
      commit: async (puts, day) => {
        const error = errors.shift();
        if (error !== undefined) throw error;
        return storage.commit(puts, day);
      },
    };
    const { commits } = build(failing);
    const both = await Promise.all([commits.put(cellPut(), source), commits.put(cellPut(), source)]);
    expect(both).toEqual([
      { ok: false, error: "store_full" },
      { ok: false, error: "store_full" },
    ]);
    expect(await commits.put(cellPut(), source)).toEqual({ ok: false, error: "internal" });
    expect(await commits.put(cellPut(), source)).toEqual({ ok: true, value: { outcome: "created", position: 0 } });
    await storage.close();
  });
});
