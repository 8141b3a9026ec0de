/**
 * `npm run bench -- store [--only puts,gets,delivery,catch-up,restart] [--peers pli-log,redis]
 * [--rounds 5] [--seconds 3] [--quick]`: with no option, all of it, as it is published: some forty
 * minutes on a quiet machine.
 */
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
  const outcome = { series: new Series(), failures: new Map<string, string>() };
  const counts = `${rounds} rounds, medians; ${seconds} s a measurement behind a warm-up; ${caughtUp} caught up, ${stored} stored at the restart`;
  const how = `\`npm run bench -- store${args.map((arg) => ` ${arg}`).join("")}\`: ${counts}.`;
  const write = (folder: string, said: string): void => {
    const path = join(import.meta.dirname, folder);
    const leftOut = Array.from(outcome.failures.values(), (failure) => `Left out from there on: ${failure}.`);
    const sentences = [`${said} ${how}`, ...leftOut];
    writeReport(path, "store", { measurements: outcome.series.medians("store"), peers, run: sentences.join(" ") });
    console.error(`Written to ${join(path, "store.md")}`);
  };
  await measureAll(peers, options, outcome, () => write("../test-results/bench", "A run that has not ended:"));
  write(whole ? "results" : "../test-results/bench", "By");
  return outcome.series.medians("store");
};
