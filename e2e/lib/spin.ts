/**
 * Runs Spin on a model of docs/*.pml: it writes a C program, tcc compiles it, and that program
 * searches all states. docs/models.md.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./store-process.ts";

type ModelName = "pairing" | "devices" | "succession";

/** A check that a model can take away, and the steps of the attack that is then found, in order. */
interface Guard {
  readonly name: string;
  readonly attack: readonly string[];
}

export interface Model {
  readonly name: ModelName;
  readonly guards: readonly Guard[];
  /** The switch by which reaching a good end counts as broken. */
  readonly goodEnd: string;
  /** All names that a run may define. */
  readonly switches: readonly string[];
}

interface Found {
  /** Everything reachable was visited: no bound of the search cut it short. */
  readonly isWhole: boolean;
  readonly errors: number;
  readonly states: number;
  /** What happens until something is broken, if something is. */
  readonly trail: readonly string[];
}

type Definitions = Readonly<Record<string, string>>;

const DOCS = join(import.meta.dirname, "../../docs");
const GUARD = /\/\* (?<name>[A-Z_]+)\. [^*]*?Attack: (?<attack>[^*]*?)\. \*\/\n#ifndef \k<name>\n/gu;
const GOOD_END = /\/\* Not a guard: with (?<name>[A-Z_]+)=true/u;
const SWITCH = /^#ifndef (?<name>[A-Z_]+)$/gmu;

/** Deeper than any path of these models; a path that is longer makes the search say so. */
const DEPTH = 10_000;
const PREPROCESSOR = "-Ptcc -E -x c";
const OPTIONS = ["-w", "-DSAFETY", "-DNOREDUCE"];

export function readModel(name: ModelName): Model {
  const text = sourceOf(name);
  const guards = [...text.matchAll(GUARD)].map(({ groups }) => ({
    name: groups?.["name"] ?? "",
    attack: (groups?.["attack"] ?? "").split(">").map((step) => step.replaceAll(/\s+/gu, " ").trim()),
  }));
  const switches = [...text.matchAll(SWITCH)].map(({ groups }) => groups?.["name"] ?? "");
  return { name, guards, goodEnd: GOOD_END.exec(text)?.groups?.["name"] ?? "", switches };
}

/**
 * Searches all that the model can do. `shortest`: level by level, so that the trail is one of the
 * shortest.
 */
export function search(name: ModelName, definitions: Definitions, { shortest }: { shortest: boolean }): Found {
  const folder = temporaryFolder("spin");
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  writeFileSync(join(folder, "model.pml"), sourceOf(name));
  const defined = Object.entries(definitions).map(([key, value]) => `-D${key}=${value}`);
  run("spin", PREPROCESSOR, ...defined, "-a", "model.pml");
  run("tcc", ...OPTIONS, ...(shortest ? ["-DBFS"] : []), "-o", "pan", "pan.c");
  const said = run(join(folder, "pan"), "-E", `-w${shortest ? 18 : 22}`, `-m${DEPTH}`);
  const hasTrail = existsSync(join(folder, "model.pml.trail"));
  const trail = hasTrail ? run("spin", PREPROCESSOR, ...defined, "-t", "-T", "model.pml") : "";
  return { ...verdictOf(said), trail: stepsOf(trail) };
}

const sourceOf = (name: ModelName): string => readFileSync(join(DOCS, `${name}.pml`), "utf8");

function verdictOf(said: string): Omit<Found, "trail"> {
  const cut = /not completed|too small|truncated|out of memory|bit-?state|hash-?compact/iu;
  return {
    isWhole: said.includes("Full statespace search for:") && !cut.test(said),
    errors: Number(/errors: (\d+)/u.exec(said)?.[1] ?? Number.NaN),
    states: Number(/(\d+) states, stored/u.exec(said)?.[1] ?? Number.NaN),
  };
}

function stepsOf(replay: string): string[] {
  const lines = replay.split("\n").map((line) => line.trim());
  const end = lines.findIndex((line) => line.startsWith("broken:"));
  return lines.slice(0, end + 1).filter((line) => line !== "" && !line.startsWith("spin:"));
}
