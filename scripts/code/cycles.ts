/** Import cycles: groups of modules of which each leads to every other. */
import type { ImportGraph } from "./imports.ts";

/** Every group of two or more modules, or of one that imports itself, in order (Tarjan 1972). */
export function cyclesIn(graph: ImportGraph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const groups: string[][] = [];

  function visit(module: string): void {
    index.set(module, index.size);
    low.set(module, index.size - 1);
    stack.push(module);
    for (const target of graph.get(module) ?? []) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(module, Math.min(low.get(module) ?? 0, low.get(target) ?? 0));
    }
    if (low.get(module) === index.get(module)) groups.push(stack.splice(stack.indexOf(module)).toSorted());
  }

  for (const module of graph.keys()) if (!index.has(module)) visit(module);
  return groups.filter(([first = "", ...others]) => others.length > 0 || graph.get(first)?.includes(first));
}

/** One way round within a group, from its first module back to it. */
export function wayRound(graph: ImportGraph, group: readonly string[]): string[] {
  const [first = ""] = group;
  const cameFrom = new Map<string, string>();
  const queue = [first];
  for (const module of queue) {
    for (const target of graph.get(module) ?? []) {
      if (!group.includes(target) || cameFrom.has(target)) continue;
      cameFrom.set(target, module);
      queue.push(target);
    }
  }
  const way = [first];
  let at = cameFrom.get(first);
  while (at !== undefined && at !== first) {
    way.unshift(at);
    at = cameFrom.get(at);
  }
  return [first, ...way];
}
