import type { Globals } from "./line/globals.ts";
import { jsonLine, oneLine } from "./text/safe.ts";
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
  /** The folder that has all profiles. */
  root: string;
  /** The folder of the profile that this command works on. */
  home: string;
  /** What the person calls this profile, where there are several. */
  profile: string | undefined;
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
  const root = globals.home ?? world.defaultHome();
  return {
    world,
    globals,
    root,
    home: root,
    profile: undefined,
    words,
    style: createStyle(wantsStyle(world.stdout.isTerminal, world.env) && !globals.json),
    when: createWhen(words.locale),
    say: (line) => globals.json || world.stdout.write(`${line}\n`),
    note: (line) => globals.json || world.stderr.write(`${line}\n`),
    emit: (value) => globals.json && world.stdout.write(`${jsonLine(value)}\n`),
  };
}

/**
 * The same, for the profile that was asked for, or else the current one. Rejects with
 * `profile_unknown`.
 */
export async function inProfile(context: Context): Promise<Context> {
  const { world, root, globals } = context;
  const found = await world.profiles.find(root, globals.profile);
  if (found === undefined) return context;
  const isOne = (await world.profiles.list(root)).length < 2;
  return { ...context, home: found.folder, profile: isOne ? undefined : oneLine(found.label ?? found.id) };
}

/**
 * How wide a line for people may be. A wider one would be broken by the terminal, and its rest
 * would begin where a message begins.
 */
export const lineColumns = ({ stdout }: World): number => (stdout.isTerminal ? stdout.columns() : Infinity);
