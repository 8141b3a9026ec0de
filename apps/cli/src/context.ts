import type { Globals } from "./line/globals.ts";
import { jsonLine } from "./text/safe.ts";
import { createStyle, wantsStyle, type Style } from "./text/style.ts";
import { createWhen, type When } from "./text/when.ts";
import { wordsFor, type Words } from "./words/index.ts";
import type { World } from "./world.ts";

/**
 * What every command works with. With `--json` only `emit` writes to the output, without it only
 * `say`.
 */
export interface Context {
  world: World;
  globals: Globals;
  home: string;
  words: Words;
  style: Style;
  when: When;
  /** A line for people, on the output. */
  say: (line: string) => void;
  /** A line for people on the error output: progress, states. */
  note: (line: string) => void;
  /** One JSON line. */
  emit: (value: { event: string; [field: string]: unknown }) => void;
}

export function createContext(world: World, globals: Globals): Context {
  const words = wordsFor(globals.language);
  return {
    world,
    globals,
    home: globals.home ?? world.defaultHome(),
    words,
    style: createStyle(wantsStyle(world.stdout.isTerminal, world.env) && !globals.json),
    when: createWhen(words.locale),
    say: (line) => globals.json || world.stdout.write(`${line}\n`),
    note: (line) => globals.json || world.stderr.write(`${line}\n`),
    emit: (value) => globals.json && world.stdout.write(`${jsonLine(value)}\n`),
  };
}

/**
 * How wide a line for people may be. A wider one would be broken by the terminal, and its rest
 * would begin where a message begins.
 */
export const lineColumns = ({ stdout }: World): number => (stdout.isTerminal ? stdout.columns() : Infinity);
