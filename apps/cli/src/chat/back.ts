/** Escape and `/back`: to the screen before. */
import type { Chat } from "./chat.ts";
import { EMPTY } from "./editor.ts";

export async function goBack({ ui: { state, update }, pairing, conversations }: Chat): Promise<void> {
  if (state.screen === "help") return update({ screen: state.behind, scrolled: 0 });
  if (state.screen === "pairing") return pairing.cancel();
  if (state.screen === "group") return update({ screen: "thread", scrolled: 0 });
  conversations.leave();
  update({ screen: "list", editor: EMPTY });
}
