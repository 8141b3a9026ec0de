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
  right: "These are the words of this profile. Keep the paper: no device can show them again.",
};
