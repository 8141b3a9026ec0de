import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSpaceCheck } from "../../src/core/free-space.ts";
import { createFakeClock } from "../lib/fakes.ts";

describe("the check of free space", () => {
  const build = (free: number) => {
    const disk = { free, asked: 0 };
    const clock = createFakeClock();
    const lines: string[] = [];
    const freeBytes = async (): Promise<number> => {
      disk.asked += 1;
      return disk.free;
    };
    const log = (_level: string, code: string): void => void lines.push(code);
    return {
      disk,
      clock,
      lines,
      hasSpace: createSpaceCheck({ storage: { freeBytes }, clock, minFreeBytes: 1000, log }),
    };
  };

  test("asks the disk once a second, and says when it is full and when it is not", async () => {
    const { disk, clock, lines, hasSpace } = build(1_000_000);
    for (let i = 0; i < 10; i += 1) expect(await hasSpace(10)).toBe(true);
    expect(disk.asked).toBe(1);
    disk.free = 999;
    clock.pass(1000);
    for (let i = 0; i < 10; i += 1) expect(await hasSpace(10)).toBe(false);
    expect(disk.asked).toBe(2);
    disk.free = 1000;
    clock.pass(1000);
    expect(await hasSpace(10)).toBe(true);
    expect(lines).toEqual(["store_full", "store_has_room"]);
  });

  test("stops before the disk is full however much is put in a second, even if each byte takes four", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 250 }), { minLength: 300, maxLength: 300 }),
        async (sizes) => {
          const { disk, hasSpace } = build(20_000);
          for (const size of sizes) if (await hasSpace(size)) disk.free -= 4 * size;
          expect(disk.free).toBeGreaterThanOrEqual(0);
          expect(disk.free).toBeLessThan(1000);
          expect(disk.asked).toBeLessThan(100);
        },
      ),
    );
  });
});
