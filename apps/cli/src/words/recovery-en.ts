import { number, some } from "./counting-en.ts";

/** Sentences about the recovery words. */
export const recoveryEn = {
  intro:
    "With these words you get your profile, contacts and groups back when all your devices are gone. Write them on paper, in order:",
  keep: "Give them to nobody: whoever asks for them wants to be you. Then: pli recovery check",
  ask: "Your recovery words: ",
  askAdvice: "The words are read as one line from the input.",
  place: (place: number) => `It is word number ${number(place)}.`,
  count: (words: number) => `You gave ${some(words, "word", "words")}.`,
  restored: (name: string, contacts: number, groups: number) =>
    `${name} is here again, with ${some(contacts, "contact", "contacts")} and ${some(groups, "group", "groups")}.`,
  coming: "Conversations come back by themselves while Pli runs here: pli listen",
  shutOut: "Your keys are new. Each contact who hears of it refuses the devices you had before.",
  unconfirmed: "Nobody has confirmed the recovery words yet: pli recovery show, then pli recovery check",
  elsewhere: "This device does not have the recovery words.",
  confirmed: (day: string) => `You confirmed the recovery words on ${day}.`,
  backedUp: (moment: string) => `Last backup: ${moment}.`,
  notBackedUp: "No backup is on the server yet.",
  noCopy: "There is no copy in a passkey. Only a browser makes one.",
  copyKept: (made: string, until: string | undefined) =>
    until === undefined
      ? `A passkey opens a copy, made on ${made}. This device has not stored it yet.`
      : `A passkey opens a copy, made on ${made}. The server has it at least until ${until}, and your devices renew it. To remove it: pli recovery remove-copy`,
  copyRemoved: (until: string) =>
    `The copy is removed. The server may have one until ${until}, which the passkey still opens: delete that passkey where it is kept.`,
  right: "These are the words of this profile. Keep the paper: no device can show them again.",
};
