import type { GroupChange, MessageView, Named, PendingChange } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import type { Language } from "@pli/engine/words";
import { failureSentence } from "../words/failures.ts";
import type { Reader } from "../naming.ts";
import type { Words } from "../words/index.ts";

/**
 * One sentence in three forms: somebody named did it, the person reading did, or nobody can be
 * named.
 */
interface Forms<Args extends readonly unknown[]> {
  by(author: string, ...args: Args): string;
  self(...args: Args): string;
  none(...args: Args): string;
}

type Line = Pick<MessageView, "mine" | "from" | "fromName">;

/** More people than these are counted, not named. */
const MOST_NAMED = 12;

/** A line of a group's history. */
export function changeSentence(words: Words, line: Line, change: GroupChange, reader: Reader): string {
  const { change: sentences, rules } = words.group;
  const form = formOf(line, reader);
  const isSelf = ({ id }: Named): boolean => id === reader.self;
  switch (change.what) {
    case "created":
      return form(sentences.created, nameForQuotes(change.name));
    case "joined":
      return form(sentences.joined);
    case "added":
      return form(sentences.added, people(words, change.who, reader));
    case "removed":
      if (change.who.some(isSelf)) return form(sentences.removedYou);
      return form(sentences.removed, people(words, change.who, reader));
    case "left":
      if (change.who.some(isSelf)) return sentences.leftYou;
      return sentences.left(people(words, change.who, reader), change.who.length);
    case "named":
      return form(sentences.named, nameForQuotes(change.name));
    case "described":
      return form(sentences.described);
    case "pictured":
      return form(sentences.pictured);
    case "role": {
      const given = words.group.given[change.role];
      return isSelf(change.who)
        ? form(sentences.roleYou, given)
        : form(sentences.role, reader.nameOf(change.who), given);
    }
    case "whoAdds":
      return form(sentences.rule, change.value === "admins" ? rules.addsAdmins : rules.addsMembers);
    case "whoWrites":
      return form(sentences.rule, change.value === "admins" ? rules.writesAdmins : rules.writesEveryone);
    case "timer":
      return form(sentences.rule, timerSentence(words, change.seconds));
    case "newcomersRead":
      return form(sentences.rule, change.value === "week" ? rules.newcomersWeek : rules.newcomersNothing);
    case "refounded":
      if (change.without.length === 0) return form(sentences.refounded);
      return form(sentences.refoundedWithout, people(words, change.without, reader));
    case "forkRepaired":
      return sentences.forkRepaired;
    case "ignored":
      return form(sentences.ignored);
    case "unopened":
      return form(sentences.unopened);
    case "notRemoved":
      return form(sentences.notRemoved);
    case "dropped":
      return sentences.dropped(
        wantedPhrase(words, change.wanted, reader),
        failureSentence(languageOf(words), change.why),
      );
  }
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

/** Names as a language lists them; many are counted. */
export function people(words: Words, who: readonly Named[], reader: Reader): string {
  const names = who.map((one) => (one.id === reader.self ? words.group.you : reader.nameOf(one)));
  const shown =
    names.length <= MOST_NAMED ? names : [...names.slice(0, MOST_NAMED), words.group.others(names.length - MOST_NAMED)];
  return new Intl.ListFormat(words.locale, { type: "conjunction" }).format(shown);
}

/** What is wanted, as the middle of a sentence. */
export function wantedPhrase(words: Words, wanted: PendingChange["wanted"], reader: Reader): string {
  const phrases = words.group.wanted;
  switch (wanted.kind) {
    case "add":
      return phrases.add(people(words, wanted.who, reader));
    case "remove":
      return phrases.remove(people(words, wanted.who, reader));
    case "role":
      return phrases.role(reader.nameOf(wanted.who), words.group.given[wanted.role]);
    case "refound":
      return wanted.without.length === 0
        ? phrases.refound
        : phrases.refoundWithout(people(words, wanted.without, reader));
    default:
      return phrases[wanted.kind];
  }
}

const UNITS = [
  ["weeks", 604_800],
  ["days", 86_400],
  ["hours", 3_600],
  ["minutes", 60],
  ["seconds", 1],
] as const;

/** When messages disappear, in the largest unit that says it exactly. */
export function timerSentence({ group }: Words, seconds: number): string {
  if (seconds === 0) return group.rules.timerOff;
  const [unit, size] = UNITS.find(([, length]) => seconds % length === 0) ?? UNITS[4];
  return group.rules.timer(group.time[unit](seconds / size));
}
