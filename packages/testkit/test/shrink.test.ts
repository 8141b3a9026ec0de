import { describe, expect, test } from "vitest";
import { shrunk } from "../src/simulation/shrink.ts";

const numbers = Array.from({ length: 40 }, (_, n) => n);

describe("the smallest part that fails", () => {
  test("is what is needed, in its order, wherever it stands", async () => {
    const needed = [3, 17, 18, 39];
    const fails = async (part: readonly number[]): Promise<boolean> => needed.every((n) => part.includes(n));
    expect(await shrunk(numbers, fails, 1000)).toEqual(needed);
  });

  test("is nothing when the failure needs none of it", async () => {
    expect(await shrunk(numbers, async () => true, 1000)).toEqual([]);
  });

  test("is looked for no longer than was asked", async () => {
    let tries = 0;
    const fails = async (part: readonly number[]): Promise<boolean> => {
      tries += 1;
      return part.includes(5);
    };
    expect(await shrunk(numbers, fails, 4)).toContain(5);
    expect(tries).toBe(4);
  });
});
