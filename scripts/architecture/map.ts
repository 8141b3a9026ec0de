/**
 * The map of folders in ARCHITECTURE.md: every folder at the top of a package's or an app's `src`
 * has a line, and so has every feature; every line has a folder.
 */
import { rowsBelow } from "./tables.ts";

export const MAP_HEAD = "| folder | what it is | what it may not know |";
const ROOM = /^(?:packages|apps)\/[^/]+\/src\/[^/]+(?=\/)/;
const FEATURE = /^packages\/[^/]+\/src\/features\/[^/]+(?=\/)/;
const HOME = /^(?:packages|apps)\/[^/]+(?=\/src\/)/;

/** Folders without a line, and lines without a folder or without words, as sentences. */
export function mapProblems(document: string, files: readonly string[]): string[] {
  const rows = rowsBelow(document, MAP_HEAD);
  const named = foldersNamed(rows.map(([folder = ""]) => folder));
  const folders = new Set(
    files.flatMap((file) => [HOME, ROOM, FEATURE].map((folder) => folder.exec(file)?.[0]).filter(isFolder)),
  );
  return [
    ...[...folders].filter((folder) => !named.includes(folder)).map((folder) => `the map has no line for ${folder}`),
    ...named
      .filter((folder) => !files.some((file) => file.startsWith(`${folder}/`)))
      .map((folder) => `there is no folder ${folder}`),
    ...named.filter((folder, i) => named.indexOf(folder) < i).map((folder) => `the map has ${folder} twice`),
    ...rows.filter(([, words = ""]) => words === "").map(([folder]) => `the map says nothing of ${folder}`),
  ];
}

const isFolder = (folder: string | undefined): folder is string => folder !== undefined;

/** `packages/a` is a folder from the root; `— b` below it is a folder in its `src`. */
function foldersNamed(cells: readonly string[]): string[] {
  let home = "";
  return cells.flatMap((cell) => {
    const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name.replace(/\/$/, ""));
    if (cell.startsWith("—")) return names.map((name) => `${home}/src/${name}`);
    home = names[0] ?? "";
    return names;
  });
}
