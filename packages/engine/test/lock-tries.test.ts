import { counted, NO_TRIES, parseTries, waited, type Tries } from "@pli/engine/lock";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const after = (failed: number): Tries => {
  let tries = NO_TRIES;
  for (let time = 0; time < failed; time++) tries = counted(tries);
  return tries;
};

describe("pauses after wrong passphrases", () => {
  test("four slips are free, then each doubles the pause up to an hour", () => {
    expect([1, 4, 5, 6, 7, 11, 12, 40].map((failed) => after(failed).waitMs / 1000)).toEqual([
      0, 0, 30, 60, 120, 1920, 3600, 3600,
    ]);
  });

  test("a day at the keyboard is less than 37 guesses", () => {
    let [tries, guesses, left] = [NO_TRIES, 0, 86_400_000];
    for (; left >= tries.waitMs; guesses++) {
      left -= tries.waitMs;
      tries = counted(waited(tries, tries.waitMs));
    }
    expect(guesses).toBeLessThan(37);
  });

  test("waiting never makes the pause longer, nor forgets what was counted", () => {
    expect(waited(after(5), -1e9)).toEqual(after(5));
    expect(waited(after(5), 1e9)).toEqual({ failed: 5, waitMs: 0 });
  });
});

test("whatever was kept is read as tries that can be waited for", () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const { failed, waitMs } = parseTries(value);
      expect(failed >= 0 && waitMs >= 0 && waitMs <= 3_600_000).toBe(true);
      expect(counted({ failed, waitMs }).waitMs).toBeLessThanOrEqual(3_600_000);
    }),
    { numRuns: propertyRuns(100) },
  );
});

test("what was kept is read as it was", () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(3_600_000), (failed, waitMs) => {
      expect(parseTries(JSON.parse(JSON.stringify({ failed, waitMs })))).toEqual({ failed, waitMs });
    }),
    { numRuns: propertyRuns(100) },
  );
});
