import { shownName } from "@pli/engine/content";
import { shortId } from "../../contact.ts";
import { EXIT } from "../../exit.ts";
import { findGroup } from "../../group/find.ts";
import { timerSentence } from "../../group/history.ts";
import { sayEach } from "../../group/questions.ts";
import { groupEvent, groupLines, groupListed, joiningText, stateText } from "../../group/show.ts";
import { found } from "../../home.ts";
import { extra } from "../../line/errors.ts";
import { lineColumns } from "../../context.ts";
import { cutName, readerOf } from "../../naming.ts";
import { columnsOf, cut } from "../../text/width.ts";
import type { Subcommand } from "../subcommand.ts";
import { ofGroup } from "./change.ts";

/** Lists the groups of this person, and the groups that others ask them to come into. */
export const list: Subcommand<{ what: "list" }> = {
  what: "list",
  acts: false,
  read: (words) => extra(words, 0) ?? { what: "list" },
  run: async ({ context, api, me }) => {
    const { words, style } = context;
    const groups = (await api.read("conversations", {})).filter(({ kind }) => kind === "group");
    for (const one of groups) {
      context.emit(groupListed(one));
      const facts = [
        one.members === undefined ? "" : words.group.members(one.members),
        one.role === undefined ? "" : words.group.roles[one.role],
        joiningText(words, one) ?? stateText(words, one, one.writable),
        one.timer === undefined ? "" : timerSentence(words, one.timer),
      ];
      const about = `${shortId(one.id)}  ${facts.filter((fact) => fact !== "").join(", ")}`;
      const columns = lineColumns(context.world);
      const name = cutName(shownName(one.name), columns / 2);
      context.say(`${style.bold(name)}  ${style.dim(cut(about, columns - columnsOf(name) - 2))}`);
    }
    const open = (await api.read("groupQuestions", {})).filter(({ over }) => over === undefined);
    if (groups.length === 0 && open.length === 0) context.say(words.group.none);
    await sayEach(context, api, me, open);
    return EXIT.done;
  },
};

export const show: Subcommand<{ what: "show"; group: string }> = {
  what: "show",
  acts: false,
  read: ofGroup((group, words) => extra(words, 0) ?? { what: "show", group }),
  run: async ({ context, api, me }, action) => {
    const group = await found(api, () => findGroup(context, api, action.group));
    context.emit(groupEvent(group));
    const reader = await readerOf(api, me, group.id);
    for (const line of groupLines(context, group, reader, lineColumns(context.world))) context.say(line);
    return EXIT.done;
  },
};
