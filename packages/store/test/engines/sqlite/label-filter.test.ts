import type { Label } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import { createLabelFilter } from "../../../src/engines/sqlite/label-filter.ts";
import { randomLabel } from "../../lib/client.ts";

describe("a label filter", () => {
  test("holds what it was given, and hardly anything else", () => {
    const filter = createLabelFilter(2000, [12, 34]);
    const labels = Array.from({ length: 2000 }, () => randomLabel());
    for (const label of labels) filter.add(label);
    expect(labels.every((label) => filter.mayHold(label))).toBe(true);
    const wrong = Array.from({ length: 10_000 }, () => randomLabel()).filter((label) => filter.mayHold(label));
    expect(wrong.length).toBeLessThan(150);
  });

  test("is not fooled by labels that differ in one bit", () => {
    const filter = createLabelFilter(256, [5, 6]);
    const label = randomLabel();
    filter.add(label);
    const near = Array.from({ length: 240 }, (_, i) =>
      label.with(2 + (i >> 3), (label[2 + (i >> 3)] ?? 0) ^ (1 << (i & 7))),
    );
    expect(near.filter((other) => filter.mayHold(other as Label)).length).toBeLessThan(10);
  });
});
