/**
 * `npm run attack`: lets towns of people live over a store that is watched as its operator would,
 * tries every attack of the laboratory (packages/testkit/src/laboratory/attacks) on what was seen,
 * and prints what each finds beside chance, for each form of the feed. `--seed S`: the first town;
 * `--towns N`, `--people P`, `--days D`: how much; `--form full|tags|both`; `--jobs J`; `--json`:
 * the findings as JSON. Ends with 1 when, in full form, an attack on what clients ask for finds
 * more than chance.
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { judgeAll, type LifeOptions, tableOf, type TownTrials, tryTown } from "@pli/testkit";

type Form = LifeOptions["form"];
type Entries = [string, NonNullable<ReturnType<TownTrials["get"]>>][];

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    towns: { type: "string", default: "4" },
    people: { type: "string", default: "30" },
    days: { type: "string", default: "3" },
    form: { type: "string", default: "both" },
    jobs: { type: "string", default: String(Math.min(availableParallelism(), 8)) },
    json: { type: "boolean", default: false },
  },
});

if (process.send !== undefined) work();
else await attack();

/** The life of a worker: one town after another, until its parent is gone. */
function work(): void {
  const answer = async (options: LifeOptions): Promise<void> => void process.send?.([...(await tryTown(options))]);
  process.on("message", (options: LifeOptions) => void answer(options));
  process.on("disconnect", () => process.exit());
}

async function attack(): Promise<void> {
  const forms = formsNamed(values.form);
  const [seed, towns] = [wholeNumber(values.seed), wholeNumber(values.towns)];
  const [people, days] = [wholeNumber(values.people), Number(values.days)];
  if (towns < 1 || people < 4 || !(days > 0)) fail("there must be a town, four people in it, and some time");
  const waiting = Array.from({ length: towns }, (_, i) => seed + i).flatMap((seed) =>
    forms.map((form) => ({ seed, people, days, form })),
  );
  const trials = new Map<Form, TownTrials[]>(forms.map((form) => [form, []]));
  const lane = async (): Promise<void> => {
    const worker = createWorker();
    for (let options = waiting.shift(); options !== undefined; options = waiting.shift()) {
      trials.get(options.form)?.push(await worker.run(options));
      console.error(`town ${options.seed} in ${options.form} form: done`);
    }
    worker.end();
  };
  const lanes = Math.max(1, Math.min(wholeNumber(values.jobs), waiting.length));
  await Promise.all(Array.from({ length: lanes }, lane));
  tell(forms.map((form) => ({ form, findings: judgeAll(trials.get(form) ?? []) })));
}

function tell(results: readonly { form: Form; findings: ReturnType<typeof judgeAll> }[]): void {
  if (values.json) console.log(JSON.stringify(results));
  else for (const { form, findings } of results) console.log(`${tableOf(form, findings)}\n`);
  const asked = results.find(({ form }) => form === "full")?.findings.filter(({ attack }) => attack.kind === "asking");
  if (asked?.some(({ outcome }) => outcome === "above") === true) process.exitCode = 1;
}

function createWorker(): { run(options: LifeOptions): Promise<TownTrials>; end(): void } {
  const child = fork(import.meta.filename, [], { serialization: "advanced" });
  const run = (options: LifeOptions): Promise<TownTrials> =>
    new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error(`town ${options.seed} ended before its time`));
      child.once("exit", ended);
      child.once("message", (trials) => {
        child.off("exit", ended);
        resolve(new Map(trials as Entries));
      });
      child.send(options);
    });
  return { run, end: () => child.disconnect() };
}

function formsNamed(name: string): Form[] {
  if (name === "both") return ["full", "tags"];
  return name === "full" || name === "tags" ? [name] : fail("a form is full, tags, or both");
}

function wholeNumber(value: string): number {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : fail(`not a number: ${value}`);
}

function fail(why: string): never {
  console.error(why);
  process.exit(2);
}
