import { plural, some } from "./counting-en.ts";

/**
 * The words about groups. A sentence has a form for each author: `by` somebody with a name, by the
 * reader (`self`), by nobody known (`none`).
 */
export const groupEn = {
  none: "No group yet. Found one with: pli group create NAME CONTACT…",
  you: "you",
  roles: { owner: "owner", admin: "admin", member: "member", reader: "read only" },
  given: {
    owner: "the role of owner",
    admin: "the role of admin",
    member: "the role of member",
    reader: "read-only access",
  },
  members: (count: number) => some(count, "member", "members"),
  others: (count: number) => some(count, "other", "others"),
  facts: {
    description: "Description",
    members: "Members",
    rules: "Rules",
    pending: "On their way",
    picture: (bytes: string) => `a picture of ${bytes}`,
  },
  rules: {
    addsAdmins: "only owners and admins add members",
    addsMembers: "all members may add their contacts",
    writesEveryone: "all members write",
    writesAdmins: "only owners and admins write",
    newcomersNothing: "new members read nothing from before they came",
    newcomersWeek: "new members read the last seven days",
    timerOff: "messages do not disappear",
    timer: (after: string) => `messages disappear ${after}`,
  },
  time: {
    weeks: (count: number) => (count === 1 ? "after one week" : `after ${some(count, "week", "weeks")}`),
    days: (count: number) => (count === 1 ? "after one day" : `after ${some(count, "day", "days")}`),
    hours: (count: number) => (count === 1 ? "after one hour" : `after ${some(count, "hour", "hours")}`),
    minutes: (count: number) => (count === 1 ? "after one minute" : `after ${some(count, "minute", "minutes")}`),
    seconds: (count: number) => (count === 1 ? "after one second" : `after ${some(count, "second", "seconds")}`),
  },
  states: {
    ready: "",
    rejoining: "being set up again; what you write waits",
    joining: "you are joining it",
    left: "you are no longer in it",
  },
  progress: (done: string, total: string) => `${done} of ${total} received`,
  rejoining: {
    silent: "being set up again",
    since: (when: string) => `since ${when}`,
    sinceBy: (when: string, author: string) => `since ${when}, after a change made by ${author}`,
    waits: (who: string, count: number) => (count === 1 ? `Waiting for ${who}.` : `Waiting for one of: ${who}.`),
    opens: (count: number): string =>
      count === 1 ? "They only have to open Pli." : "It is enough that one of them opens Pli.",
    answered: (who: string, count: number) =>
      `${who} ${count === 1 ? "has" : "have"} answered. Pli continues by itself as soon as it can.`,
    nobody: "Nobody you know in this group can be asked.",
    nobodyAdvice:
      "As soon as one of its members is among your contacts, they can bring you back. You can also leave it: pli group leave GROUP",
    refused: (who: string, count: number) =>
      `${who} ${count === 1 ? "says" : "say"} that you are no longer in this group.`,
    refusedAdvice: "If that is so, leave it: pli group leave GROUP. It can then be deleted: pli group delete GROUP",
  },
  blocked: "Somebody keeps the changes of this group from happening. Messages still get through.",
  suspects: (who: string) => `It seems to come from ${who}.`,
  successorAdvice: "An owner can found it again: pli group refound GROUP --without MEMBER",
  reading: "You read this group, without writing in it.",
  operation: {
    add: (who: string) => `add ${who}`,
    remove: (who: string) => `remove ${who}`,
    role: (who: string, given: string) => `give ${who} ${given}`,
    rules: "edit the group",
    keys: "renew the keys",
    leave: "leave the group",
    successorGroup: "found the group again",
    successorGroupWithout: (who: string) => `found the group again without ${who}`,
  },
  waits: {
    store: "On its way: waiting for the server…",
    turn: "On its way: waiting its turn…",
    rejoining: "On its way: waiting until the group is set up again here…",
    answer: "Waiting for the answer of who is invited. Ctrl-C does not stop it.",
    clock:
      "Waiting for a clock to be set: this device’s date and theirs are more than a day apart. Ctrl-C does not stop it.",
    contact: "Waiting for a device to come on line, which others need to be added. Ctrl-C does not stop it.",
  },
  questions: {
    none: "Nobody asks you to come into a group.",
    list: "See what you are asked: pli group questions",
    offered: (from: string, name: string | undefined) => `${from} invites you to the group “${name ?? ""}”.`,
    added: (from: string, _name: string | undefined) => `${from} has added you to a group without asking you.`,
    listed: (from: string, _name: string | undefined) =>
      `${from} says that you are in a group, which this device does not know.`,
    moved: (from: string, _name: string | undefined) =>
      `${from} says that a group of yours continues at another server.`,
    members: (from: string, count: number) =>
      count === 1
        ? `${from} says: nobody else is in it yet.`
        : `${from} says: ${some(count, "person is", "people are")} in it.`,
    store: (address: string) => `If you accept, this device will connect to ${address}, which it does not know.`,
    isPrivate:
      "That address only means something inside some network. This device does not connect to it, so you cannot accept.",
    how: (id: string) => `pli group accept ${id}, or pli group decline ${id}`,
    chatHow: (id: string) => `/group accept ${id}, or /group decline ${id}`,
    chatOnlyNo: (id: string) => `/group decline ${id}`,
    more: (count: number) =>
      count === 1 ? "One more question waits." : `${some(count, "more question waits", "more questions wait")}.`,
    onlyNo: (id: string) => `pli group decline ${id}`,
    over: {
      unanswered: "It was not answered within two weeks. It is over.",
      withdrawn: "It was taken back.",
      failed: "You accepted, but the group could not be reached in time. It is over.",
    },
    accepted: (from: string) => `Accepted. You are in as soon as the device of ${from} answers.`,
    in: (name: string) => `You are in the group “${name}”.`,
    declined: "Declined.",
    asking: {
      on: "Contacts ask you before they add you to a group.",
      off: "Contacts add you to groups without asking.",
    },
    waitsInviter: (from: string) => `waiting for the device of ${from}, which lets you in`,
    waitsStore: (address: string) => `waiting for the server ${address}`,
  },
  asked: "It is on its way.",
  stillWanted: "It stays wanted, and goes on while Pli runs.",
  done: {
    add: "They are in the group.",
    remove: "They are no longer in the group.",
    role: "Their role has changed.",
    rules: "The group has changed.",
    keys: "The keys of this device in this group are new.",
    leave: "You are no longer in the group. It can still be read: pli messages GROUP",
    successorGroup: "The group was founded again.",
    cancel: "The change is cancelled.",
    delete: "The conversation is deleted from this device.",
  },
  successor: "You are its only owner. Name who comes after you: pli group leave GROUP --successor MEMBER",
  readPicture: (path: string) => `The picture cannot be read: ${path}`,
  deliveredTo: (count: number) => plural(count, (n) => `delivered to ${n}`),
  readBy: (count: number) => plural(count, (n) => `read by ${n}`),
  change: {
    created: {
      by: (author: string, name: string) => `${author} created the group “${name}”.`,
      self: (name: string) => `You created the group “${name}”.`,
      none: (name: string) => `The group “${name}” was created.`,
    },
    joined: {
      by: (author: string) => `You are in the group, invited by ${author}.`,
      self: () => "You are in the group.",
      none: () => "You are in the group.",
    },
    added: {
      by: (author: string, who: string) => `${author} added ${who}.`,
      self: (who: string) => `You added ${who}.`,
      none: (who: string) => `Added to the group: ${who}.`,
    },
    removed: {
      by: (author: string, who: string) => `${author} removed ${who} from the group.`,
      self: (who: string) => `You removed ${who} from the group.`,
      none: (who: string) => `Removed from the group: ${who}.`,
    },
    removedYou: {
      by: (author: string) => `${author} removed you from the group. You no longer receive what is written here.`,
      self: () => "You left the group.",
      none: () => "You are no longer in the group. You no longer receive what is written here.",
    },
    left: (who: string, _count: number) => `${who} left the group.`,
    leftYou: "You left the group.",
    named: {
      by: (author: string, name: string) => `${author} renamed the group “${name}”.`,
      self: (name: string) => `You renamed the group “${name}”.`,
      none: (name: string) => `The group is now called “${name}”.`,
    },
    described: {
      by: (author: string) => `${author} changed the description of the group.`,
      self: () => "You changed the description of the group.",
      none: () => "The description of the group has changed.",
    },
    pictured: {
      by: (author: string) => `${author} changed the picture of the group.`,
      self: () => "You changed the picture of the group.",
      none: () => "The picture of the group has changed.",
    },
    role: {
      by: (author: string, who: string, given: string) => `${author} gave ${who} ${given}.`,
      self: (who: string, given: string) => `You gave ${who} ${given}.`,
      none: (who: string, given: string) => `${who} now has ${given}.`,
    },
    roleYou: {
      by: (author: string, given: string) => `${author} gave you ${given}.`,
      self: (given: string) => `You now have ${given}.`,
      none: (given: string) => `You now have ${given}.`,
    },
    rule: {
      by: (author: string, rule: string) => `${author} changed a rule: ${rule}.`,
      self: (rule: string) => `You changed a rule: ${rule}.`,
      none: (rule: string) => `A rule has changed: ${rule}.`,
    },
    refounded: {
      by: (author: string) => `${author} founded the group again: its changes were blocked. Nothing is lost.`,
      self: () => "You founded the group again: its changes were blocked. Nothing is lost.",
      none: () => "The group was founded again: its changes were blocked. Nothing is lost.",
    },
    refoundedWithout: {
      by: (author: string, who: string) =>
        `${author} founded the group again without ${who}: its changes were blocked. Nothing is lost.`,
      self: (who: string) => `You founded the group again without ${who}: its changes were blocked. Nothing is lost.`,
      none: (who: string) => `The group was founded again without ${who}: its changes were blocked. Nothing is lost.`,
    },
    forkRepaired:
      "A server was showing two versions of this group. Pli has gone back to that of the others. There is nothing to do.",
    ignored: {
      by: (author: string) => `A change that the rules do not allow was passed over (by ${author}).`,
      self: () => "A change that the rules do not allow was passed over (by you).",
      none: () => "A change that the rules do not allow was passed over.",
    },
    unopened: {
      by: (author: string) =>
        `${author} made a change that this device could not read. Pli turned to the other members to go on.`,
      self: () => "You made a change that this device could not read. Pli turned to the other members to go on.",
      none: () => "This device could not read a change of the group. Pli turned to the other members to go on.",
    },
    notRemoved: {
      by: (author: string) =>
        `${author} wanted to remove you from the group, but the others could not read that change: it does not count. You are still in the group.`,
      self: () =>
        "You wanted to remove yourself from the group, but the others could not read that change: it does not count. You are still in the group.",
      none: () =>
        "A change was to remove you from the group, but the others could not read it: it does not count. You are still in the group.",
    },
    dropped: (wanted: string, why: string) => `Not done: ${wanted}. ${why}`,
  },
};

export type GroupWords = typeof groupEn;
