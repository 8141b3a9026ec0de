import type { ConversationView, GroupView, MessageView, PendingChange, PliApi } from "@pli/engine/api";
import { nameForQuotes, shownName } from "@pli/engine/content";
import { shortId } from "../contact.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import type { GroupAction } from "../group/action.ts";
import { changeSentence, timerSentence } from "../group/history.ts";
import { createGroup, findGroup, perform, type Asked, type GroupChangeAction } from "../group/perform.ts";
import { groupEvent, groupLines, groupListed, joiningText, pendingFields, stateText, waitOf } from "../group/show.ts";
import { findQuestion, sayEach } from "../group/questions.ts";
import { newestOrder, untilInEffect } from "../group/wait.ts";
import { found, settled, withProfile, type Profile } from "../home.ts";
import { emitMessage, lineColumns } from "../message.ts";
import { cutName, readerOf, type Reader } from "../naming.ts";
import { leaving } from "../parting.ts";
import { columnsOf, cut, wrap } from "../text/width.ts";

/** An invitation into a large group takes a while to leave. */
const OUT_MS = 60_000;

type Kind = PendingChange["wanted"]["kind"];

/** How the engine calls what a subcommand asks for; undefined for what is done at once. */
const KINDS: Record<GroupChangeAction["what"], Kind | undefined> = {
  add: "add",
  remove: "remove",
  role: "role",
  rename: "rules",
  describe: "rules",
  rules: "rules",
  picture: "rules",
  keys: "keys",
  leave: "leave",
  refound: "refound",
  cancel: undefined,
  delete: undefined,
};

/** `pli group …`: looks at a group or changes it, and says what came of it. */
export function group(context: Context, command: { action: GroupAction; wait: boolean }): Promise<ExitCode> {
  const { action, wait } = command;
  const reads = action.what === "list" || action.what === "show" || action.what === "questions";
  const work = async (api: PliApi, me: Profile): Promise<ExitCode> => {
    await settled(context, api);
    switch (action.what) {
      case "list":
        return list(context, api, me);
      case "show":
        return show(context, api, me, await found(api, () => findGroup(context, api, action.group)));
      case "create":
        return create(context, api, me, { action, wait });
      case "questions":
        return questions(context, api, me);
      case "accept":
        return accept(context, api, me, { ...action, wait });
      case "decline":
        return decline(context, api, action.question);
      case "asking":
        return asking(context, api, action.on);
      default:
        return change(context, api, me, { action, wait });
    }
  };
  return withProfile(context, work, { acts: !reads });
}

async function list(context: Context, api: PliApi, me: Profile): Promise<ExitCode> {
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
}

async function questions(context: Context, api: PliApi, me: Profile): Promise<ExitCode> {
  const all = await api.read("groupQuestions", {});
  await sayEach(context, api, me, all);
  if (all.length === 0) context.say(context.words.group.questions.none);
  return EXIT.done;
}

/**
 * Says yes. With `wait` the command ends once this person is in the group; without, at once.
 * Joining continues in both cases.
 */
async function accept(
  context: Context,
  api: PliApi,
  me: Profile,
  { question: query, wait }: { question: string; wait: boolean },
): Promise<ExitCode> {
  const { words, world } = context;
  const question = await found(api, () => findQuestion(context, api, query));
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
}

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

async function decline(context: Context, api: PliApi, query: string): Promise<ExitCode> {
  const question = await found(api, () => findQuestion(context, api, query));
  await api.answerGroupQuestion({ question: question.id, accept: false });
  context.emit({ event: "answer", question: question.id, accept: false, state: "done" });
  context.say(context.words.group.questions.declined);
  return EXIT.done;
}

async function asking(context: Context, api: PliApi, on: boolean | undefined): Promise<ExitCode> {
  if (on !== undefined) await api.changeSettings({ askBeforeGroups: on });
  const { askBeforeGroups } = await api.read("settings", {});
  context.emit({ event: "asking", on: askBeforeGroups });
  context.say(context.words.group.questions.asking[askBeforeGroups ? "on" : "off"]);
  return EXIT.done;
}

async function show(context: Context, api: PliApi, me: Profile, shown: GroupView): Promise<ExitCode> {
  context.emit(groupEvent(shown));
  const reader = await readerOf(api, me, shown.id);
  for (const line of groupLines(context, shown, reader, lineColumns(context.world))) context.say(line);
  return EXIT.done;
}

/** What is asked has these to be told by: where, and what it is called there. */
interface Followed {
  asked: Asked;
  kind: Kind;
  name: string;
  before: number;
  /** How many notes of this device to others waited before. */
  notes: number;
  wait: boolean;
}

async function create(
  context: Context,
  api: PliApi,
  me: Profile,
  p: { action: Extract<GroupAction, { what: "create" }>; wait: boolean },
): Promise<ExitCode> {
  const notes = await notesWaiting(api);
  const asked = await found(api, () => createGroup(context, api, p.action));
  const made = await api.read("group", { id: asked.conversation });
  if (made !== undefined) context.emit(groupEvent(made));
  return follow(context, api, me, { asked, kind: "add", name: p.action.name, before: -1, notes, wait: p.wait });
}

async function change(
  context: Context,
  api: PliApi,
  me: Profile,
  p: { action: GroupChangeAction; wait: boolean },
): Promise<ExitCode> {
  const group = await found(api, () => findGroup(context, api, p.action.group));
  const before = await newestOrder(api, group.id);
  const notes = await notesWaiting(api);
  const asked = await found(api, () => perform(context, api, group, p.action));
  const kind = KINDS[p.action.what];
  if (kind !== undefined)
    return follow(context, api, me, { asked, kind, name: group.name, before, notes, wait: p.wait });
  context.emit({ event: "change", group: group.name, groupId: group.id, state: "done" });
  context.say(context.words.group.done[p.action.what === "delete" ? "delete" : "cancel"]);
  return EXIT.done;
}

/** Waits until it is in effect, unless nobody wants to, and says in words what happened. */
async function follow(context: Context, api: PliApi, me: Profile, p: Followed): Promise<ExitCode> {
  const { words, world } = context;
  const { conversation, change: id } = p.asked;
  const about = { event: "change", group: p.name, groupId: conversation, ...(id !== undefined && { change: id }) };
  if (!p.wait) {
    context.emit({ ...about, state: "wanted" });
    context.say(words.group.asked);
    return EXIT.done;
  }
  const waiting = (open: PendingChange, shown: GroupView): void => {
    context.emit({ ...about, ...pendingFields(open), state: "waiting" });
    context.note(context.style.dim(words.group.waits[waitOf(shown, open)]));
  };
  const lines = await untilInEffect(context, api, { ...p, waiting });
  const out = lines === undefined ? "interrupted" : await untilOut(context, api, p.notes);
  if (lines === undefined || out === "interrupted") {
    context.emit({ ...about, state: "wanted" });
    world.stderr.write(context.globals.json ? "" : `${words.group.stillWanted}\n`);
    return EXIT.interrupted;
  }
  sayLines(context, me, { ...p, reader: await readerOf(api, me, conversation) }, lines);
  context.emit({ ...about, state: out });
  return EXIT.done;
}

/**
 * Waits until all that it takes for the others to act on a change is with the store: invitations
 * above all. `wanted`: it takes too long, or the store is gone; the rest leaves later.
 */
async function untilOut(context: Context, api: PliApi, before: number): Promise<"done" | "wanted" | "interrupted"> {
  const left = await leaving(context, api, OUT_MS);
  if (left === undefined) return "interrupted";
  return left.changes === 0 && left.notes <= before ? "done" : "wanted";
}

const notesWaiting = async (api: PliApi): Promise<number> => (await api.read("status", {})).waiting.notes;

/** What the history says of it; what leaves no line there is said all the same. */
function sayLines(
  context: Context,
  me: Profile,
  p: Followed & { reader: Reader },
  lines: readonly MessageView[],
): void {
  const { words, say, world } = context;
  const { conversation } = p.asked;
  for (const line of lines) {
    emitMessage(context, line, { kind: "group", id: conversation, name: p.name, conversation }, me);
    if (line.body.kind === "change")
      for (const part of wrap(changeSentence(words, line, line.body.change, p.reader), lineColumns(world))) say(part);
  }
  if (lines.length === 0) say(words.group.done[p.kind]);
}
