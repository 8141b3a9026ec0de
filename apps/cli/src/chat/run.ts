/** Runs the interactive chat: conversations, a thread, invitations, all by keyboard. */
import type { PliApi } from "@pli/engine/api";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { Failure } from "../failure.ts";
import { withProfile } from "../home.ts";
import { createChat, type Chat } from "./chat.ts";
import { createCountdown } from "./countdown.ts";
import { press } from "./keys.ts";
import { openWindow } from "./window.ts";

export async function chat(context: Context): Promise<ExitCode> {
  const { stdin, stdout } = context.world;
  if (context.globals.json || !stdin.isTerminal || !stdout.isTerminal)
    throw new Failure("request_malformed", { advice: context.words.advice.terminal });
  return withProfile(context, async (api, _me, lost) => {
    await untilLeft(context, api, lost);
    return EXIT.done;
  });
}

/**
 * Resolves when the person leaves, and rejects with `lost`. In both cases the terminal is as it was
 * before.
 */
async function untilLeft(context: Context, api: PliApi, lost: Promise<never>): Promise<void> {
  const over = Promise.withResolvers<void>();
  const window = openWindow(context.world);
  const running = createChat(context, api, { show: window.show, quit: over.resolve });
  const stop = follow(running);
  running.ui.redraw();
  try {
    await Promise.race([over.promise, lost]);
    running.conversations.leave();
    await running.drafts.saved();
  } finally {
    stop();
    window.close();
  }
}

/** Follows the engine, the terminal and the keyboard until the returned function is called. */
function follow(running: Chat): () => void {
  const { api, ui, context } = running;
  const { world } = context;
  const countdown = createCountdown(world.clock, ui);
  const stops = [
    api.watch("status", {}, (status) => {
      ui.update({ status });
      countdown.start();
    }),
    api.watch("conversations", {}, running.conversations.heard),
    api.watch("contacts", {}, (contacts) => ui.update({ contacts })),
    api.watch("pairings", {}, (pairings) => ui.update({ pairings })),
    api.watch("groupQuestions", {}, (questions) => ui.update({ questions })),
    world.stdout.onResize(ui.redraw),
    world.onInterrupt(running.quit),
    world.stdin.keys((key) => press(running, key)),
    running.thread.close,
    running.pairing.close,
    countdown.stop,
  ];
  return () => stops.forEach((stop) => stop());
}
