import { oneLine } from "../text/safe.ts";
import type { Allowed, UsageError } from "../line/errors.ts";
import type { Words } from "./index.ts";

/** What is wrong with a command line, and which values are possible instead. */
export function usageSentence(words: Words, error: UsageError): string {
  const sentence = words.usage[error.problem](oneLine(error.word));
  return error.problem === "value_wrong" ? `${sentence} ${allowedSentence(words, error.allowed)}` : sentence;
}

function allowedSentence({ allowed }: Words, what: Allowed): string {
  if (what.what === "words") return allowed.words(what.words.join(", "));
  return what.what === "number" ? allowed.number(String(what.least), String(what.most)) : allowed[what.what];
}
