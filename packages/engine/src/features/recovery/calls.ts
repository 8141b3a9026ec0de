/** The recovery words: shown until they are confirmed, asked for now and then. */
import { id, query, returns, type DeclaredCommands } from "../../api/declare.ts";
import { choice, flag, optional, text } from "../../api/shapes.ts";
import type { RecoveryView, RestoredView, StolenView, WordsAnswer, WordsProblem } from "../../api/views.ts";

/** What a person can have typed; one character more says that it is too much. */
const typed = text(4_097);
/** What a passkey gives, 32 bytes in hex. */
const passkey = text(64);

export const commands = {
  /**
   * The nineteen words. `recovery_words_gone`: they were confirmed, and are on no device any more.
   */
  recoveryWords: { parameters: { language: choice("en", "fr") }, returns: returns<string[]>(), repeatable: true },
  /**
   * Whether somebody has the words of this profile. The first time that they are right, this device
   * erases the secret behind them.
   */
  checkRecovery: { parameters: { words: typed }, returns: returns<WordsAnswer>(), repeatable: true },
  /**
   * Makes the profile of these words again on a device that has none, from its newest backup in the
   * home store. `stolen`: by keys of the next generation, so that a thief of the ones before can
   * act as this person no more. `recovery_not_found`, `recovery_unreadable`, `recovery_newer`,
   * `recovery_used_up`, `profile_exists`, `store_unreachable`.
   */
  restoreRecovery: { parameters: { words: typed, stolen: flag }, returns: returns<RestoredView | WordsProblem>() },
  /**
   * A device of this person is stolen: by the words this device takes the keys of the next
   * generation. That device, and all that it let in, is out of the list and of every conversation;
   * the others get the new keys. Gives the devices that are out. `device_unknown`: there is none,
   * or it is this one; `recovery_used_up`.
   */
  declareStolen: { parameters: { device: id, words: typed }, returns: returns<StolenView | WordsProblem>() },
  /**
   * Keeps a second copy of the secret behind the words in the store, which what this passkey gives
   * opens, and nothing else; it takes the place of the one before. The words, or without them the
   * secret that is still on this device: `recovery_words_gone`.
   */
  makePasskeyCopy: { parameters: { passkey, words: optional(typed) }, returns: returns<WordsAnswer>() },
  /** No device stores the copy again. The store has it until the view says. */
  removePasskeyCopy: { parameters: {}, returns: returns<void>(), repeatable: true },
  /**
   * As `restoreRecovery`, by what a passkey gives. Also `passkey_copy_not_found`,
   * `passkey_copy_unreadable`.
   */
  restoreByPasskey: { parameters: { passkey, stolen: flag }, returns: returns<RestoredView>() },
  /** The person does not want to be asked now. */
  postponeRecovery: { parameters: {}, returns: returns<void>(), repeatable: true },
} as const satisfies DeclaredCommands;

export const queries = {
  recovery: query({ parameters: {}, returns: returns<RecoveryView>(), topics: () => ["recovery"] }),
};
