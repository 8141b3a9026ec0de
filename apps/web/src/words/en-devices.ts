import { createPlural } from "@pli/engine/words";
import type { DevicesWords } from "./fr-devices.ts";

const plural = createPlural("en");
const number = new Intl.NumberFormat("en");

/** Every word about one's own devices, in English. */
export const enDevices: DevicesWords = {
  title: "Devices",
  lead: "Your devices are equal: each reads and writes in your name, and any of them can be lost.",
  this: "This device",
  thisText: (date) => `Profile created here on ${date}`,
  unnamed: "Device without a name",
  addedOn: (date) => `Added on ${date}`,
  addedHere: (date) => `This one, added on ${date}`,
  addedFrom: (device) => `from “${device}”`,
  addedFromThis: "from this device",
  seenToday: "Last seen today",
  seenYesterday: "Last seen yesterday",
  seenOn: (date) => `Last seen on ${date}`,
  idleTitle: (name) => `“${name}” has not been used for a long time`,
  idle: (date) => `Open Pli on it before ${date}: then the server begins to drop what it missed.`,
  idleLine: (name, date) => `“${name}” has not been used for a long time: open Pli on it before ${date}.`,
  returningTitle: "This device is on its way back to yours",
  returningAsked: (date) =>
    `It has lost the thread of your other devices: it was away for too long, or was put back to an earlier state. Since ${date} it has been waiting for one of them to be on line with Pli open, and then comes back by itself. Until then what you change here does not reach them, and some conversations stand still.`,
  returningOut:
    "You have no other device any more? Remove them from this list. If they are on line and nothing happens, erase Pli here and link this device again.",
  returningEntering:
    "Another of your devices has answered: this one is let in, and then comes back into your conversations.",
  returningLine: (date) =>
    `Since ${date} this device has been waiting for another of yours to come back: open Pli on it.`,
  only: "Your profile lives on this device only. If it is lost, your recovery words bring it back, and its messages only if a copy is kept. Write the words down, or add a second device.",
  full: "You have eight devices, the most there can be. Remove one to add another.",
  actions: (name) => `Actions for ${name}`,
  rename: "Rename",
  name: "Name of the device",
  nameHint: "Only your devices know it.",
  remove: "Remove",
  removeAsk: (name) => `Remove “${name}”?`,
  removeText:
    "It goes out of your conversations one by one, and reads nothing that is written after that. What it has, it keeps; and the person who holds it still has the keys of your profile.",
  lost: "Lost or sold: remove",
  stolen: "Stolen: shut out",
  stolenAsk: (name) => `Shut out “${name}”?`,
  stolenText:
    "This device takes new keys, which the thief cannot make. The stolen device, and any device that it added, goes out of your profile and of all conversations. Your other devices get the new keys by themselves. Each contact sees one line about it.",
  stolenLock: "New keys for your profile: give what unlocks Pli once more.",
  stolenGo: "Shut it out",
  stolenBusy: "New keys…",
  stolenDone: (name, more) =>
    `“${name}” is shut out${plural(more, (n, one) => (n === "0" ? "" : one ? ", and one device that it had added: link it again if it is yours" : `, and ${n} devices that it had added: link them again if they are yours`))}`,
  goneStolen:
    "If you did not remove it yourself, somebody may hold one of your other devices: shut that one out with your recovery words.",
  removed: (name) => `“${name}” is removed`,
  gone: "This device was removed",
  goneText:
    "It was removed from another of your devices: it sends and receives nothing any more. What is here can still be read. Export what you want to keep, then erase everything.",
  enteringTitle: "Your conversations",
  entering: (here, all) =>
    plural(all, (n, one) => `${number.format(here)} of ${n} ${one ? "conversation is" : "conversations are"} here.`),
  enteringHow: "Keep your other device on, with Pli open: it brings this one in, one after the other.",
  historyTitle: "Earlier messages",
  historyAsked: "Your earlier messages come as soon as your other device is on line. You can write already.",
  historyComing: (done, all) =>
    plural(all, (n, one) => `${number.format(done)} of ${n} earlier ${one ? "message" : "messages"} here.`),
  historyHow: (name) =>
    `They come from ${name === undefined ? "your other device" : `“${name}”`}: keep that device on, with Pli open. If it goes off, they continue by themselves later.`,
  historyGone: "The device that had them was removed, and no other can give them. What has come stays here.",
  historySent: (name, sent, all) =>
    plural(
      all,
      (n, one) =>
        `${number.format(sent)} of ${n} earlier ${one ? "message" : "messages"} sent to “${name}”. Keep Pli open here until the end.`,
    ),
  add: "Add a device",
  addTitle: "Add a device",
  addLead:
    "On the new device, open Pli and choose “I use Pli on another device”. Scan the code that it shows, or paste its link.",
  addWarning: "Never open a link here that somebody sent you: the new device is before you.",
  sent: "This link adds a device",
  sentText:
    "It was opened outside Pli, and did nothing. If somebody sent it to you, do not open it: that person would read and write in your place. If your own new device shows it, scan it below.",
  confirmLock: "A new device reads and writes everything as you do: give what unlocks Pli once more.",
  field: "Link of the device",
  placeholder: "https://…/d#…",
  go: "Continue",
  opening: "Reading the link…",
  notLink: "This QR code is not that of a device to add.",
  here: "I use Pli on another device",
  hereTitle: "Add this device to your profile",
  hereLead: "It gets your profile, your contacts and your conversations from a device that you use already.",
  hereName: "Name of this device",
  hereGo: "Show the code",
  hereBack: "Back to the beginning",
  showLead: "On your other device: Settings, Devices, Add a device. Scan this code there, or paste this link.",
  link: "Link of this device",
  qr: "QR code of this device",
  why: "This link is for your two devices only. Send it to nobody.",
  preparing: "Preparing the link…",
  preparingText: "It shows as soon as the server has stored it.",
  notLeft: "The link has not left yet: it shows as soon as the server answers.",
  waitingOld: "Waiting for your other device…",
  waitingOldText: "Keep this screen open.",
  waitingNew: "Waiting for the new device…",
  waitingNewText: "It must stay open on its code.",
  away: "The link passes through that server: the rest comes once it answers.",
  expires: (left) => `This link expires ${left}.`,
  confirm: (name) => `“${name}” is about to become one of your devices`,
  confirmText:
    "It will read and write everything as you do, under your name. Continue only if you have it before you and had this link shown on it yourself.",
  code: {
    title: (name) => (name === "" ? "Your two devices check each other" : `Add “${name}”?`),
    lead: (_name) => "Type on each device the digits that the other shows. Tell them to nobody.",
    say: "Type these digits on the other device",
    sayLabel: (digits) => `Digits to type on the other device: ${digits}`,
    type: (_name) => "Type the four digits that the other device shows",
    check: "Check",
    checking: "Checking…",
    wrong: (left) =>
      `That is not the right code. ${plural(left, (n, one) => (one ? `${n} try is left` : `${n} tries are left`))} before the link is destroyed.`,
    attempts: (left) => (left === 1 ? "Last try" : plural(left, (n, one) => (one ? `${n} try` : `${n} tries`))),
    right: "That is the right code.",
    rightText: (_name) => "Keep this screen open: the digits are still to be typed on the other device.",
    stop: "Stop everything",
    stopAsk: "Not add this device?",
    stopText: "The link will be destroyed on both devices, and nothing of it will remain.",
    stopKeep: "Continue",
    why: "Had somebody intercepted the link, your two devices would not show the same digits.",
  },
  done: (name) => `“${name}” is one of your devices now.`,
  doneText: "Your conversations join it one by one; keep Pli open here until they are there.",
  doneGo: "See my devices",
  comesTitle: (name) => `“${name}” comes in a day later`,
  comesText: (date) =>
    `After ${date}, when Pli is open here. Nobody had to show here that it is you: until then each of your devices can stop it.`,
  comesHere: (date) =>
    `The digits were right. Nothing locks your other device, so this one comes in after ${date}. You can close Pli until then.`,
  comingLine: (name, date) => `“${name}” is to become one of your devices after ${date}.`,
  comingText: "It will read and write everything as you do. If you did not add it yourself, stop it.",
  comingStop: "Stop it",
  comingStopped: (name) => `“${name}” does not come in`,
  lockless: "Nothing locks this device: the new one comes in a day after the digits. With a lock it comes in at once.",
  locklessGo: "Set a lock",
  failed: "The device was not added",
  again: "Start again",
  open: "To be finished",
  openWaiting: "A device to add",
  openCode: (name) => `Adding “${name}”: digits to exchange`,
  openEnded: "Device not added",
};
