import { runSeed, smallestReplay } from "@pli/testkit";
import { dial } from "@pli/testkit/dials";
import { expect, test } from "vitest";

const played = Array.from({ length: dial("DEVICE_SEEDS") }, (_, i) => i + 1);

test.each(played)(
  "seed %i, in which people link, lose and restore devices, ends with all of each alike",
  async (seed) => {
    const { problems } = await runSeed(seed, { severalDevices: true });
    const failure = problems.length === 0 ? [] : await smallestReplay(seed, { severalDevices: true });
    expect(failure.join("\n")).toBe("");
  },
);
