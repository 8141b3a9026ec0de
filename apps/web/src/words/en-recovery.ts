import { createPlural } from "@pli/engine/words";
import type { RecoveryWords } from "./fr-recovery.ts";

const plural = createPlural("en");

/** Every word about the recovery words, in English. */
export const enRecovery: RecoveryWords = {
  row: "Recovery words",
  toWrite: "To write down",
  written: "Written down",
  title: "Recovery words",
  lead: "If all your devices are lost, nineteen words on paper give you back your profile, your contacts and your groups. Pli does not know them, and nobody can find them for you.",
  show: "Show the words",
  showText: "Be where nobody and no camera looks on. Take paper and a pen.",
  language: "Language of the words",
  french: "French",
  english: "English",
  either: "It is the same key in both languages.",
  list: "Your nineteen words, in order",
  keep: "Do not photograph them, do not save them anywhere. Give them to nobody: a person who asks for them wants to take your place. Pli never asks for them in a conversation.",
  print: "Print",
  printTitle: "Pli: recovery words",
  printText: (name, date) =>
    `Profile ${name}, printed on ${date}. These words give the whole profile to the person who holds them: keep this page like a key.`,
  hide: "Hide the words",
  next: "I have written them down",
  check: "Check the words",
  checkLead:
    "Type the nineteen words from your paper. Capitals and accents do not matter, and four letters are enough for each word.",
  checkAgain: "Check that I still have them",
  field: "The nineteen words",
  checkDo: "Check",
  checking: "Checking…",
  gone: "After the check this device erases the words: your paper will be the only place where they are.",
  place: (sentence, place) => plural(place, (n) => `${sentence} It is word number ${n}.`),
  count: (sentence, words) => plural(words, (n) => `${sentence} You typed ${n}.`),
  right: "These are your words",
  rightText: "Keep the paper in a safe place. No device can show them any more.",
  confirmed: (date) => `You showed that you have them on ${date}.`,
  backedUp: (when) => `Last backup, encrypted, on your server: ${when}`,
  notBackedUp: "There is no backup on your server yet: it leaves by itself.",
  confirmText: "These words give the whole profile: give what unlocks Pli once more.",
  elsewhere:
    "This device does not have the words: only the one on which the profile began can show them, until they are checked.",
  offerWrite: "Write down your recovery words: without them, a lost device is a lost profile.",
  offerCheck: "Do you still have your recovery words? One check a year is enough.",
  offerYes: "See",
  offerLater: "Later",
  have: "I have my recovery words",
  restore: "Get your profile back",
  restoreLead:
    "Your nineteen words give your profile, your contacts and your groups to this device. Messages written before come back if you kept a copy of them.",
  stolen: "One of my devices was stolen",
  stolenText:
    "Your keys change: the person who holds an old device can read and write nothing in your name any more. Your contacts see one line.",
  restoreDo: "Get my profile back",
  restoring: "Looking for the backup…",
  restored: (name, date) => `Welcome back, ${name}. Backup of ${date}: your conversations come back one by one.`,
  restoredUnread: "There is a copy of your messages, and this version of Pli cannot read it.",
  copyTitle: "Your messages",
  copySwitch: "Keep a copy of my messages",
  copyText:
    "Your server keeps your messages, sealed, for the day when all your devices are lost: your recovery words give them back. The copy leaves once a day at most. The server sees roughly how much you keep, and a person who has the keys of one of your devices can open it.",
  copyNone: "There is no copy yet: it leaves by itself.",
  copyLast: (when, messages) =>
    plural(messages, (n, one) => `Last copy: ${when}, ${n} ${one ? "message" : "messages"}`),
  copyOlder: (messages) =>
    plural(messages, (n, one) => `${n} older ${one ? "message is" : "messages are"} not in it: it keeps the newest.`),
  copyElsewhere: "Another of your devices writes it.",
  copyUntil: (when) => `Nothing is added to the copy any more. The server may still have the last one until ${when}.`,
  copyRefused: (why) => `The server does not take the copy now, and Pli tries again. ${why}`,
  copyUnderWay: "The copy is being written.",
  copyComing: (done, all) => plural(all, (n) => `Your messages come back: ${plural(done, (d) => d)} of ${n}.`),
  copyMissing: (messages) =>
    plural(messages, (n, one) => `${n} ${one ? "message" : "messages"} of the copy cannot be had any more.`),
  passkey: {
    title: "A copy in a passkey",
    lead: "A passkey can open a copy of your words, encrypted on your server. If you lose all your devices, a fingerprint, a face or a PIN is then enough to get your profile back.",
    trust:
      "You then trust what keeps your passkeys: Apple, Google, a password manager, or a security key that you carry. Anybody who unlocks that account and knows the address of your server can take your profile.",
    make: "Keep a copy in a passkey",
    wordsLead: "Type your nineteen words first: no device has them.",
    create: "Create the passkey",
    waiting: "Waiting for the passkey…",
    keyName: (date) => `Pli recovery (${date})`,
    made: "Copy kept. Your words still work.",
    kept: (date) => `A passkey opens a copy of your words, made on ${date}.`,
    until: (date) => `The server keeps it at least until ${date}, and your devices renew it by themselves.`,
    late: (date) =>
      `This device could not renew it: since ${date} the server may not have it any more. Leave Pli open on line, or make the copy again.`,
    notStored: "This device has not stored it on the server yet: it does so by itself.",
    stolen:
      "If the person who stole a device can use this passkey, remove the copy: new keys do not stop them, because your words stay the same.",
    remove: "Remove the copy",
    removeTitle: "Remove the copy?",
    removeText:
      "Your devices stop renewing it, and the server deletes it when its time is over. Until then the passkey still opens it: delete the passkey where your passkeys are kept, too. Your words still work.",
    removed: (date) =>
      `The copy is removed. The server may have one until ${date}, which the passkey still opens: delete that passkey where your passkeys are kept.`,
    have: "I have a copy in a passkey",
    use: "Use a passkey",
    restoreLead:
      "The passkey that opens the copy of your words gives your profile, your contacts and your groups to this device. Messages written before come back if you kept a copy of them.",
  },
};
