import type { Label } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import { createLabelHash } from "../../../src/engines/log/label-hash.ts";
import { createLabelTable } from "../../../src/engines/log/label-table.ts";
import { randomLabel } from "../../lib/client.ts";

describe("the label table", () => {
  test("finds every label it was given and that lives, and hardly ever another", () => {
    const dead = new Set<number>();
    const table = createLabelTable((id) => !dead.has(id));
    const labels = Array.from({ length: 20_000 }, () => randomLabel());
    for (const [i, label] of labels.entries()) {
      table.add(label, 0, i + 1);
      if (i % 3 === 0) dead.add(i + 1);
    }
    const found = labels.map((label) => table.find(label));
    expect(labels.filter((_, i) => found[i]?.includes(i + 1) !== (i % 3 !== 0))).toEqual([]);
    // By its promise, one of some 200,000 neighbours in all is another's once in 10,000 runs.
    const others = found.flatMap((ids, i) => ids.filter((id) => id !== i + 1));
    const absent = Array.from({ length: 20_000 }, () => table.find(randomLabel())).flat();
    expect(others.length + absent.length).toBeLessThanOrEqual(2);
  });

  test("keeps every id of one label", () => {
    const table = createLabelTable(() => true);
    const label = randomLabel();
    for (let id = 1; id <= 100; id += 1) table.add(label, 0, id);
    expect(table.find(label)).toHaveLength(100);
  });

  test("hashes labels that differ in one bit apart", () => {
    const hash = createLabelHash();
    const label = randomLabel();
    const near = Array.from(
      { length: 256 },
      (_, i) => label.with(i >> 3, (label[i >> 3] ?? 0) ^ (1 << (i & 7))) as Label,
    );
    expect(new Set([label, ...near].map((one) => hash(one, 0))).size).toBe(257);
  });
});
