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
  messagesCome: (messages: number) => `${some(messages, "message follows", "messages follow")}: pli recovery messages`,
  copyUnread: "There is a copy of your messages, and this Pli cannot read it.",
  copy: {
    on: "The server keeps a sealed copy of your messages. Your recovery words open it, and so do the keys on your devices.",
    off: "Messages are on your devices alone: with all of them gone, they are gone.",
    last: (at: string, messages: number) => `Last copy: ${at}, ${some(messages, "message", "messages")}.`,
    leftOut: (messages: number) =>
      `${some(messages, "older message is", "older messages are")} not in it: it holds the newest.`,
    elsewhere: "Another of your devices writes it.",
    none: "There is no copy yet. It is written while Pli runs: pli listen",
    underWay: "One is being written.",
    refused: (why: string) => `The server does not take it now, and it is tried again: ${why}`,
    until: (at: string) => `Until ${at} the server may still have the last one.`,
    coming: (done: number, all: number) => `${number(done)} of ${some(all, "message", "messages")} are back.`,
    missing: (messages: number) => `${some(messages, "message", "messages")} of the copy cannot be had any more.`,
  },
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
