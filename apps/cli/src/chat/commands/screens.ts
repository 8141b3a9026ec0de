import { goBack } from "../back.ts";
import { screenBehindHelp } from "../state.ts";
import type { ChatCommand } from "./command.ts";

export const help: ChatCommand = {
  word: "/help",
  run: ({ ui }) => ui.update({ screen: "help", behind: screenBehindHelp(ui.state), scrolled: 0 }),
};

export const quit: ChatCommand = { word: "/quit", run: (chat) => chat.quit() };

/** Like Escape, but an invitation is left for later, not cancelled. */
export const back: ChatCommand = {
  word: "/back",
  run: (chat) => (chat.ui.state.screen === "pairing" ? chat.pairing.leave() : goBack(chat)),
};

export const reconnect: ChatCommand = { word: "/reconnect", run: ({ api }) => api.reconnect() };
