import type { GroupChange, MessageView, PendingChange, Role } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import type { Wording } from "../../wording.ts";
import { peopleOf } from "./people.ts";

/** A sentence in three forms: somebody did it, the reader did it, nobody can be named. */
interface Forms<A extends string[]> {
  by(author: string, ...rest: A): string;
  self(...rest: A): string;
  none(...rest: A): string;
}

/** One line of a group's history, in words. */
export function changeLine(message: MessageView, change: GroupChange, wording: Wording): string {
  const { words, sentence } = wording;
  const say = words.group.change;
  const tell = <A extends string[]>(forms: Forms<A>, ...rest: A): string => {
    if (message.mine) return forms.self(...rest);
    return message.fromName === ""
      ? forms.none(...rest)
      : forms.by(wording.nameOf({ id: message.from, name: message.fromName }), ...rest);
  };
  const people = (who: Parameters<typeof peopleOf>[0]) => peopleOf(who, wording);
  const isReader = ({ id }: { id: string }) => id === wording.self;
  switch (change.what) {
    case "created":
      return tell(say.created, nameForQuotes(change.name));
    case "joined":
      return tell(say.joined);
    case "added":
      return change.who.every(isReader) ? tell(say.joined) : tell(say.added, people(change.who));
    case "removed":
      return change.who.some(isReader) ? tell(say.removedYou) : tell(say.removed, people(change.who));
    case "left":
      return change.who.some(isReader) ? say.leftYou : say.left(people(change.who), change.who.length);
    case "named":
      return tell(say.named, nameForQuotes(change.name));
    case "described":
      return tell(say.described);
    case "pictured":
      return tell(say.pictured);
    case "role": {
      const given = words.group.given[change.role];
      return isReader(change.who) ? tell(say.roleYou, given) : tell(say.role, wording.nameOf(change.who), given);
    }
    case "whoAdds":
      return tell(say.rule, change.value === "admins" ? say.rules.addsAdmins : say.rules.addsMembers);
    case "whoWrites":
      return tell(say.rule, change.value === "admins" ? say.rules.writesAdmins : say.rules.writesEveryone);
    case "newcomersRead":
      return tell(say.rule, change.value === "week" ? say.rules.newcomersWeek : say.rules.newcomersNothing);
    case "timer": {
      const rule = change.seconds === 0 ? say.rules.timerOff : say.rules.timer(timerText(change.seconds, wording));
      return tell(say.rule, rule);
    }
    case "refounded":
      return change.without.length === 0 ? tell(say.refounded) : tell(say.refoundedWithout, people(change.without));
    case "forkRepaired":
      return say.forkRepaired;
    case "ignored":
      return tell(say.ignored);
    case "unopened":
      return tell(say.unopened);
    case "notRemoved":
      return tell(say.notRemoved);
    case "dropped":
      return say.dropped(wantedText(change.wanted, wording), sentence(change.why));
  }
}

/** What somebody wants changed, as an order. */
export function wantedText(wanted: PendingChange["wanted"], wording: Wording): string {
  const { words } = wording;
  const say = words.group.wanted;
  switch (wanted.kind) {
    case "add":
      return say.add(peopleOf(wanted.who, wording));
    case "remove":
      return say.remove(peopleOf(wanted.who, wording));
    case "role":
      return say.role(peopleOf([wanted.who], wording), words.group.given[wanted.role]);
    case "refound":
      return wanted.without.length === 0 ? say.refound : say.refoundWithout(peopleOf(wanted.without, wording));
    case "rules":
    case "keys":
    case "leave":
      return say[wanted.kind];
  }
}

export const TIMERS = [0, 3600, 86_400, 604_800, 2_419_200] as const;

/** After how long messages disappear, as the end of a sentence; for any time but never. */
export function timerText(seconds: number, { words, format }: Pick<Wording, "words" | "format">): string {
  const say = words.group.rules;
  const named: Record<number, string> = { 3600: say.hour, 86_400: say.day, 604_800: say.week, 2_419_200: say.month };
  return named[seconds] ?? say.after(format.duration(seconds));
}

/** From the most to the least that one may do. */
export const ROLES: readonly Role[] = ["owner", "admin", "member", "reader"];
