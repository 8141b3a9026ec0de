/**
 * `node store-filler.ts FOLDER ENGINE COUNT`: puts COUNT cells, says so, and waits to be killed.
 */
import { randomBytes } from "node:crypto";
import { CELL_BYTES, type Cell, type Label } from "@pli/protocol/wire";
import { openStorage, type EngineName } from "../packages/store/src/engines/open-storage.ts";

const [folder = "", engine = "", count = ""] = process.argv.slice(2);
const storage = await openStorage({ folder, feeds: 1, engine: engine as EngineName, log: () => {} });
const cell = new Uint8Array(randomBytes(CELL_BYTES)) as Cell;
for (let done = 0; done < Number(count); done += 1000) {
  const puts = Array.from({ length: 1000 }, () => {
    const label = new Uint8Array(randomBytes(32)) as Label;
    label.fill(0, 0, 2);
    return { kind: "cell" as const, label, bytes: cell };
  });
  await storage.commit(puts, 20_000);
}
console.log("full");
setInterval(() => {}, 60_000);
