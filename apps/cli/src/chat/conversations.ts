/** Opens conversations and leaves them, with their drafts. */
import type { ConversationView, PliApi } from "@pli/engine/api";
import type { Clock } from "@pli/engine/ports";
import { joined, type Drafts } from "./drafts.ts";
import { editorOf, EMPTY, textOf } from "./editor.ts";
import { isInThread } from "./state.ts";
import type { Thread } from "./thread/thread.ts";
import type { Ui } from "./ui.ts";
import type { Words } from "../words/index.ts";

/** After the last key. */
const KEEP_MS = 1_000;

export interface Conversations {
  /** Opens a conversation at once, so that the next key belongs to it. */
  open(conversation: string | undefined): void;
  /** Opens the next conversation of the list, or with -1 the previous one. */
  openNext(step: 1 | -1): void;
  /** Keeps what was begun as a draft. A command is not kept. */
  leave(): void;
  /** The same a moment after a key, so that other devices have it while it is written. */
  typed(): void;
  /** The engine's list has come. A field that nobody changed shows what another device began. */
  heard(all: readonly ConversationView[]): void;
  /** Sends what was written in the open conversation. */
  send(conversation: string, text: string): Promise<void>;
}

export function createConversations(deps: {
  words: Words;
  clock: Pick<Clock, "after">;
  api: PliApi;
  ui: Ui;
  thread: Thread;
  drafts: Drafts;
}): Conversations {
  const { words, api, thread, drafts } = deps;
  const { state, update } = deps.ui;
  let stop = (): void => {};

  function open(conversation: string | undefined): void {
    const isLocked = state.conversations.some(({ id, locked }) => id === conversation && locked);
    if (isLocked) return update({ notice: words.conversation.openHow });
    if (conversation === undefined || (state.screen === "thread" && conversation === state.chosen)) return;
    leave();
    update({
      screen: "thread",
      chosen: conversation,
      messages: [],
      hasOlder: false,
      hasNewer: false,
      group: undefined,
      scrolled: 0,
      editor: editorOf(drafts.of(conversation)),
    });
    thread.open();
  }

  function openNext(step: 1 | -1): void {
    const all = state.conversations.filter(({ locked }) => !locked);
    const at = all.findIndex(({ id }) => id === state.chosen);
    if (all.length > 0) open(all[(at + step + all.length) % all.length]?.id);
  }

  function leave(): void {
    thread.close();
    keep();
  }

  function keep(): void {
    stop();
    const text = textOf(state.editor);
    if (isInThread(state) && state.chosen !== undefined) drafts.keep(state.chosen, text.startsWith("/") ? "" : text);
  }

  function typed(): void {
    if (!isInThread(state)) return;
    stop();
    stop = deps.clock.after(KEEP_MS, keep);
  }

  function heard(conversations: readonly ConversationView[]): void {
    const chosen = state.chosen ?? conversations[0]?.id;
    const before = isInThread(state) && chosen !== undefined ? drafts.of(chosen) : undefined;
    update({ conversations, chosen });
    drafts.heard();
    if (before === undefined || chosen === undefined || textOf(state.editor) !== before) return;
    const now = drafts.of(chosen);
    if (now !== before) update({ editor: editorOf(now) });
  }

  async function send(conversation: string, text: string): Promise<void> {
    stop();
    update({ editor: EMPTY });
    thread.toNewest();
    const draft = drafts.of(conversation);
    await api.sendText({ conversation, text, ...(draft !== "" && { draft }) }).catch((thrown: unknown) => {
      giveBack(conversation, text);
      throw thrown;
    });
  }

  /** A text that could not be sent can be mended, before what was written since. */
  function giveBack(conversation: string, text: string): void {
    if (isInThread(state) && state.chosen === conversation)
      update({ editor: editorOf(joined(text, textOf(state.editor))) });
    else drafts.putBefore(conversation, text);
  }

  return { open, openNext, leave, typed, heard, send };
}
