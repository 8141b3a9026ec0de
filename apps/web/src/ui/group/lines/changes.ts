import type { GroupChange, MessageView, PendingChange } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import type { Wording } from "../../wording.ts";
import { peopleOf } from "./people.ts";
import { timerText } from "./timers.ts";

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
  const inForm = <A extends string[]>(forms: Forms<A>, ...rest: A): string => {
    if (message.mine) return forms.self(...rest);
    return message.fromName === ""
      ? forms.none(...rest)
      : forms.by(wording.nameOf({ id: message.from, name: message.fromName }), ...rest);
  };
  const people = (who: Parameters<typeof peopleOf>[0]) => peopleOf(who, wording);
  const isReader = ({ id }: { id: string }) => id === wording.self;
  switch (change.what) {
    case "created":
      return inForm(say.created, nameForQuotes(change.name));
    case "joined":
      return inForm(say.joined);
    case "added":
      return change.who.every(isReader) ? inForm(say.joined) : inForm(say.added, people(change.who));
    case "removed":
      return change.who.some(isReader) ? inForm(say.removedYou) : inForm(say.removed, people(change.who));
    case "left":
      return change.who.some(isReader) ? say.leftYou : say.left(people(change.who), change.who.length);
    case "named":
      return inForm(say.named, nameForQuotes(change.name));
    case "described":
      return inForm(say.described);
    case "pictured":
      return inForm(say.pictured);
    case "role": {
      const given = words.group.given[change.role];
      return isReader(change.who) ? inForm(say.roleYou, given) : inForm(say.role, wording.nameOf(change.who), given);
    }
    case "whoAdds":
      return inForm(say.rule, change.value === "admins" ? say.rules.addsAdmins : say.rules.addsMembers);
    case "whoWrites":
      return inForm(say.rule, change.value === "admins" ? say.rules.writesAdmins : say.rules.writesEveryone);
    case "newcomersRead":
      return inForm(say.rule, change.value === "week" ? say.rules.newcomersWeek : say.rules.newcomersNothing);
    case "timer": {
      const rule = change.seconds === 0 ? say.rules.timerOff : say.rules.timer(timerText(change.seconds, wording));
      return inForm(say.rule, rule);
    }
    case "refounded":
      return change.without.length === 0 ? inForm(say.refounded) : inForm(say.refoundedWithout, people(change.without));
    case "forkRepaired":
      return say.forkRepaired;
    case "ignored":
      return inForm(say.ignored);
    case "unopened":
      return inForm(say.unopened);
    case "notRemoved":
      return inForm(say.notRemoved);
    case "dropped":
      return say.dropped(pendingText(change.operation, wording), sentence(change.why));
  }
}

/** A pending change, as an order. */
export function pendingText(change: PendingChange["operation"], wording: Wording): string {
  const { words } = wording;
  const say = words.group.operation;
  switch (change.kind) {
    case "add":
      return say.add(peopleOf(change.who, wording));
    case "remove":
      return say.remove(peopleOf(change.who, wording));
    case "role":
      return say.role(peopleOf([change.who], wording), words.group.given[change.role]);
    case "successorGroup":
      return change.without.length === 0
        ? say.successorGroup
        : say.successorGroupWithout(peopleOf(change.without, wording));
    case "rules":
    case "keys":
    case "leave":
      return say[change.kind];
  }
}
