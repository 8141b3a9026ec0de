import type { ConversationView, PliApi } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import type { Context } from "../../context.ts";
import { EXIT } from "../../exit.ts";
import { findQuestion, sayEach, setAsking } from "../../group/questions.ts";
import { found } from "../../home.ts";
import { extra, isUsageError } from "../../line/errors.ts";
import { switchFrom } from "../../line/values.ts";
import { readerOf } from "../../naming.ts";
import type { Subcommand } from "../subcommand.ts";
import { atLeastOne } from "./change.ts";

export const questions: Subcommand<{ what: "questions" }> = {
  what: "questions",
  acts: false,
  read: (words) => extra(words, 0) ?? { what: "questions" },
  run: async ({ context, api, me }) => {
    const all = await api.read("groupQuestions", {});
    await sayEach(context, api, me, all);
    if (all.length === 0) context.say(context.words.group.questions.none);
    return EXIT.done;
  },
};

/** Says yes, and waits until this person is in the group. Joining continues in any case. */
export const accept: Subcommand<{ what: "accept"; question: string }> = {
  what: "accept",
  acts: true,
  read: (words) => atLeastOne(words, "QUESTION") ?? { what: "accept", question: words.join(" ") },
  run: async ({ context, api, me, wait }, action) => {
    const { words, world } = context;
    const question = await found(api, () => findQuestion(context, api, action.question));
    const before = new Set((await api.read("conversations", {})).map(({ id, state }) => `${id} ${state}`));
    await api.answerGroupQuestion({ question: question.id, accept: true });
    const answered = { event: "answer", question: question.id, accept: true };
    const reader = await readerOf(api, me);
    context.note(context.style.dim(words.group.questions.accepted(reader.nameOf(question.from))));
    const came = wait ? await untilIn(context, api, before) : undefined;
    context.emit({ ...answered, ...(came && { group: came.name, groupId: came.id }), state: came ? "done" : "wanted" });
    if (came !== undefined) context.say(words.group.questions.in(nameForQuotes(came.name)));
    if (came !== undefined || !wait) return EXIT.done;
    world.stderr.write(context.globals.json ? "" : `${words.group.stillWanted}\n`);
    return EXIT.interrupted;
  },
};

/** The group that this person has come into; undefined when interrupted. */
async function untilIn(
  context: Context,
  api: PliApi,
  before: ReadonlySet<string>,
): Promise<ConversationView | undefined> {
  const over = Promise.withResolvers<ConversationView | undefined>();
  const stops = [
    context.world.onInterrupt(() => over.resolve(undefined)),
    api.watch("conversations", {}, (all) => {
      const came = all.find(
        ({ id, kind, state }) => kind === "group" && state === "ready" && !before.has(`${id} ready`),
      );
      if (came !== undefined) over.resolve(came);
    }),
  ];
  const came = await over.promise;
  for (const stop of stops) stop();
  return came;
}

export const decline: Subcommand<{ what: "decline"; question: string }> = {
  what: "decline",
  acts: true,
  read: (words) => atLeastOne(words, "QUESTION") ?? { what: "decline", question: words.join(" ") },
  run: async ({ context, api }, action) => {
    const question = await found(api, () => findQuestion(context, api, action.question));
    await api.answerGroupQuestion({ question: question.id, accept: false });
    context.emit({ event: "answer", question: question.id, accept: false, state: "done" });
    context.say(context.words.group.questions.declined);
    return EXIT.done;
  },
};

/** Says or changes whether contacts ask before they add this person to a group. */
export const asking: Subcommand<{ what: "asking"; on: boolean | undefined }> = {
  what: "asking",
  acts: true,
  read: (words) => {
    const asked = switchFrom(words);
    return isUsageError(asked) ? asked : { what: "asking", ...asked };
  },
  run: async ({ context, api }, action) => {
    const on = await setAsking(api, action.on);
    context.emit({ event: "asking", on });
    context.say(context.words.group.questions.asking[on ? "on" : "off"]);
    return EXIT.done;
  },
};
