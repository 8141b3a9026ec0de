/**
 * `npm run bench -- NAME… [--json] [OPTIONS]`: runs bench/NAME.ts and prints a table, or
 * with --json one object per measurement and line. Options are the bench's own.
 */
import { readdirSync } from "node:fs";
import type { Measurement } from "./measure.ts";

const NOT_BENCHES = new Set(["run", "engines", "measure", "receiver", "attacker", "store-process", "store-filler"]);

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -3))
  .filter((name) => !NOT_BENCHES.has(name));

const print = (measurements: readonly Measurement[], json: boolean): void => {
  if (json) for (const measurement of measurements) console.log(JSON.stringify(measurement));
  else console.table(measurements.map(({ subject, metric, value, unit }) => ({ subject, metric, value, unit })));
};

const main = async (args: readonly string[]): Promise<void> => {
  const json = args.includes("--json");
  const firstOption = args.findIndex((arg) => arg.startsWith("--"));
  const wanted = firstOption === -1 ? args : args.slice(0, firstOption);
  const options = args.slice(wanted.length).filter((arg) => arg !== "--json");
  const unknown = wanted.filter((name) => !names.includes(name));
  if (wanted.length === 0 || unknown.length > 0) {
    console.error(`Say one or more of: ${names.join(", ")}.`);
    process.exitCode = 2;
    return;
  }
  for (const name of wanted) {
    const bench = (await import(`./${name}.ts`)) as { run: (options: readonly string[]) => Promise<Measurement[]> };
    if (!json) console.log(name);
    print(await bench.run(options), json);
  }
};

await main(process.argv.slice(2));
