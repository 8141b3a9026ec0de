/** How what was said before comes to a device that was linked. */
import type { HistoryView, PliApi } from "@pli/engine/api";
import type { Context } from "../context.ts";

type Incoming = NonNullable<HistoryView["incoming"]>;

/** Without news for so long, it is left to the next command. */
const PATIENCE_MS = 30_000;

/**
 * Says how much is here, each time that another tenth is, until it is complete or nothing has come
 * for a while.
 */
export async function followHistory({ emit, say, words, world }: Context, api: PliApi): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let cancel = (): void => {};
  let shown = "";
  const stop = api.watch("history", {}, ({ incoming }) => {
    cancel();
    if (incoming === undefined || incoming.step === "complete" || incoming.step === "gone") resolve();
    else cancel = world.clock.after(PATIENCE_MS, resolve);
    const now = incoming === undefined ? shown : `${incoming.step} ${tenths(incoming)}`;
    if (incoming === undefined || now === shown) return;
    shown = now;
    emit({ event: "history", ...historyFields(incoming) });
    say(words.devices.history(incoming));
  });
  await promise.finally(() => {
    cancel();
    stop();
  });
}

const tenths = ({ messages, messagesDone }: Incoming): number =>
  messages === 0 ? 0 : Math.floor((10 * messagesDone) / messages);

/** A history in JSON: the shape of docs/cli.md. */
export const historyFields = (incoming: Incoming) => ({
  from: incoming.from,
  step: incoming.step,
  messages: incoming.messages,
  messagesDone: incoming.messagesDone,
  conversations: incoming.conversations,
  conversationsDone: incoming.conversationsDone,
});
