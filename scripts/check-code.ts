/**
 * `node scripts/check-code.ts [--shrink]`: checks of the sources that no linter makes. Import
 * cycles in the whole repository, functions that are too long, lint rules that are off without a
 * reason, phrases that make riddles, SQL outside of table modules or without names of columns. What
 * is still let pass stands in `code/allowed.json`; `--shrink` takes out of it what is not needed
 * any more.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ALLOWED_FILE, liesWithin, needless, readAllowed, shrunk, type Found } from "./code/allowed.ts";
import { cyclesIn, wayRound } from "./code/cycles.ts";
import { functionsIn } from "./code/functions.ts";
import { importGraph, MODULES, ownPackages } from "./code/imports.ts";
import { directivesWithoutReason, rulesWithoutReason } from "./code/lint-reasons.ts";
import { phrasesIn } from "./code/phrases.ts";
import { insertsWithoutColumns, statementsOutsideTables } from "./code/sql.ts";
import { readFiles, report, root } from "./repository.ts";

const MAX_LINES = 150;
const SHIPPED = /^(?:packages|apps)\/[^/]+\/src\//;

const sources = readFiles(/\.(?:ts|tsx|mts|mjs|css|md|oxlintrc\.json)$/);
const modules = sources.filter(({ path }) => MODULES.test(path));
const graph = importGraph(modules, ownPackages());

/** Where phrases are counted together: a folder of a package, or a folder at the root. */
const folderOf = (path: string): string =>
  path
    .split("/")
    .slice(0, /^(?:packages|apps)\//.test(path) ? 3 : 1)
    .join("/");

const longFunctions = modules
  .filter(({ path, text }) => SHIPPED.test(path) && text.split("\n").length > MAX_LINES)
  .flatMap(functionsIn)
  .filter(({ lines }) => lines > MAX_LINES);
const phrases = Map.groupBy(sources.flatMap(phrasesIn), ({ path }) => folderOf(path));
const statements = new Map(
  modules.map((file) => [file.path, statementsOutsideTables(file)] as const).filter(([, count]) => count > 0),
);
const found: Found = {
  cycles: cyclesIn(graph),
  longFunctions: longFunctions.map(({ name }) => name),
  phrases: new Map([...phrases].map(([folder, here]) => [folder, here.length])),
  sql: statements,
};

if (process.argv.includes("--shrink")) {
  writeFileSync(join(root, ALLOWED_FILE), `${JSON.stringify(shrunk(readAllowed(), found), null, 2)}\n`);
}
const allowed = readAllowed();

report([
  ...found.cycles
    .filter((group) => !Object.keys(allowed.cycles).some((folder) => liesWithin(group, folder)))
    .map((group) => `import cycle: ${wayRound(graph, group).join(" → ")}`),
  ...longFunctions
    .filter(({ name }) => !allowed.longFunctions.includes(name))
    .map(({ path, name, lines }) => `${path}: ${name || "a function"} has ${lines} lines, more than ${MAX_LINES}`),
  ...sources.flatMap((file) => (MODULES.test(file.path) ? directivesWithoutReason(file) : [])),
  ...sources.flatMap((file) => (file.path.endsWith(".oxlintrc.json") ? rulesWithoutReason(file) : [])),
  ...[...phrases].flatMap(([folder, here]) => {
    const most = allowed.phrases[folder] ?? 0;
    const where = here.map(({ path, line, phrase }) => `\n  ${path}:${line}: ${phrase}`);
    return here.length > most
      ? [`${folder}: ${here.length} phrases to say plainly, at most ${most}:${where.join("")}`]
      : [];
  }),
  ...[...statements]
    .filter(([path, count]) => count > (allowed.sql[path] ?? 0))
    .map(
      ([path, count]) => `${path}: ${count} SQL statements, at most ${allowed.sql[path] ?? 0}: a table module has them`,
    ),
  ...modules.flatMap((file) => insertsWithoutColumns(file).map((sql) => `${file.path}: "${sql}" names no columns`)),
  ...needless(allowed, found),
]);
