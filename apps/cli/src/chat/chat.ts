import type { PairingView, PliApi } from "@pli/engine/api";
import { shownName } from "@pli/engine/content";
import { failureSentence } from "../words/failures.ts";
import { parseCommandLine } from "../arguments.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { codeOf, Failure } from "../failure.ts";
import type { GroupAction } from "../group/action.ts";
import { findQuestion } from "../group/questions.ts";
import { createGroup, findGroup, perform, type Asked, type GroupChangeAction } from "../group/perform.ts";
import { askForHeld } from "../commands/conversation.ts";
import { findInvitation } from "../commands/invitations.ts";
import { withProfile } from "../home.ts";
import { createReader } from "../naming.ts";
import { codeOfPairing, nextUnderWay, plainDigits, putAwayEnded, underWay } from "../pairing.ts";
import { oneLine } from "../text/safe.ts";
import { splitWords } from "../text/split.ts";
import type { Key } from "../world.ts";
import { chosenOf, draw, matching, pageRows, questionNotice, withinPage } from "./draw.ts";
import { edit, editorOf, EMPTY, textOf } from "./editor.ts";
import type { ChatState } from "./state.ts";
import { usageSentence } from "../words/usage.ts";
import { createThread } from "./thread.ts";
import { openWindow } from "./window.ts";

const ESCAPE = "escape";

type QuestionAction = Extract<GroupAction, { question: string }>;

/**
 * The interactive chat: conversations, a thread with what arrives, invitations; all by keyboard.
 */
export async function chat(context: Context): Promise<ExitCode> {
  const { stdin, stdout } = context.world;
  if (context.globals.json || !stdin.isTerminal || !stdout.isTerminal)
    throw new Failure("request_malformed", { advice: context.words.advice.terminal });
  return withProfile(context, async (api, _me, lost) => {
    await createChat(context, api).run(lost);
    return EXIT.done;
  });
}

/**
 * `run` resolves when the person leaves, and rejects with `lost`. Either way the terminal is as it
 * was.
 */
function createChat(context: Context, api: PliApi): { run(lost: Promise<never>): Promise<void> } {
  const { words, world, globals } = context;
  const over = Promise.withResolvers<void>();
  const state: ChatState = {
    screen: "list",
    behind: "list",
    status: undefined,
    conversations: [],
    contacts: [],
    reader: createReader({ profile: undefined, contacts: [] }),
    chosen: undefined,
    messages: [],
    hasOlder: false,
    hasNewer: false,
    group: undefined,
    pairings: [],
    questions: [],
    pairing: undefined,
    editor: EMPTY,
    scrolled: 0,
    notice: "",
    leaving: false,
  };
  /** What was begun in each conversation here; what the engine has of it is older. */
  const drafts = new Map<string, string>();
  let lastSave: Promise<unknown> = Promise.resolve();
  /** Counted, so that what was begun for one that was left is not shown. */
  let pairingsShown = 0;
  let stopPairing = (): void => {};
  let stopCounting = (): void => {};
  /** What was looked for last, and where it was found. */
  let found: { conversation: string; text: string; order: number } | undefined;
  let redraw = (): void => {};
  const thread = createThread({ context, api, state, update, attempt });

  async function run(lost: Promise<never>): Promise<void> {
    const window = openWindow(world);
    redraw = () => window.show(draw(context, state));
    const stops = [
      api.watch("status", {}, (status) => {
        update({ status });
        countDown();
      }),
      api.watch("conversations", {}, (conversations) =>
        update({ conversations, chosen: state.chosen ?? conversations[0]?.id }),
      ),
      api.watch("contacts", {}, (contacts) => update({ contacts })),
      api.watch("pairings", {}, (pairings) => update({ pairings })),
      api.watch("groupQuestions", {}, (questions) => update({ questions })),
      world.stdout.onResize(() => redraw()),
      world.onInterrupt(() => over.resolve()),
      world.stdin.keys((key) => press(key)),
    ];
    redraw();
    try {
      await Promise.race([over.promise, lost]);
      leaveThread();
      await lastSave;
    } finally {
      for (const stop of [...stops, thread.close, stopPairing, stopCounting]) stop();
      window.close();
    }
  }

  function update(change: Partial<ChatState>): void {
    Object.assign(state, change);
    if (["status", "contacts", "conversations", "group"].some((named) => named in change))
      state.reader = createReader({ ...state, profile: state.status?.profile });
    redraw();
    if ("screen" in change) thread.seen();
  }

  /** The seconds until a store is called again are shown. */
  function countDown(): void {
    stopCounting();
    if (state.status?.connection.nextTry === undefined && state.pairing?.waitsFor?.nextTry === undefined) return;
    stopCounting = world.clock.after(1000, () => {
      redraw();
      countDown();
    });
  }

  /** Does something that may fail; a failure is said in words on the line below. */
  function attempt(work: () => Promise<unknown>): void {
    work().catch((thrown: unknown) => {
      const advice = thrown instanceof Failure && thrown.advice !== undefined ? ` ${oneLine(thrown.advice)}` : "";
      update({ notice: failureSentence(globals.language, codeOf(thrown)) + advice });
    });
  }

  function press(key: Key): void {
    state.notice = "";
    if (key.ctrl && (key.name === "c" || key.name === "d")) return over.resolve();
    if (key.name === ESCAPE) return attempt(goBack);
    state.leaving = false;
    if (key.name === "return" && !key.meta) return attempt(enter);
    if (key.name === "tab") return openNext(key.shift ? -1 : 1);
    if (key.name === "up" || key.name === "down") return arrow(key.name === "up" ? -1 : 1);
    if (key.name === "pageup" || key.name === "pagedown")
      return scroll((key.name === "pageup" ? 1 : -1) * pageRows(context));
    if (key.ctrl && (key.name === "home" || key.name === "end")) return leap(key.name);
    const editor = edit(state.editor, key);
    if (editor === undefined) return;
    update({ editor });
    if (state.screen === "list") keepChosenAmongMatching();
  }

  /** To the oldest or the newest message. */
  function leap(end: "home" | "end"): void {
    if (state.screen === "thread") (end === "home" ? thread.toOldest : thread.toNewest)();
  }

  async function enter(): Promise<void> {
    const text = textOf(state.editor);
    if (text.startsWith("/")) return command(text.trim());
    if (state.screen === "pairing") return typeDigits(text);
    if (state.screen === "list") return open(matching(state).find(({ id }) => id === state.chosen)?.id);
    if (state.screen !== "thread" || state.chosen === undefined || text.trim() === "") return;
    const conversation = state.chosen;
    update({ editor: EMPTY });
    thread.toNewest();
    const draft = keptDraft(conversation);
    await api.sendText({ conversation, text, ...(draft !== "" && { draft }) }).catch((thrown: unknown) => {
      giveBack(conversation, text);
      throw thrown;
    });
  }

  /** What could not be sent is there to be written again, before what was written meanwhile. */
  function giveBack(conversation: string, text: string): void {
    const before = (later: string): string => (later === "" ? text : `${text}\n${later}`);
    if (inThread() && state.chosen === conversation) return update({ editor: editorOf(before(textOf(state.editor))) });
    saveDraft(conversation, before(drafts.get(conversation) ?? ""));
  }

  async function goBack(): Promise<void> {
    if (state.screen === "help") return update({ screen: state.behind, scrolled: 0 });
    if (state.screen === "pairing") return cancelPairing();
    if (state.screen === "group") return update({ screen: "thread", scrolled: 0 });
    leaveThread();
    update({ screen: "list", editor: EMPTY });
  }

  async function cancelPairing(): Promise<void> {
    const { pairing } = state;
    if (!state.leaving) return update({ leaving: true });
    leavePairing();
    if (pairing !== undefined) await api.cancelPairing({ pairing: pairing.id });
  }

  /** At once, so that the next key belongs to this conversation. */
  function open(conversation: string | undefined): void {
    if (conversation === undefined || (state.screen === "thread" && conversation === state.chosen)) return;
    leaveThread();
    update({
      screen: "thread",
      chosen: conversation,
      messages: [],
      hasOlder: false,
      hasNewer: false,
      group: undefined,
      scrolled: 0,
      editor: editorOf(keptDraft(conversation)),
    });
    thread.open();
  }

  /** What was begun there, as it was last kept. */
  function keptDraft(conversation: string): string {
    return drafts.get(conversation) ?? state.conversations.find(({ id }) => id === conversation)?.draft ?? "";
  }

  const behindHelp = () => (state.screen === "help" ? state.behind : state.screen);
  /** A conversation is open, whatever stands before it. */
  const inThread = (): boolean => behindHelp() === "thread" || behindHelp() === "group";

  /** What was begun is kept as a draft; a command is not. */
  function leaveThread(): void {
    thread.close();
    const text = textOf(state.editor);
    if (inThread() && state.chosen !== undefined) keepDraft(state.chosen, text.startsWith("/") ? "" : text);
  }

  /**
   * Writes a draft only if it has changed: so everything can be read on a disk that takes nothing
   * more.
   */
  function keepDraft(conversation: string, text: string): void {
    if (text !== keptDraft(conversation)) saveDraft(conversation, text);
  }

  function saveDraft(conversation: string, text: string): void {
    drafts.set(conversation, text);
    lastSave = api.saveDraft({ conversation, text });
    attempt(() => lastSave);
  }

  function openNext(step: number): void {
    const all = state.conversations;
    const at = all.findIndex(({ id }) => id === state.chosen);
    open(all[(at + step + all.length) % all.length]?.id);
  }

  function arrow(step: number): void {
    if (["thread", "group", "help"].includes(state.screen)) return scroll(-step);
    const all = matching(state);
    const at = all.findIndex(({ id }) => id === state.chosen);
    update({ chosen: all[Math.max(0, Math.min(all.length - 1, at + step))]?.id ?? state.chosen });
  }

  function keepChosenAmongMatching(): void {
    const all = matching(state);
    const isTyped = textOf(state.editor) !== "";
    if (isTyped || !all.some(({ id }) => id === state.chosen)) update({ chosen: all[0]?.id ?? state.chosen });
  }

  /** Scrolls up by this number of lines, or down where it is negative. */
  function scroll(by: number): void {
    if (state.screen === "help" || state.screen === "group")
      return update({ scrolled: withinPage(context, state, state.scrolled - by) });
    if (state.screen === "thread") thread.scroll(by);
  }

  async function command(text: string): Promise<void> {
    const [word = "", ...rest] = text.split(" ");
    const argument = rest.join(" ").trim();
    const act = commands[word];
    if (act === undefined) return update({ notice: words.chat.unknownCommand(oneLine(word)) });
    update({ editor: EMPTY });
    await act(argument);
  }

  const commands: Readonly<Record<string, (argument: string) => Promise<void>>> = {
    "/help": async () => update({ screen: "help", behind: behindHelp(), scrolled: 0 }),
    "/quit": async () => over.resolve(),
    "/back": async () => (state.screen === "pairing" ? leavePairing() : goBack()),
    "/reconnect": () => api.reconnect(),
    "/invite": (name) => beginPairing(() => api.createInvitation(name === "" ? {} : { name })),
    "/accept": async (link) => {
      if (link === "") return update({ notice: words.chat.needLink });
      await beginPairing(() => api.acceptInvitation({ link }));
    },
    "/resume": async (query) => {
      const { pairings } = state;
      const wanted = query === "" ? nextUnderWay(pairings) : findInvitation(context, underWay(pairings), query);
      if (wanted === undefined) return update({ notice: words.chat.noInvitation });
      showPairing();
      watchPairing(wanted.id);
    },
    "/clear": async () => {
      const over = await putAwayEnded(api, state.pairings);
      const { cleared, nothingEnded } = words.invitations.chat;
      update({ notice: over.length === 0 ? nothingEnded : cleared });
    },
    "/group": groupCommand,
    "/name": (name) => withContact((contact) => api.nameContact({ contact, name })),
    "/block": () => withContact((contact) => api.block({ contact, blocked: true }), words.chat.blocked),
    "/unblock": () => withContact((contact) => api.block({ contact, blocked: false }), words.chat.unblocked),
    "/find": find,
    "/again": async () => {
      const count = await askForHeld(api, state.messages);
      update({ notice: count === 0 ? words.chat.nothingHeld : words.chat.askedAgain });
    },
    "/resend": async () => {
      for (const { id, state: sent } of state.messages) if (sent === "failed") await api.resend({ message: id });
    },
  };

  /**
   * To the newest message with these words; without words, or with the same again, to the one
   * before it.
   */
  async function find(text: string): Promise<void> {
    const conversation = inThread() ? state.chosen : undefined;
    if (conversation === undefined) return update({ notice: words.chat.here });
    const wanted = text === "" ? found?.text : text;
    if (wanted === undefined) return update({ notice: words.chat.needText });
    const goesOn = found?.conversation === conversation && found.text === wanted;
    const before = goesOn ? { before: found?.order ?? 0 } : {};
    const [hit] = await api.search({ text: wanted, conversation, limit: 1, ...before });
    if (hit === undefined) return update({ notice: goesOn ? words.chat.foundNoOlder : words.chat.foundNothing });
    found = { conversation, text: wanted, order: hit.message.order };
    update({ screen: "thread", notice: words.chat.found });
    thread.show(hit.message.order);
  }

  async function withContact(work: (contact: string) => Promise<void>, notice = ""): Promise<void> {
    const conversation = inThread() ? chosenOf(state) : undefined;
    if (conversation === undefined) return update({ notice: words.chat.here });
    if (conversation.kind === "group") return update({ notice: words.chat.notOfGroups });
    await work(conversation.contact);
    update({ notice });
  }

  /** `/group` shows the open one; with words after it, it is `pli group …` about it. */
  async function groupCommand(argument: string): Promise<void> {
    const [what, ...rest] = splitWords(argument);
    const here = inThread() ? chosenOf(state) : undefined;
    const isAboutOne = !["create", "questions", "accept", "decline", "asking"].includes(what ?? "");
    if (isAboutOne && here?.kind !== "group") return update({ notice: words.chat.hereGroup });
    const about = !isAboutOne || here === undefined ? [] : [here.id];
    const line = parseCommandLine(["group", what ?? "show", ...about, ...rest], {});
    if (!line.ok) return update({ notice: usageSentence(words, line.error) });
    if (line.value.name === "group") await actOnGroup(line.value.action);
  }

  async function actOnGroup(action: GroupAction): Promise<void> {
    if (action.what === "create") return open((await createGroup(context, api, action)).conversation);
    if (action.what === "questions") return update({ notice: questionNotice(context, state) });
    if (action.what === "asking") return setAsking(action.on);
    if (action.what === "accept" || action.what === "decline") return answerQuestion(action);
    if (action.what === "list" || action.what === "show") return update({ screen: "group", scrolled: 0 });
    const asked = await perform(context, api, await findGroup(context, api, action.group), action);
    if (action.what === "delete") {
      thread.close();
      update({ screen: "list", chosen: undefined, editor: EMPTY });
    }
    update({ notice: doneAtOnce(action.what, asked) ?? words.group.asked });
  }

  async function answerQuestion({ what, question: query }: QuestionAction): Promise<void> {
    const question = await findQuestion(context, api, query);
    await api.answerGroupQuestion({ question: question.id, accept: what === "accept" });
    const say = words.group.questions;
    update({ notice: what === "accept" ? say.accepted(state.reader.nameOf(question.from)) : say.declined });
  }

  async function setAsking(on: boolean | undefined): Promise<void> {
    if (on !== undefined) await api.changeSettings({ askBeforeGroups: on });
    const { askBeforeGroups } = await api.read("settings", {});
    update({ notice: words.group.questions.asking[askBeforeGroups ? "on" : "off"] });
  }

  /** One leaves at once where one is alone, or where this device cannot go on. */
  function doneAtOnce(what: GroupChangeAction["what"], { change }: Asked): string | undefined {
    const isDone = what === "delete" || what === "cancel" || (what === "leave" && change === undefined);
    return isDone ? words.group.done[what] : undefined;
  }

  /** Shown at once, so that the next key belongs to it. Left before it was made, it is not made. */
  async function beginPairing(begin: () => Promise<{ pairing: string; own?: true }>): Promise<void> {
    const shown = showPairing();
    try {
      const { pairing, own } = await begin();
      if (own === true) throw new Failure("pairing_with_self");
      if (shown === pairingsShown) watchPairing(pairing);
      else await api.cancelPairing({ pairing });
    } catch (thrown) {
      if (shown === pairingsShown) leavePairing();
      throw thrown;
    }
  }

  function showPairing(): number {
    leaveThread();
    stopPairing();
    update({ screen: "pairing", pairing: undefined, editor: EMPTY, leaving: false });
    return (pairingsShown += 1);
  }

  function watchPairing(id: string): void {
    stopPairing = api.watch("pairing", { id }, (pairing) => attempt(() => followPairing(pairing)));
  }

  /** Leaves the screen. The pairing continues. */
  function leavePairing(): void {
    pairingsShown += 1;
    stopPairing();
    update({ screen: "list", pairing: undefined, editor: EMPTY, leaving: false });
  }

  async function followPairing(pairing: PairingView | undefined): Promise<void> {
    update({ pairing });
    if (pairing?.step !== "paired" && pairing?.step !== "failed") return;
    leavePairing();
    if (pairing.step === "failed") throw new Failure(codeOfPairing(pairing));
    open(pairing.conversation);
    update({ notice: words.pairing.paired(shownName(pairing.peer ?? "")) });
  }

  async function typeDigits(digits: string): Promise<void> {
    if (state.pairing?.step !== "code") return;
    update({ editor: EMPTY });
    await api.typeCode({ pairing: state.pairing.id, digits: plainDigits(digits) });
  }

  return { run };
}
