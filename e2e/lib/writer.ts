/**
 * A client that writes numbered messages as fast as it can, until it is killed: `node writer.ts
 * HOME STORE FIRST`.
 */
import { writeSync } from "node:fs";
import { openHome } from "@pli/engine-node";
import { onlyConversation } from "./homes.ts";

const [folder = "", store = "", first = "0"] = process.argv.slice(2);
const home = await openHome({ home: folder, store, unlock: { keyFile: true } });
const { id } = await onlyConversation(home.api);
writeSync(1, "ready\n");
for (let n = Number(first); ; n++) {
  await home.api.sendText({ conversation: id, text: `message ${n}` });
  writeSync(1, `${n}\n`);
}
