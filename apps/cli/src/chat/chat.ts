/** What the interactive chat is made of. */
import type { PliApi } from "@pli/engine/api";
import type { Context } from "../context.ts";
import { createConversations, type Conversations } from "./conversations.ts";
import { createDrafts, type Drafts } from "./drafts.ts";
import type { Picture } from "./draw/draw.ts";
import { createPairingScreen, type PairingScreen } from "./pairing.ts";
import { createThread, type Thread } from "./thread/thread.ts";
import { createUi, type Ui } from "./ui.ts";

export interface Chat {
  readonly context: Context;
  readonly api: PliApi;
  readonly ui: Ui;
  readonly drafts: Drafts;
  readonly thread: Thread;
  readonly conversations: Conversations;
  readonly pairing: PairingScreen;
  /** Ends the chat. */
  quit(): void;
}

export function createChat(
  context: Context,
  api: PliApi,
  { show, quit }: { show: (picture: Picture) => void; quit: () => void },
): Chat {
  const ui = createUi(context, show);
  const drafts = createDrafts(api, ui);
  const thread = createThread({ context, api, ui });
  const conversations = createConversations({
    words: context.words,
    clock: context.world.clock,
    api,
    ui,
    thread,
    drafts,
  });
  const pairing = createPairingScreen({ api, ui, words: context.words, conversations });
  return { context, api, ui, drafts, thread, conversations, pairing, quit };
}
