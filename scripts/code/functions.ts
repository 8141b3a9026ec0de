/** How long the functions of a module are, from the first line of each to its last. */
import { parseSync } from "vite";
import type { SourceFile } from "../repository.ts";

export interface MeasuredFunction {
  readonly path: string;
  /** Its own name, or of what it is given to; empty for one without either. */
  readonly name: string;
  readonly lines: number;
}

type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<Record<string, unknown>>;

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

export function functionsIn({ path, text }: SourceFile): MeasuredFunction[] {
  const measured: MeasuredFunction[] = [];
  walk(parseSync(path, text).program as unknown as Node, "");
  return measured;

  function walk(node: Node, given: string): void {
    const name = nameOf(node["id"]) || given;
    if (FUNCTIONS.has(node.type)) {
      measured.push({ path, name, lines: text.slice(node.start, node.end).split("\n").length });
    }
    const handsOn = node.type === "VariableDeclarator" ? nameOf(node["id"]) : nameOf(node["key"]);
    for (const child of Object.values(node).flat()) if (isNode(child)) walk(child, handsOn);
  }
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value;

const nameOf = (value: unknown): string => {
  const name = isNode(value) ? value["name"] : undefined;
  return typeof name === "string" ? name : "";
};
