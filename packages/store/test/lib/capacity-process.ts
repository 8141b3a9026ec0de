/**
 * Prints the bytes of memory that the label table and the positions of RECORDS records take:
 * `node --expose-gc capacity-process.ts RECORDS`.
 */
import { randomFillSync } from "node:crypto";
import type { Label } from "@pli/protocol/wire";
import { createLabelTable } from "../../src/engines/log/label-table.ts";
import { createPositionMap } from "../../src/engines/log/position-map.ts";
import { MAX_SLOTS } from "../../src/engines/log/slots.ts";

const records = Number(process.argv[2]);
/** Memory that a collection frees is counted as free a little later. */
const collect = async (): Promise<void> => {
  for (let i = 0; i < 3; i += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
await collect();
const before = process.memoryUsage().arrayBuffers;
const table = createLabelTable(() => true);
const segments = Array.from({ length: Math.ceil(records / MAX_SLOTS) }, (_, i) => createPositionMap([i * MAX_SLOTS]));
const labels = new Uint8Array(32 * 1024);
for (let i = 0; i < records; i += 1) {
  if (i % 1024 === 0) randomFillSync(labels);
  table.add(labels, 32 * (i % 1024), i + 1);
  segments[Math.floor(i / MAX_SLOTS)]?.add(0, i, i % MAX_SLOTS);
}
for (const positions of segments) positions.seal();
await collect();
console.log(process.memoryUsage().arrayBuffers - before - labels.length);
console.error(table.find(labels.subarray(0, 32) as Label).length + (segments[0]?.end(0) ?? 0));
