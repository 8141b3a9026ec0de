/** The recovery words: shown until they are confirmed, and checked. */
import type { PliApi, WordsProblem } from "@pli/engine/api";
import type { Command } from "../commands/command.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { withProfile } from "../home.ts";
import { failureSentence } from "../words/failures.ts";
import { extra, missing, unknownCommand } from "../line/errors.ts";

const ACTIONS = ["show", "check"] as const;
type Action = (typeof ACTIONS)[number];

interface Asked {
  action: Action;
}

/** How often the words are asked for in a terminal. */
const TRIES = 3;

export const recovery: Command<"recovery", Asked> = {
  name: "recovery",
  read: ([word, ...more]) => {
    const action = ACTIONS.find((one) => one === word);
    if (word === undefined) return missing(ACTIONS.join("|"));
    return action === undefined ? unknownCommand(`recovery ${word}`) : (extra(more, 0) ?? { action });
  },
  run: (context, { action }) =>
    withProfile(context, (api) => (action === "show" ? show(context, api) : check(context, api))),
};

async function show(context: Context, api: PliApi): Promise<ExitCode> {
  const { emit, say, words, globals } = context;
  const shown = await api.recoveryWords({ language: globals.language });
  emit({ event: "recovery", words: shown });
  say(words.recovery.intro);
  for (const [at, word] of shown.entries()) say(`${String(at + 1).padStart(4)}. ${word}`);
  say(words.recovery.keep);
  return EXIT.done;
}

async function check(context: Context, api: PliApi): Promise<ExitCode> {
  await askWords(context, async (typed) => {
    const answer = await api.checkRecovery({ words: typed });
    return answer.right ? undefined : answer;
  });
  context.emit({ event: "recovery_checked" });
  context.say(context.words.recovery.right);
  return EXIT.done;
}

/** Reads the words as a line; in a terminal again while they are wrong. */
async function askWords(context: Context, use: (typed: string) => Promise<WordsProblem | undefined>): Promise<void> {
  const { globals, words, world, note } = context;
  const { stdin } = world;
  for (let tried = 1; ; tried++) {
    const typed = await stdin.line(stdin.isTerminal ? words.recovery.ask : "");
    if (typed === undefined) throw new Failure("recovery_words_missing", { advice: words.recovery.askAdvice });
    const problem = await use(typed);
    if (problem === undefined) return;
    const { code, place, words: count } = problem;
    const advice =
      place !== undefined ? words.recovery.place(place) : count === undefined ? undefined : words.recovery.count(count);
    if (tried === TRIES || !stdin.isTerminal) throw new Failure(code, advice === undefined ? {} : { advice });
    note(failureSentence(globals.language, code));
    if (advice !== undefined) note(advice);
  }
}
