/**
 * The receiving client of bench/latency.ts: `node receiver.ts HOME STORE` prints each text and when
 * it arrived.
 */
import { openHome } from "@pli/engine-node";

const [home = "", store = ""] = process.argv.slice(2);
const { api } = await openHome({ home, store, unlock: { keyFile: true } });
api.onMessage(({ body }) => {
  const at = performance.timeOrigin + performance.now();
  if (body.kind === "text") console.log(JSON.stringify({ text: body.text, at }));
});
let announced = false;
api.watch("status", {}, ({ connection }) => {
  if (announced || connection.state !== "online") return;
  announced = true;
  console.log("ready");
});
