/** Arrows between rooms: a room is a folder at the top of a package's or an app's `src`. */
import type { ImportGraph } from "./imports.ts";

const ROOM = /^((?:packages|apps)\/[^/]+)\/src\/(?:([^/]+)\/)?/;

/** The room of a module: `engine/group`, or `engine` for what stands at the top of `src`. */
export function roomOf(path: string): string | undefined {
  const [, home = "", folder] = ROOM.exec(path) ?? [];
  const name = home.split("/").at(-1) ?? "";
  if (name === "") return undefined;
  return folder === undefined ? name : `${name}/${folder}`;
}

/** How many imports lead from one room to another, the most first. */
export function arrowsBetweenRooms(graph: ImportGraph): { arrow: string; count: number }[] {
  const arrows = [...graph].flatMap(([from, targets]) =>
    targets
      .map((to) => [roomOf(from), roomOf(to)] as const)
      .filter(([here, there]) => here !== undefined && there !== undefined && here !== there)
      .map(([here, there]) => `${here} → ${there}`),
  );
  return [...Map.groupBy(arrows, (arrow) => arrow)]
    .map(([arrow, all]) => ({ arrow, count: all.length }))
    .toSorted((a, b) => b.count - a.count);
}
