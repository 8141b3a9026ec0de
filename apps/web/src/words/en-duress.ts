import type { DuressWords } from "./fr-duress.ts";

/** Every word about the duress passphrase, in English. */
export const enDuress: DuressWords = {
  title: "Duress passphrase",
  lead: "If somebody forces you to open Pli, type it instead of your passphrase. It erases this profile at once, its key first, and opens a fresh one without contacts and messages. Nothing asks before.",
  where:
    "It works wherever Pli asks for the passphrase. Nothing tells whether there is one, neither here nor in the files of Pli.",
  limitsTitle: "What it cannot do",
  limits:
    "A copy that was made before still opens with your passphrase. Your other devices and your recovery words keep what they have. The history of the browser keeps addresses, and an SSD old bytes.",
  needed: "Pli must be opened by a passphrase first.",
  toLock: "Open the settings of the lock",
  confirm: "First give what opens Pli now.",
  name: "Name of the fresh profile",
  nameHint: "It is all that it will show.",
  new: "Duress passphrase",
  newHint: "At least 8 characters. Nothing that looks like your passphrase: it is not to be typed by mistake.",
  set: "Set the duress passphrase",
  isSet: "Duress passphrase set",
  removeTitle: "To have none",
  removeText: "If there is one, it opens nothing any more.",
  remove: "Remove the duress passphrase",
  isRemoved: "No duress passphrase",
};
