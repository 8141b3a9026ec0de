import type { Context } from "./context.ts";
import { codeOf, Failure } from "./failure.ts";

const TRIES = 3;

/**
 * Works with the passphrase of the file that was named, or asks for one, and asks again when it is
 * wrong.
 */
export async function withPassphrase<T>(context: Context, work: (passphrase: string) => Promise<T>): Promise<T> {
  const file = context.globals.passphraseFile;
  if (file !== undefined) return work(await readPassphrase(context, file));
  for (let tried = 1; ; tried++) {
    try {
      return await work(await askPassphrase(context, context.words.ask.passphrase));
    } catch (thrown) {
      if (codeOf(thrown) !== "passphrase_wrong" || tried === TRIES) throw thrown;
      context.note(context.words.ask.wrongPassphrase);
    }
  }
}

/** A new passphrase: from the file if one was named, otherwise asked for. */
export const newPassphrase = (context: Context, file: string | undefined): Promise<string> =>
  file === undefined ? choosePassphrase(context) : readPassphrase(context, file);

/**
 * A passphrase of something that is to stay: from the file if one was named, otherwise asked for in
 * a terminal. Undefined where there is none.
 */
export async function keptPassphrase(
  context: Context,
  file: string | undefined,
  prompt: string,
): Promise<string | undefined> {
  if (file !== undefined) return readPassphrase(context, file);
  const { stdin, stderr } = context.world;
  const answer = stdin.isTerminal && stderr.isTerminal ? await stdin.secret(prompt) : undefined;
  return answer === "" ? undefined : answer;
}

/** Asks for a new passphrase twice, until both are the same and long enough. */
async function choosePassphrase(context: Context): Promise<string> {
  const { words, world } = context;
  const { shortestPassphrase: least } = world;
  for (;;) {
    const first = await askPassphrase(context, words.ask.newPassphrase(least));
    if (Array.from(first).length < least) {
      context.note(words.ask.tooShort(least));
      continue;
    }
    if (first === (await askPassphrase(context, words.ask.samePassphrase))) return first;
    context.note(words.ask.different);
  }
}

/** The first line of the file. */
async function readPassphrase(context: Context, path: string): Promise<string> {
  try {
    const text = await context.world.readText(path);
    return text.split(/\r?\n/u, 1)[0] ?? "";
  } catch (cause) {
    throw new Failure("locked", { advice: context.words.advice.noPassphraseFile(path), cause });
  }
}

async function askPassphrase(context: Context, prompt: string): Promise<string> {
  const { stdin, stderr } = context.world;
  const answer = stdin.isTerminal && stderr.isTerminal ? await stdin.secret(prompt) : undefined;
  if (answer === undefined) throw new Failure("locked", { advice: context.words.advice.unlock });
  return answer;
}
