import type { HistoryView } from "@pli/engine/api";
import { number, some } from "./counting-en.ts";

type HistoryProgress = Pick<NonNullable<HistoryView["incoming"]>, "step" | "messages" | "messagesDone">;

/** The words about this person's devices. */
export const devicesEn = {
  shown: "On a device that you use already, run: pli device add LINK, with this link, or scan the code there:",
  until: (date: string) => `It works once, until ${date}.`,
  waitingForOld: "Waiting for your other device… (Ctrl-C ends it)",
  opening: "Reading the link…",
  confirm: (name: string) =>
    `“${name}” is about to become one of your devices. It will read and write everything as you do, under your name.`,
  goOn: "Continue only if you have it before you, and had this link shown on it yourself. Otherwise press Ctrl-C.",
  waitingForNew: "Waiting for the new device… (Ctrl-C ends it)",
  say: "Type these four digits on your other device:",
  ask: "The four digits that your other device shows: ",
  malformed: "Four digits, please.",
  own: "These are the digits of this device. Type those of the other one. This try does not count.",
  wrong: (left: number) =>
    left === 1
      ? "These are not the right digits. One try is left; after that the link is burned."
      : `These are not the right digits. ${some(left, "try is left", "tries are left")}.`,
  confirming: "Right. Waiting for the other device…",
  linkedNew: (name: string) => `This is one of your devices now, ${name}.`,
  linkedOld: (name: string) => `“${name}” is one of your devices now. Your conversations follow, one by one.`,
  nextNew: "Your conversations come in as your other device brings them. See them with: pli contacts, or pli",
  entering: ({ here, all }: { here: number; all: number }) =>
    `${number(here)} of ${some(all, "conversation is here", "conversations are here")}; the others follow while your other device is on line.`,
  history: ({ step, messages, messagesDone }: HistoryProgress) => {
    if (step === "complete") return "Everything that was said before is here.";
    if (step === "gone") return "The device that had your earlier messages is gone; what has come stays.";
    if (step === "asked")
      return "Waiting for your other device to send what was said before: it has to be on line. You can write already.";
    const here = `${number(messagesDone)} of ${some(messages, "earlier message is here", "earlier messages are here")}`;
    return step === "recent" ? `${here}; the last day first.` : `${here}; the last day is complete.`;
  },
  historySent: (device: string, p: { sent: number; messages: number }) =>
    `${number(p.sent)} of ${some(p.messages, "earlier message has", "earlier messages have")} left for device ${device}.`,
  this: "this one",
  unnamed: "no name",
  added: (date: string, by?: string) => `since ${date}${by === undefined ? "" : `, added from “${by}”`}`,
  seen: (day?: string) => (day === undefined ? "last seen today" : `last seen on ${day}`),
  idle: (name: string, day: string) =>
    `“${name}” has not been used for a long time. Run Pli on it before ${day}: then the store begins to drop what it missed.`,
  returning: (since: string) =>
    `This device has lost the thread of the others. Since ${since} it has been waiting for one of them to run Pli, and then comes back by itself. You have no other any more? pli device remove DEVICE. If they run and nothing happens, link it again: pli init --link in an empty folder.`,
  returningIn: "Another of your devices has answered: this one is let in again.",
  comesIn: (name: string, date: string) =>
    `“${name}” comes in after ${date}, once Pli runs here then. Until then each of your devices can stop it: pli device cancel. With a passphrase it would come in at once: pli passphrase`,
  comesLater: (date: string) =>
    `The digits were right. Nobody gave a passphrase on your other device, so this one comes in after ${date}. Run the same command again then.`,
  coming: (name: string, date: string, id: string) =>
    `“${name}” is to become one of your devices after ${date}. Not yours? pli device cancel ${id}`,
  cancelled: (name: string) => `“${name}” does not come in.`,
  removedHere: "This device was removed. It sends and receives nothing any more.",
  renamed: (name: string) => `It is called “${name}” now.`,
  unnamedNow: "It has no name any more.",
  removed: (name: string) =>
    `“${name}” is removed. It goes out of your conversations one by one, and reads nothing that is written after that. The person who has it still holds the keys of your profile.`,
  stolen: (name: string) =>
    `“${name}” is shut out, and your keys are new. A thief can no longer pass for you with a contact who hears of that. Your other devices get the new keys by themselves, once they run.`,
  linkAgain: (name: string) => `“${name}” was added by it and is out too. If it is yours, link it again.`,
  none: "You have no such device: pli device list",
};
