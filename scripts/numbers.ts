/**
 * `node scripts/numbers.ts [--arrows]`: how large the code is. For each package and app: its files,
 * its functions, how long they are (the middle one, the longest of nine in ten, the longest), and
 * how many files hold SQL. Then the import arrows between rooms: how many, or with `--arrows` all.
 */
import { arrowsBetweenRooms } from "./code/arrows.ts";
import { functionsIn } from "./code/functions.ts";
import { importGraph, MODULES, ownPackages } from "./code/imports.ts";
import { readFiles, type SourceFile } from "./repository.ts";

const SHIPPED = /^((?:packages|apps)\/[^/]+)\/src\/.*\.tsx?$/;
const SQL = /\b(?:SELECT \S|INSERT (?:OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM)\b/;

function sizesOf(name: string, files: readonly SourceFile[]): string {
  const lengths = files
    .flatMap(functionsIn)
    .map(({ lines }) => lines)
    .toSorted((a, b) => a - b);
  const at = (share: number): number => lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * share))] ?? 0;
  const withSql = files.filter(({ text }) => SQL.test(text)).length;
  return [name, files.length, lengths.length, at(0.5), at(0.9), at(1), withSql].join("\t");
}

const homes = Map.groupBy(readFiles(SHIPPED), ({ path }) => SHIPPED.exec(path)?.[1] ?? "");
console.log("where\tfiles\tfunctions\tmedian\tp90\tmax\tfiles with SQL");
for (const [name, files] of homes) console.log(sizesOf(name, files));
console.log(sizesOf("all", [...homes.values()].flat()));

const arrows = arrowsBetweenRooms(importGraph(readFiles(MODULES), ownPackages()));
if (process.argv.includes("--arrows")) for (const { arrow, count } of arrows) console.log(`${count}\t${arrow}`);
const within = arrows.filter(({ arrow }) => /^engine\S* → engine(?:\/|$)/.test(arrow));
const sum = (some: readonly { count: number }[]): number => some.reduce((all, { count }) => all + count, 0);
console.log(`${sum(arrows)} arrows between ${arrows.length} pairs of rooms`);
console.log(`${sum(within)} arrows between ${within.length} pairs of rooms of the engine`);
