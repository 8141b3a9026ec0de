import { some } from "./counting-en.ts";

/** The words about invitations, under way or ended. */
export const invitationsEn = {
  none: "No invitation is under way. Make one: pli invite",
  unnamed: "no name",
  preparing: "has not left this device yet",
  waiting: (until: string) => `nobody has opened it yet; it works until ${until}`,
  answered: (peer: string) => `${peer} has opened it and waits for you, with four digits to read out`,
  confirming: (peer: string) => `${peer} still has to type your digits`,
  opening: "being opened",
  invited: (peer: string) => `from ${peer}, whose device has to answer`,
  ended: (at: string) => `ended ${at}`,
  resumeHow: (id: string) => `To go on: pli invitations resume ${id}`,
  clearHow: "To put away those that have ended: pli invitations clear",
  stopped: "Cancelled on both sides.",
  cleared: (count: number) => `${some(count, "invitation", "invitations")} put away.`,
  which: "Several are under way. Say which one: pli invitations",
  own: (id: string) => `It is still waiting. To see its link again: pli invitations resume ${id}`,
  others: (count: number) =>
    count === 1
      ? "Another invitation is still under way: pli invitations"
      : `${some(count, "other invitation is", "other invitations are")} still under way: pli invitations`,
  restOfLink: "The link is cut off. Paste the rest, or press Enter to give up: ",
  news: {
    opened: (peer: string, id: string) =>
      `${peer} has opened your invitation and waits, with four digits to read out. pli invitations resume ${id}`,
    accepted: (peer: string, id: string) =>
      `${peer} has answered. You both have digits to read out. pli invitations resume ${id}`,
    ended: (name: string, why: string) => `An invitation has ended${name}. ${why}`,
  },
  chat: {
    ended: (name: string, why: string) => `An invitation has ended${name}. ${why} /clear puts it away.`,
    cleared: "Put away.",
    nothingEnded: "No invitation has ended.",
  },
};

/** The words about stores that do not answer. */
export const waitingEn = {
  away: (store: string, next: string) => `${store} does not answer; ${next}.`,
  nextIn: (seconds: number) => `next try in ${some(seconds, "second", "seconds")}`,
  nextAt: (time: string) => `next try at ${time}`,
  trying: "trying now",
  /** In the line above the chat, which is short. */
  offline: (seconds: number | undefined) =>
    seconds === undefined ? "no answer, trying now" : `no answer, next try in ${some(seconds, "s", "s")}`,
  catchUp: (done: string, total: string) => `catching up ${done} / ${total}`,
  notLeft: "The invitation has not left this device yet. You get its link as soon as it has.",
  saved: {
    store: (away: string) => `Kept here. ${away} The message leaves as soon as it does.`,
    people: "Kept here. The conversation is being set up again: the message leaves once the other device is on line.",
    turn: "Kept here. The message leaves in its turn, whenever Pli runs.",
  },
  doctor: {
    store: (count: number, name: string, away: string) => `${messages(count)} for ${name}: ${away}`,
    people: (count: number, name: string) =>
      `${messages(count)} for ${name}: somebody else has to be on line, to set the conversation up again.`,
    turn: (count: number, name: string) => `${messages(count)} for ${name}: leaving, whenever Pli runs.`,
    storeAway: (store: string) => `off line: ${store}, where some of your conversations live, cannot be reached`,
    awayAdvice: (home: string) =>
      `Ask whoever runs it. If that store has moved here, to ${home}, stop every pli of this profile, then run: pli --store ${home} doctor`,
  },
};

const messages = (count: number): string => some(count, "message", "messages");
