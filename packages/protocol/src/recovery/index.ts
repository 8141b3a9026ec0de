/**
 * What a person gets back with, when all their devices are gone (docs/protocol.md, section 6.4).
 */
export {
  MAX_WORDS_CHARS,
  RECOVERY_WORDS,
  secretFromWords,
  wordsFromSecret,
  type WordsLanguage,
  type WordsProblem,
} from "./words.ts";
