import { askForHeld } from "../../message/held.ts";
import type { ChatCommand } from "./command.ts";

/** Asks for the messages on the screen that were not kept. */
export const again: ChatCommand = {
  word: "/again",
  run: async ({ api, ui, context }) => {
    const count = await askForHeld(api, ui.state.messages);
    ui.update({ notice: count === 0 ? context.words.chat.nothingHeld : context.words.chat.askedAgain });
  },
};

/** Sends the failed messages on the screen again. */
export const resend: ChatCommand = {
  word: "/resend",
  run: async ({ api, ui }) => {
    for (const { id, state } of ui.state.messages) if (state === "failed") await api.resend({ message: id });
  },
};
