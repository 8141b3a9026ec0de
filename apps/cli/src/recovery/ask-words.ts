/** Asks for the recovery words, wherever they are needed. */
import type { WordsProblem } from "@pli/engine/api";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { failureSentence } from "../words/failures.ts";

/** How often the words are asked for in a terminal. */
const TRIES = 3;

/** Reads the words as a line; in a terminal again while they are wrong. Gives what they lead to. */
export async function askWords<T>(context: Context, use: (typed: string) => Promise<T | WordsProblem>): Promise<T> {
  const { globals, words, world, note } = context;
  const { stdin } = world;
  for (let tried = 1; ; tried++) {
    const typed = await stdin.line(stdin.isTerminal ? words.recovery.ask : "");
    if (typed === undefined) throw new Failure("recovery_words_missing", { advice: words.recovery.askAdvice });
    const answer = await use(typed);
    if (!isProblem(answer)) return answer;
    const advice = adviceFor(context, answer);
    if (tried === TRIES || !stdin.isTerminal) throw new Failure(answer.code, advice === undefined ? {} : { advice });
    note(failureSentence(globals.language, answer.code));
    if (advice !== undefined) note(advice);
  }
}

const isProblem = (answer: unknown): answer is WordsProblem =>
  typeof answer === "object" && answer !== null && "code" in answer;

function adviceFor({ words }: Context, { place, words: count }: WordsProblem): string | undefined {
  if (place !== undefined) return words.recovery.place(place);
  return count === undefined ? undefined : words.recovery.count(count);
}
