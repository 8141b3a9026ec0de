/** A store with its usual limits in a process of its own: `node watched-process.ts DATA PING_MS [PORT]`; prints its port and that of its
 * metrics. */
import { startStore } from "../src/index.ts";

const [data = "", pingMs = "30000", port = "0"] = process.argv.slice(2);
const store = await startStore({ data, pingMs: Number(pingMs), port: Number(port), metricsPort: 0 });
console.log(`${store.port} ${store.metricsPort}`);
process.on("SIGTERM", () => {
  void store.close();
});
