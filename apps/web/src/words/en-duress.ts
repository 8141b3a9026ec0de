import type { DuressWords } from "./fr-duress.ts";

/** Every word about the duress passphrase, in English. */
export const enDuress: DuressWords = {
  title: "Duress passphrase",
  lead: "If somebody forces you to open Pli, type it instead of your passphrase. It erases this profile at once, its key first, and opens a fresh one, without contacts or messages. Nothing asks before.",
  where:
    "It works wherever Pli asks for the passphrase. Nothing tells whether there is one, neither here nor in the files of Pli.",
  limitsTitle: "What it cannot do",
  limits:
    "A copy of this device made before still opens with your passphrase. Your other devices lose nothing, and your recovery words still bring your profile back. The browser’s history keeps addresses of pages, and a disk may keep old bytes.",
  needed: "Pli must be opened by a passphrase first.",
  toLock: "Open the settings of the lock",
  confirm: "First give what opens Pli now.",
  name: "Name of the fresh profile",
  nameHint: "It is all that it will show.",
  new: "New duress passphrase",
  newHint: "At least 8 characters. Make it unlike your passphrase, so that you never type it by mistake.",
  set: "Set the duress passphrase",
  isSet: "Duress passphrase set",
  removeTitle: "To have none",
  removeText: "If there is one, it opens nothing any more.",
  remove: "Remove the duress passphrase",
  isRemoved: "No duress passphrase",
};
