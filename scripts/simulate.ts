/**
 * `npm run simulate -- --seeds N [--from S] [--jobs J]`: that many simulated runs, seeds S and on;
 * each failure with its smallest replay. Ends with one line `N passed, M failed`. `--break rules`:
 * one device skips the check of the rules, which must be caught. `--replay S [--steps 1,2]`: one
 * run, or only these steps of it, with all that happens. `--only exclude,store-wiped`: of the
 * assaults of hostile members and the losses of the store only these happen; `--only none`: none.
 * `--devices`: seeds of another kind, in which people have several devices (device-plan.ts).
 */
import { fork, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { EXTRAS, replay, runSeed, smallestReplay, type RunOptions, type Verdict } from "@pli/testkit";

/** This many failures get their smallest replay: more would take long and say the same. */
const EXPLAINED = 5;
/** A run that takes longer than this goes round in circles. */
const PATIENCE_MS = 300_000;
/** How often the progress is printed. */
const TELL_MS = 60_000;

/** What a worker is asked, and what it answers. */
interface Task {
  readonly seed: number;
  readonly what: "run" | "explain";
  readonly options: RunOptions;
}
type Answer = { readonly verdict: Verdict } | { readonly lines: string[] };

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    jobs: { type: "string", default: String(Math.min(availableParallelism(), 8)) },
    break: { type: "string" },
    replay: { type: "string" },
    steps: { type: "string" },
    only: { type: "string" },
    devices: { type: "boolean", default: false },
  },
});
const only = values.only === undefined ? undefined : extrasNamed(values.only);
const options: RunOptions = {
  breakRules: values.break === "rules",
  severalDevices: values.devices,
  ...(only !== undefined && { only }),
};

if (process.send !== undefined) work();
else if (values.break !== undefined && values.break !== "rules") fail("the only thing to break is: rules");
else if (values.replay !== undefined) await showReplay(wholeNumber(values.replay));
else await simulate(wholeNumber(values.seeds), wholeNumber(values.from), wholeNumber(values.jobs));

function wholeNumber(value: string): number {
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : fail(`not a number: ${value}`);
}

function extrasNamed(list: string): string[] {
  const names = list === "none" ? [] : list.split(",").map((name) => name.replaceAll("-", " "));
  const known: readonly string[] = EXTRAS;
  const wrong = names.find((name) => !known.includes(name));
  return wrong === undefined ? names : fail(`none of ${known.join(", ")}: ${wrong}`);
}

function fail(why: string): never {
  console.error(why);
  process.exit(2);
}

/** The life of a worker: one task after another, until its parent is gone. */
function work(): void {
  process.on("message", (task: Task) => void answerTo(task).then((answer) => process.send?.(answer)));
  process.on("disconnect", () => process.exit());
}

async function answerTo({ seed, what, options }: Task): Promise<Answer> {
  return what === "run" ? { verdict: await runSeed(seed, options) } : { lines: await smallestReplay(seed, options) };
}

async function simulate(seeds: number, from: number, jobs: number): Promise<void> {
  const waiting = Array.from({ length: seeds }, (_, i) => from + i);
  let [passed, explained, failed] = [0, 0, 0];
  const lane = async (): Promise<void> => {
    const worker = createWorker();
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const problems = await worker.run(seed);
      if (problems.length === 0) passed += 1;
      else failed += 1;
      if (problems.length > 0 && explained < EXPLAINED) {
        explained += 1;
        console.log((await worker.explain(seed, problems)).join("\n"));
      } else if (problems.length > 0) console.log(`seed ${seed}: ${problems[0]}`);
    }
    worker.end();
  };
  const telling = setInterval(() => console.error(`${passed + failed} of ${seeds}, ${failed} failed`), TELL_MS);
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, seeds)) }, lane));
  clearInterval(telling);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/**
 * A process that runs seeds; one that dies of a seed, or does not come back, is followed by
 * another.
 */
function createWorker(): {
  run(seed: number): Promise<readonly string[]>;
  explain(seed: number, problems: readonly string[]): Promise<readonly string[]>;
  end(): void;
} {
  let child: ChildProcess | undefined;

  function ask(task: Task): Promise<Answer | string> {
    const asked = (child ??= fork(import.meta.filename));
    return new Promise((resolve) => {
      const settle = (answer: Answer | string): void => {
        clearTimeout(late);
        asked.off("message", settle);
        asked.off("exit", died);
        resolve(answer);
      };
      const died = (code: number | null): void => {
        child = undefined;
        settle(`the process of the run ended with ${code}`);
      };
      const late = setTimeout(() => asked.kill("SIGKILL"), PATIENCE_MS);
      asked.on("message", settle);
      asked.on("exit", died);
      asked.send(task);
    });
  }

  return {
    run: async (seed) => {
      const answer = await ask({ seed, what: "run", options });
      if (typeof answer === "string") return [answer];
      return "verdict" in answer ? answer.verdict.problems : [];
    },
    explain: async (seed, problems) => {
      const answer = await ask({ seed, what: "explain", options });
      return typeof answer !== "string" && "lines" in answer ? answer.lines : [`seed ${seed}`, ...problems];
    },
    end: () => void child?.disconnect(),
  };
}

async function showReplay(seed: number): Promise<void> {
  const steps = values.steps?.split(",").map(wholeNumber);
  const { lines, problems, hash } = await replay(seed, { ...options, ...(steps !== undefined && { steps }) });
  for (const line of lines) console.log(line);
  for (const problem of problems) console.log(`-> ${problem}`);
  console.log(`trace ${hash}`);
  console.log(problems.length === 0 ? "1 passed, 0 failed" : "0 passed, 1 failed");
  process.exitCode = problems.length === 0 ? 0 : 1;
}
