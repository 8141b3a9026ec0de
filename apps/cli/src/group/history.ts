/** What happened to a group, in words. */
import type { GroupChange, MessageView, Named, PendingChange } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import type { Language } from "@pli/engine/words";
import { failureSentence } from "../words/failures.ts";
import type { Reader } from "../naming.ts";
import type { Words } from "../words/index.ts";

/** One sentence in three forms: `by` somebody, by the reader themself, or by nobody known. */
interface Forms<Args extends readonly unknown[]> {
  by(author: string, ...args: Args): string;
  self(...args: Args): string;
  none(...args: Args): string;
}

type Line = Pick<MessageView, "mine" | "from" | "fromName">;

/** At most this many people are named; the others are counted. */
const MOST_NAMED = 12;

/** What the sentence of a change is made with. */
interface Speaker {
  readonly words: Words;
  readonly reader: Reader;
  /** The sentence in the form that fits the author of the change. */
  form<Args extends readonly unknown[]>(forms: Forms<Args>, ...args: Args): string;
  /** Names as a list. */
  list(who: readonly Named[]): string;
  isSelf(one: Named): boolean;
}

/** Written as a method, so that a sentence of one change is one of any: it gets no other. */
type Sentence<Change> = { say(change: Change, speaker: Speaker): string }["say"];

/** One sentence for each change of a group: a new one of the engine has to be added to compile. */
const SENTENCES: { readonly [W in GroupChange["what"]]: Sentence<Extract<GroupChange, { what: W }>> } = {
  created: ({ name }, { form, words }) => form(words.group.change.created, nameForQuotes(name)),
  joined: (_, { form, words }) => form(words.group.change.joined),
  added: ({ who }, { form, words, list }) => form(words.group.change.added, list(who)),
  removed: ({ who }, { form, words, list, isSelf }) =>
    who.some(isSelf) ? form(words.group.change.removedYou) : form(words.group.change.removed, list(who)),
  left: ({ who }, { words, list, isSelf }) =>
    who.some(isSelf) ? words.group.change.leftYou : words.group.change.left(list(who), who.length),
  named: ({ name }, { form, words }) => form(words.group.change.named, nameForQuotes(name)),
  described: (_, { form, words }) => form(words.group.change.described),
  pictured: (_, { form, words }) => form(words.group.change.pictured),
  role: ({ who, role }, { form, words, reader, isSelf }) => {
    const given = words.group.given[role];
    if (isSelf(who)) return form(words.group.change.roleYou, given);
    return form(words.group.change.role, reader.nameOf(who), given);
  },
  whoAdds: ({ value }, { form, words: { group } }) =>
    form(group.change.rule, value === "admins" ? group.rules.addsAdmins : group.rules.addsMembers),
  whoWrites: ({ value }, { form, words: { group } }) =>
    form(group.change.rule, value === "admins" ? group.rules.writesAdmins : group.rules.writesEveryone),
  timer: ({ seconds }, { form, words }) => form(words.group.change.rule, timerSentence(words, seconds)),
  newcomersRead: ({ value }, { form, words: { group } }) =>
    form(group.change.rule, value === "week" ? group.rules.newcomersWeek : group.rules.newcomersNothing),
  refounded: ({ without }, { form, words, list }) =>
    without.length === 0
      ? form(words.group.change.refounded)
      : form(words.group.change.refoundedWithout, list(without)),
  forkRepaired: (_, { words }) => words.group.change.forkRepaired,
  ignored: (_, { form, words }) => form(words.group.change.ignored),
  unopened: (_, { form, words }) => form(words.group.change.unopened),
  notRemoved: (_, { form, words }) => form(words.group.change.notRemoved),
  dropped: ({ operation, why }, { words, reader }) =>
    words.group.change.dropped(pendingPhrase(words, operation, reader), failureSentence(languageOf(words), why)),
};

/** A line of a group's history. */
export function changeSentence(words: Words, line: Line, change: GroupChange, reader: Reader): string {
  const speaker: Speaker = {
    words,
    reader,
    form: formOf(line, reader),
    list: (who) => people(words, who, reader),
    isSelf: ({ id }) => id === reader.self,
  };
  const sentence: Sentence<GroupChange> = SENTENCES[change.what];
  return sentence(change, speaker);
}

const languageOf = ({ locale }: Words): Language => (locale === "fr" ? "fr" : "en");

function formOf(
  { mine, from, fromName }: Line,
  reader: Reader,
): <Args extends readonly unknown[]>(forms: Forms<Args>, ...args: Args) => string {
  return (forms, ...args) => {
    if (mine) return forms.self(...args);
    return fromName === "" ? forms.none(...args) : forms.by(reader.nameOf({ id: from, name: fromName }), ...args);
  };
}

/** Names as a list in the language of the reader. */
export function people(words: Words, who: readonly Named[], reader: Reader): string {
  const names = who.map((one) => (one.id === reader.self ? words.group.you : reader.nameOf(one)));
  const shown =
    names.length <= MOST_NAMED ? names : [...names.slice(0, MOST_NAMED), words.group.others(names.length - MOST_NAMED)];
  return new Intl.ListFormat(words.locale, { type: "conjunction" }).format(shown);
}

type Pending = PendingChange["operation"];
type Phrase<Change> = { say(change: Change, words: Words, reader: Reader): string }["say"];

/** One phrase for each change that can be pending. */
const PHRASES: { readonly [K in Pending["kind"]]: Phrase<Extract<Pending, { kind: K }>> } = {
  add: ({ who }, words, reader) => words.group.operation.add(people(words, who, reader)),
  remove: ({ who }, words, reader) => words.group.operation.remove(people(words, who, reader)),
  role: ({ who, role }, words, reader) => words.group.operation.role(reader.nameOf(who), words.group.given[role]),
  rules: (_, words) => words.group.operation.rules,
  keys: (_, words) => words.group.operation.keys,
  leave: (_, words) => words.group.operation.leave,
  successorGroup: ({ without }, words, reader) =>
    without.length === 0
      ? words.group.operation.successorGroup
      : words.group.operation.successorGroupWithout(people(words, without, reader)),
};

/** A pending change, as the middle of a sentence. */
export function pendingPhrase(words: Words, change: Pending, reader: Reader): string {
  const phrase: Phrase<Pending> = PHRASES[change.kind];
  return phrase(change, words, reader);
}

const UNITS = [
  ["weeks", 604_800],
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
  ["seconds", 1],
] as const;

/** When messages disappear, in the largest unit that divides the time. */
export function timerSentence({ group }: Words, seconds: number): string {
  if (seconds === 0) return group.rules.timerOff;
  const [unit, size] = UNITS.find(([, length]) => seconds % length === 0) ?? UNITS[4];
  return group.rules.timer(group.time[unit](seconds / size));
}
