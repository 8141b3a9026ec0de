import { runSeed, smallestReplay } from "@pli/testkit";
import { dial } from "@pli/testkit/dials";
import { expect, test } from "vitest";

/** Seeds that are known to fail: docs/next.md says why. */
const OPEN = new Set([2, 5, 8, 12]);

const played = Array.from({ length: dial("DEVICE_SEEDS") }, (_, i) => i + 1).filter((seed) => !OPEN.has(seed));

test.each(played)(
  "seed %i, in which people link, lose and restore devices, ends with all of each alike",
  async (seed) => {
    const { problems } = await runSeed(seed, { severalDevices: true });
    const failure = problems.length === 0 ? [] : await smallestReplay(seed, { severalDevices: true });
    expect(failure.join("\n")).toBe("");
  },
);
