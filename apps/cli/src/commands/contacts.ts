import { shownName } from "@pli/engine/content";
import { contactFields, dots, shortId } from "../contact.ts";
import { lineColumns, type Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withProfile } from "../home.ts";
import { extra } from "../line/errors.ts";
import { columnsOf, fit, wrap } from "../text/width.ts";
import type { Command } from "./command.ts";

const WIDEST_NAME = 32;

/** Lists contacts by name, with the groups that each shares with this person. */
export const contacts: Command<"contacts"> = {
  name: "contacts",
  read: (words) => extra(words, 0) ?? {},
  run: list,
};

function list(context: Context): Promise<ExitCode> {
  const { emit, say, words, style, world } = context;
  return withProfile(context, async (api) => {
    const list = await api.read("contacts", {});
    const widest = Math.max(0, ...list.map(({ name }) => columnsOf(shownName(name))));
    for (const contact of list) {
      const groups = await api.read("groupsWith", { contact: contact.id });
      emit({
        event: "contact",
        ...contactFields(contact),
        conversation: contact.conversation,
        blocked: contact.blocked,
        groups: groups.map((group) => ({ name: group.name, id: group.id })),
      });
      const width = Math.min(widest, WIDEST_NAME);
      const name = fit(shownName(contact.name), width);
      const notes = [words.levels[contact.level], ...(contact.blocked ? [words.contacts.isBlocked] : [])].join(", ");
      const shared =
        groups.length === 0 ? "" : `  ${words.contacts.groups(groups.map((group) => shownName(group.name)))}`;
      const about = `${shortId(contact.id)}  ${notes}${shared}`;
      const margin = width + 7;
      const [first = "", ...rest] = wrap(about, lineColumns(world) - margin);
      say(`${style.accent(dots(contact.level))}  ${style.bold(name)}  ${style.dim(first)}`);
      for (const line of rest) say(" ".repeat(margin) + style.dim(line));
    }
    if (list.length === 0) say(words.contacts.none);
    return EXIT.done;
  });
}
