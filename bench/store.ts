/** `npm run bench -- store [--only puts,gets,delivery,catch-up,restart] [--peers pli-log,redis] [--rounds 5] [--seconds 3] [--quick]`:
 * with no option, all of it, as it is published: some forty minutes on a quiet machine. */
import { join } from "node:path";
import type { Measurement } from "./measure.ts";
import { parseOptions } from "./store/options.ts";
import { PEERS } from "./store/peers/all.ts";
import { writeReport } from "./store/report.ts";
import { measureAll } from "./store/run.ts";
import { Series } from "./store/series.ts";

export const run = async (args: readonly string[]): Promise<Measurement[]> => {
  const options = parseOptions(
    args,
    PEERS.map(({ name }) => name),
  );
  const peers = PEERS.filter(({ name }) => options.peers.includes(name));
  const { rounds, seconds, caughtUp, stored, whole } = options;
  const series = new Series();
  let ended = false;
  try {
    await measureAll(peers, options, series);
    ended = true;
  } finally {
    const folder = join(import.meta.dirname, whole && ended ? "results" : "../test-results/bench");
    const counts = `${rounds} rounds, medians; ${seconds} s a measurement behind a warm-up; ${caughtUp} caught up, ${stored} stored at the restart`;
    const how = `${ended ? "By" : "Broken off:"} \`npm run bench -- store${args.map((arg) => ` ${arg}`).join("")}\`: ${counts}.`;
    writeReport(folder, "store", { measurements: series.medians("store"), peers, run: how });
    console.error(`Written to ${join(folder, "store.md")}`);
  }
  return series.medians("store");
};
