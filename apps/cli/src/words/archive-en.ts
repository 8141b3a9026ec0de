import { some } from "./counting-en.ts";

/** Sentences of exports and imports. */
export const archiveEn = {
  steps: {
    write: (percent: string) => `Writing… ${percent} %`,
    check: (percent: string) => `Reading it back… ${percent} %`,
    read: (percent: string) => `Reading the file… ${percent} %`,
    add: (percent: string) => `Adding… ${percent} %`,
  },
  exported: (messages: number, conversations: number) =>
    `Exported: ${some(messages, "message", "messages")} of ${some(conversations, "conversation", "conversations")}.`,
  where: (file: string, size: string) => `All of it is in ${file} (${size}), written, read back and counted.`,
  leftOut: (messages: number) =>
    `${some(messages, "message that disappears is", "messages that disappear are")} not in it.`,
  passphrase: "These words open it. They are shown only now, and nobody can recover them. Write them down:",
  withAge: (file: string) => `Any computer opens it, without Pli: age -d -o export.tar ${file}`,
  discarded: "No file was left behind.",
  ask: "The twelve words of this file: ",
  askAdvice: "The words are read as one line from the input.",
  wrong: "These words do not open it. Once more.",
  from: (name: string, date: string) => `An export of ${name}, made on ${date}.`,
  would: (messages: number, conversations: number) =>
    `It would add ${some(messages, "message", "messages")}, in ${some(conversations, "new archive", "new archives")}: to read and to search, not to answer.`,
  here: (messages: number) => `${some(messages, "message is", "messages are")} here already.`,
  passed: (messages: number) =>
    `${some(messages, "line is", "lines are")} passed over: erased here since, or notes of Pli’s own work.`,
  nothing: "There is no message in it that is not here.",
  names: (contacts: number) => `It gives a name to ${some(contacts, "contact", "contacts")}:`,
  otherNames: (contacts: number) =>
    `It also has your name for ${some(contacts, "contact", "contacts")}; with --names they would be called so:`,
  name: (from: string, to: string) => `${from} → ${to}`,
  agree: "Add this? [y/N] ",
  yes: /^y(es)?$/iu,
  refused: "Nothing was added.",
  isAdded: (messages: number, conversations: number) =>
    `Added: ${some(messages, "message", "messages")}, ${some(conversations, "new archive", "new archives")}.`,
  read: "They are listed by pli group, and shown by pli messages.",
  mark: "imported",
  state: "imported from a file, to read only",
};
