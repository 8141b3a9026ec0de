/**
 * A store with its usual limits, but for those given, in a process of its own: `node
 * watched-process.ts DATA PING_MS PORT ENGINE LIMITS`; prints its port and that of its metrics.
 */
import { ENGINES, startStore, type StoreLimits } from "../../src/index.ts";

const [data = "", pingMs = "", port = "", engine = "", limits = "{}"] = process.argv.slice(2);
const store = await startStore({
  data,
  engine: ENGINES.find((name) => name === engine),
  pingMs: Number(pingMs),
  port: Number(port),
  limits: JSON.parse(limits) as Partial<StoreLimits>,
  metricsPort: 0,
});
console.log(`${store.port} ${store.metricsPort}`);
process.on("SIGTERM", () => {
  void store.close();
});
