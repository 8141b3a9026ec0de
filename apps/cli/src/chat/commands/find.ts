import { isInThread } from "../state.ts";
import type { ChatCommand } from "./command.ts";

/**
 * Shows the newest message with these words. Without words, or with the same words again, shows the
 * message before the last hit.
 */
export const find: ChatCommand = {
  word: "/find",
  run: async ({ api, ui, context, thread }, typed) => {
    const { chat: say } = context.words;
    const { found: last, chosen } = ui.state;
    if (!isInThread(ui.state) || chosen === undefined) return ui.update({ notice: say.here });
    const text = typed === "" ? last?.text : typed;
    if (text === undefined) return ui.update({ notice: say.needText });
    const previous = last?.conversation === chosen && last.text === text ? { before: last.order } : undefined;
    const [hit] = await api.search({ text, conversation: chosen, limit: 1, ...previous });
    if (hit === undefined) return ui.update({ notice: previous === undefined ? say.foundNothing : say.foundNoOlder });
    const { order } = hit.message;
    ui.update({ screen: "thread", notice: say.found, found: { conversation: chosen, text, order } });
    thread.show(order);
  },
};
