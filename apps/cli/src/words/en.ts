import { number, plural, some } from "./counting-en.ts";
import { archiveEn } from "./archive-en.ts";
import { devicesEn } from "./devices-en.ts";
import { groupEn } from "./group-en.ts";
import { helpEn } from "./help-en.ts";
import { invitationsEn, waitingEn } from "./invitations-en.ts";
import { profileEn } from "./profile-en.ts";
import { duressEn } from "./duress-en.ts";
import { hiddenEn } from "./hidden-en.ts";
import { recoveryEn } from "./recovery-en.ts";
import type { Level, UsageWords } from "./kinds.ts";

const levels: Record<Level, string> = { 1: "met in a group", 2: "vouched for", 3: "verified" };

const usage: UsageWords = {
  unknown_command: (word) => `there is no command “${word}”.`,
  unknown_option: (word) => `there is no option “${word}”. Put -- before a text that begins with a dash.`,
  option_elsewhere: (word) => `${word} does not go with this command.`,
  value_missing: (word) => `${word} needs a value.`,
  value_wrong: (word) => `${word}: this value is not possible.`,
  word_missing: (word) => `${word} is missing.`,
  word_extra: (word) => `“${word}” is too much here.`,
  not_text: () =>
    "the command line is not in UTF-8, and nothing was done. Check LANG, or give the text with: pli send CONTACT -",
};

export const en = {
  locale: "en-GB",
  number,
  you: "You",
  colon: ":",
  levels,
  usage,
  allowed: {
    words: (list: string) => `Possible: ${list}.`,
    number: (least: string, most: string) => `It is a whole number from ${least} to ${most}.`,
    time: "It is off, or a number of hours, days or weeks up to a year: 12h, 1d, 2w.",
    address: "It is the address of a page, such as https://pli.example.org.",
    nothing: "It takes none.",
  },
  seeHelp: (command: string) => `See: pli ${command}--help`,
  advice: {
    makeProfile: "Run: pli init --name YOUR_NAME",
    otherHome: "To have another profile, add it: pli profile add LABEL --name NAME",
    contacts: "List them with: pli contacts",
    candidates: (names: string[]) => `It could be: ${names.join(", ")}`,
    groups: (names: string[]) =>
      names.length === 0 ? "There is no group yet: pli group create NAME CONTACT…" : `Your groups: ${names.join(", ")}`,
    unlock: "Give the passphrase with --passphrase-file FILE, or run this in a terminal to be asked for it.",
    noPassphraseFile: (path: string) => `The passphrase file cannot be read: ${path}`,
    terminal: "The interactive chat needs a terminal. In a script use pli send, pli listen, pli messages.",
    notText:
      "The input is no UTF-8 text, and nothing was sent. Convert it first, for example with: iconv -f latin1 -t utf8",
    protection: "This folder was begun with another protection. Use another folder with --home.",
    lost: "The command that held this profile ended, and this one could not go on in its place. Start it again.",
    otherStore: (address: string) =>
      `Another pli holds this profile and uses ${address}: end it, and say the new address again.`,
    storeNotKept: (address: string) =>
      `The address ${address} could not be saved in the folder: give it again next time, with --store.`,
    makeAnother: "To make another one: pli invite",
    offerLock: "Nothing locks this profile. For a passphrase: pli passphrase (this is not said again)",
    inSeconds: (count: number) => `Try again in ${some(count, "second", "seconds")}.`,
    inMinutes: (count: number) => `Try again in ${some(count, "minute", "minutes")}.`,
    detail: "For the technical detail, run it again with PLI_DEBUG=1.",
  },
  ask: {
    name: "Your name, as your contacts will see it: ",
    link: "The invitation link: ",
    passphrase: "Passphrase: ",
    newPassphrase: (least: number) => `Choose a passphrase, of at least ${some(least, "character", "characters")}: `,
    tooShort: (least: number) =>
      `This is shorter than ${some(least, "character", "characters")}. Nothing was kept; once more.`,
    samePassphrase: "Once more: ",
    different: "They differ. Nothing was kept; once more.",
    wrongPassphrase: "Not the right passphrase.",
    digits: (peer: string) => `The four digits ${peer} reads out to you: `,
  },
  init: {
    done: (name: string) => `Your profile is ready, ${name}.`,
    where: (home: string) => `It lives in ${home}, encrypted.`,
    keyFile: "Its key is beside it, readable by you alone. For a passphrase instead: pli init --passphrase",
    next: "Next: pli invite, or pli accept LINK",
  },
  pairing: {
    send: "Send this link to one person, or let them scan the code:",
    sendLink: "Send this link to one person:",
    enlarge: (columns: number, rows: number) =>
      `For a QR code to scan, make this window ${some(columns, "column", "columns")} wide and ${some(rows, "row", "rows")} high.`,
    until: (date: string) => `It works once, until ${date}.`,
    why: "Then you read four digits to each other, by voice: whoever else got hold of the link cannot pass.",
    preparing: "Preparing the invitation…",
    waitingForGuest:
      "Waiting for them to open it… (Ctrl-C cancels the invitation; if this ends otherwise: pli invitations resume)",
    opening: "Opening the invitation…",
    waitingForInviter: "Waiting for their answer… (Ctrl-C ends it)",
    claims: (peer: string) => `Here is someone who calls themselves ${peer}.`,
    invites: (peer: string) => `${peer} invites you.`,
    call: (peer: string) => `Call ${peer}, or meet. Read these four digits out:`,
    wrong: (left: number) =>
      left === 1
        ? "These are not the right digits. One try is left; after that the invitation is burned."
        : `These are not the right digits. ${some(left, "try is left", "tries are left")}.`,
    malformed: "Four digits, please.",
    own: "These are your own digits: you read them out. Ask for theirs, and type those. This try does not count.",
    confirming: (peer: string) => `Right. Waiting for ${peer} to type yours…`,
    paired: (peer: string) => `You are talking to ${peer}. Verified.`,
    next: (name: string) => `Write to them: pli send ${name} "Hello"`,
  },
  devices: devicesEn,
  contacts: {
    none: "No contact yet. Invite someone: pli invite",
    isBlocked: "blocked",
    blocked: (name: string) =>
      `${name} is blocked. What they write to you meanwhile is never shown, and they are not told. To end it: pli unblock`,
    erased: "What they had written is erased from your devices.",
    unblocked: (name: string) => `${name} is no longer blocked.`,
    named: (name: string) => `This contact is called ${name} here.`,
    groups: (names: readonly string[]) => `in common: ${names.join(", ")}`,
  },
  conversation: {
    muted: (name: string) => `“${name}” is muted: what is written there is not announced.`,
    locked: (name: string) =>
      `“${name}” is locked: lists, searches and pli listen show nothing of it. To read it: pli messages. To undo it: pli unlock`,
    unlocked: (name: string) => `“${name}” is no longer locked.`,
    mark: "locked",
    openHow:
      "This conversation is locked. To read it: pli messages NAME, with the passphrase. To undo it: pli unlock NAME",
    unmuted: (name: string) => `“${name}” is no longer muted.`,
    resent: (many: number) =>
      many === 0
        ? "There is nothing here that could not be sent."
        : `Trying again: ${some(many, "message", "messages")}.`,
    listIds: "See which there are: pli messages CONTACT --ids",
    deleted: (many: number) =>
      `${some(many, "message", "messages")} deleted from your devices. The others keep theirs.`,
    deletedForAll: (many: number) =>
      `${some(many, "message", "messages")} deleted for everybody. Who has read it may have kept it.`,
  },
  actions: {
    replied: "Answered.",
    edited: "Edited. Those who have it see that, and what it said before.",
    reacted: "You reacted.",
    withdrawn: "You took your reaction back.",
    starred: "Starred, on your devices alone.",
    unstarred: "No longer starred.",
    forwarded: (many: number) => `Forwarded to ${some(many, "conversation", "conversations")}.`,
    isEdited: "edited",
    isStarred: "starred",
    answers: (name: string, text: string) => `↪ ${name}: ${text}`,
    answersDeleted: "answers a message that was deleted",
    answersMissing: "answers a message that is not on this device",
  },
  search: {
    none: "No message has these words.",
    more: "There may be older ones: use --limit.",
    withoutLocked: "Locked conversations were not searched.",
  },
  archive: archiveEn,
  recovery: recoveryEn,
  duress: duressEn,
  hidden: hiddenEn,
  settings: {
    lockdown: {
      on: "Lockdown is on: only verified contacts are heard, and nobody new comes in.",
      off: "Lockdown is off.",
    },
    receipts: {
      on: "Your contacts learn what you have read.",
      off: "Your contacts do not learn what you have read.",
    },
    protection: {
      passphrase: "From now on the passphrase you chose opens this profile. Nobody can recover it for you.",
      keyfile: "From now on a key file in the folder, readable by you alone, opens this profile. It has no passphrase.",
    },
  },
  send: {
    states: {
      saved: "Kept here. It leaves with the next command, when the server answers.",
      sent: "Sent.",
      delivered: "Delivered.",
      read: "Read.",
    },
  },
  parting: {
    things: {
      messages: (count: number) => some(count, "message", "messages"),
      pairings: (count: number) => some(count, "step of an invitation", "steps of invitations"),
      changes: (count: number) => some(count, "change of a group", "changes of groups"),
      notes: (count: number) => some(count, "note of this device to another", "notes of this device to others"),
    },
    said: (what: string) => `Not sent yet: ${what}. Sending continues with the next command, when the server answers.`,
  },
  message: {
    unknown: "Something this version cannot show. It is kept; update Pli to see it.",
    deletedByAuthor: (name: string) => `${name} deleted a message.`,
    deletedBy: (name: string) => `A message was deleted by ${name}.`,
    gap: (count: number) =>
      count === 1 ? "One message never arrived." : `${some(count, "message", "messages")} never arrived.`,
    held: (name: string, count: number) =>
      plural(count, (n, one) =>
        one
          ? `One message from ${name} was not kept: it is more than one person can send in a day. /again asks for it.`
          : `${n} messages from ${name} were not kept: it is more than one person can send in a day. /again asks for them.`,
      ),
    away: (days: number) =>
      days === 1
        ? "This device had not read the server for more than a day, and the server keeps messages no longer: some may be missing."
        : `This device had not read the server for more than ${some(days, "day", "days")}, and the server keeps messages no longer: some may be missing.`,
    lures: {
      secret: "⚠ Pli never asks for codes or words, and no contact needs them. Give them to nobody.",
      link: "⚠ This link adds a device to somebody’s profile. Pli never sends one in a conversation: do not open it.",
    },
    whileLockedDown: (name: string, count: number) =>
      plural(count, (n, one) =>
        one
          ? `One message from ${name} was not kept: no verified contact, and lockdown was on.`
          : `${n} messages from ${name} were not kept: no verified contact, and lockdown was on.`,
      ),
    whileBlocked: (name: string, count: number) =>
      plural(count, (n, one) =>
        one
          ? `One message from ${name} was not kept: you had blocked them.`
          : `${n} messages from ${name} were not kept: you had blocked them.`,
      ),
    newKeys: "New keys: this person took them with their recovery words. A lost or stolen device is shut out.",
    devices: (name: string, { added, removed, devices }: { added: number; removed: number; devices: number }) => {
      const now = some(devices, "device", "devices");
      if (removed === 0)
        return `${name} added ${added === 1 ? "a device" : some(added, "device", "devices")}: ${now} now.`;
      if (added === 0)
        return `${name} removed ${removed === 1 ? "a device" : some(removed, "device", "devices")}: ${now} now.`;
      return `${name} changed devices: ${now} now.`;
    },
    rejoined: "The conversation was set up again. Nothing to do.",
    paired: "You can write to each other.",
    renamed: (from: string, to: string) => `${from} is now called ${to}.`,
    states: {
      saved: "on this device",
      sent: "sent",
      delivered: "delivered",
      read: "read",
      failed: "not sent",
      notReceived: "not received",
    },
    toldBy: (teller: string) => `passed on by ${teller}`,
    none: "No message yet.",
    older: (order: string) => `There are older messages: add --before ${order}`,
    newer: (order: string) => `There are newer messages: add --after ${order}`,
  },
  help: helpEn,
  group: groupEn,
  profile: profileEn,
  invitations: invitationsEn,
  waiting: waitingEn,
  listen: {
    started: "Listening. Ctrl-C ends it.",
    online: "On line.",
    locked: "A message, in a locked conversation.",
  },
  doctor: {
    marks: { ok: "ok", warn: "look", fail: "FAIL" },
    checks: {
      store: "server",
      clock: "clock",
      versions: "versions",
      home: "folder",
      storage: "storage",
      profile: "profile",
      connection: "connection",
      messages: "messages",
      conversations: "conversations",
    },
    store: (p: { address: string; software: string; days: number; ms: number }) =>
      `${p.address} answers in ${number(p.ms)} ms: ${p.software}, keeps cells ${some(p.days, "day", "days")}`,
    clockRight: "agrees with the server’s to within five minutes",
    clockOff: (minutes: number) =>
      `${some(Math.abs(minutes), "minute", "minutes")} ${minutes < 0 ? "behind" : "ahead of"} the server’s clock`,
    clockUnknown: "cannot be compared: the server does not answer",
    clockAdvice: "Set this device’s clock automatically. If it is right, tell whoever runs the server.",
    storeAdvice:
      "Is the server running (npm start)? Is the network up? If it has a new address, give it once: pli --store URL doctor",
    versions: (p: { pli: string; node: string; platform: string }) => `Pli ${p.pli}, Node ${p.node}, ${p.platform}`,
    versionsAdvice: "Run npm install in Pli’s folder: it brings Node 24.",
    homeAbsent: (home: string) => `${home}: no profile yet`,
    homeGood: (p: { home: string; size: string; free: string }) => `${p.home}: ${p.size}, ${p.free} free`,
    homeOpen: (home: string) => `${home}: other users of this machine can look inside`,
    homeOpenAdvice: (home: string) => `Run: chmod 700 ${home}`,
    homeUnreadable: (home: string) => `${home}: cannot be read`,
    homeUnreadableAdvice: "Check who owns the folder and its permissions.",
    diskLow: (free: string) => `only ${free} free on the disk`,
    diskAdvice: "Free some space: when the disk is full, Pli can save nothing.",
    storage: (p: { size: string; messages: number; keyed: string }) =>
      `opens; ${some(p.messages, "message", "messages")} in ${p.size}, encrypted, key ${p.keyed}`,
    keyed: { keyfile: "in a file", passphrase: "from your passphrase" },
    profile: (p: { name: string; contacts: number }) => `${p.name}, ${some(p.contacts, "contact", "contacts")}`,
    noProfile: "the folder holds no profile yet",
    online: (store: string) => `on line with ${store}`,
    notOnline: {
      connecting: (store: string) => `was still connecting to ${store}`,
      offline: (store: string) => `off line: not connected to ${store}`,
    },
    conversations: (count: number) =>
      count === 0 ? "none yet" : plural(count, (n) => `${n}: nothing to set up again`),
    rejoiningGroup: (p: { group: string; since: string; hope: string }) =>
      `“${p.group}”: being set up again ${p.since}. ${p.hope}`,
    group: (name: string, what: string) => `“${name}”: ${what}`,
    rejoiningContact: (name: string) => `with ${name}: being set up again, waiting for ${name}`,
    waiting: (what: string) => `not sent yet: ${what}`,
    receipts: (count: number) =>
      some(count, "receipt leaves", "receipts leave") + " with what you write next, or while Pli runs",
    waitingAdvice: "Sending continues with the next command, when the server answers.",
    waitingOnlineAdvice: "Sending continues while Pli runs: pli listen, or the chat.",
    counters: (p: {
      cellsOpened: number;
      cellsExpected: number;
      gaps: number;
      undecryptable: number;
      repairs: number;
    }) =>
      `${some(p.cellsOpened, "cell", "cells")} opened of ${some(p.cellsExpected, "expected", "expected")}; ${some(p.gaps, "gap", "gaps")}, ${some(p.undecryptable, "undecryptable", "undecryptable")}, ${some(p.repairs, "repair", "repairs")}`,
    countersAdvice:
      "Pli repairs this by itself while it runs. If the numbers grow, the server may be losing cells: tell whoever runs it.",
    allGood: "All is well.",
  },
  chat: {
    title: "Pli",
    empty: "No conversation yet.",
    emptyAdvice: "/invite makes an invitation. /accept LINK accepts one.",
    noMatch: "No conversation has this name.",
    listHint: "↑↓ choose · Enter open · type to filter · /help",
    threadHint: "Enter send · Alt+Enter new line · PgUp PgDn scroll · Esc back · /help",
    pairingHint: "Esc Esc cancel it · /back leave it for later (/resume)",
    helpHint: "↑↓ scroll · Esc back",
    reallyCancel: "Esc again cancels the invitation on both sides; any other key goes on.",
    unknownCommand: (word: string) => `There is no ${word}. See /help.`,
    needLink: "/accept needs the link: /accept https://…",
    here: "Open a conversation first.",
    needText: "/find needs words: /find lighthouse",
    found: "Found, in the middle. /find again goes further back.",
    foundNothing: "These words are not in this conversation.",
    foundNoOlder: "There is nothing older with these words.",
    groupHint: "↑↓ scroll · Esc back · /group add, remove, role, rules… · /help",
    hereGroup: "Open a group first, or found one: /group create NAME CONTACT…",
    notOfGroups: "This goes with a contact. See /group and /help.",
    changesBlocked: "its changes are blocked: /group",
    seeGroup: "See /group.",
    olderAbove: "↑ older messages",
    newerBelow: "↓ newer messages",
    unreadBelow: (count: number) => `↓ ${some(count, "new message", "new messages")}`,
    small: "The window is too small for Pli.",
    waitingInvitation: "An invitation is not finished. /resume goes on with it.",
    answered: (peer: string) => `${peer} answered your invitation. /resume goes on with it.`,
    noInvitation: "No invitation waits. /invite makes one.",
    pending: (count: number) => some(count, "message waits", "messages wait"),
    askedAgain: "They are asked for.",
    nothingHeld: "Everything that came was kept.",
    blocked: "Blocked. What they write to you meanwhile is never shown, and they are not told. /unblock ends it.",
    unblocked: "No longer blocked.",
    standing: {
      ready: "",
      rejoining: "being set up again; what you write waits",
      joining: "on its way from your other device; what you write waits",
      left: "",
    },
    typeDigits: "Type the four digits read out to you, then Enter:",
    draft: "draft",
    states: { online: "on line", connecting: "connecting…" },
    help: [
      ["/invite [NAME]", "make an invitation: link, QR code; NAME is for you"],
      ["/accept LINK", "accept an invitation"],
      ["/resume [NAME]", "go on with an invitation that is not finished"],
      ["/clear", "put away the invitations that have ended"],
      ["/name NAME", "give this contact a name of your own"],
      ["/find WORDS", "to the newest message here that has them; /find again: the one before"],
      ["/again", "ask for the messages that were not kept"],
      ["/block, /unblock", "show nothing of what this contact writes, until you unblock them"],
      ["/group", "the open group: members, rules, what is on its way (◷: messages disappear)"],
      ["/group create NAME CONTACT…", "found a group; “a name of several words” stands in quotes"],
      ["/group add, remove CONTACT…", "add somebody to the open group, or remove them"],
      ["/group role MEMBER ROLE", "owner, admin, member or reader"],
      ["/group rename, describe TEXT", "give it another name, a description"],
      ["/group rules --timer 1d …", "change its rules: pli group --help has them all"],
      ["/group leave, keys, delete", "leave it; renew one’s keys; delete it once left"],
      ["/resend", "try again what could not be sent"],
      ["/reconnect", "try the server now"],
      ["/back", "to the list of conversations (or Esc)"],
      ["/quit", "leave Pli (or Ctrl-C)"],
      ["Tab, Shift+Tab", "next, previous conversation"],
      ["Alt+Enter, Ctrl-J", "a new line in the message"],
      ["PgUp, PgDn", "scroll"],
      ["Ctrl+Home, Ctrl+End", "to the oldest, to the newest message"],
      ["Ctrl-A, Ctrl-E, Ctrl-W, Ctrl-U, Ctrl-K", "beginning, end; erase a word, before, after"],
    ] as [string, string][],
  },
};

export type Words = typeof en;
