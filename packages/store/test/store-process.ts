/** A store in a process of its own, to be killed: `node store-process.ts DATA`; prints its origin. */
import { startStore } from "../src/index.ts";

const [data = ""] = process.argv.slice(2);
const many = 1_000_000_000;
const store = await startStore({
  data,
  fullFeedBytes: Infinity,
  limits: { putsPerSecond: many, putBurst: many, putsPerSecondPerAddress: many, putBurstPerAddress: many },
});
console.log(store.origin);
process.on("SIGTERM", () => {
  void store.close();
});
