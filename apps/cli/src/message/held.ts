import type { MessageView, PliApi } from "@pli/engine/api";

/** Asks for the messages that these lines say were not kept. Gives the number of lines. */
export async function askForHeld(api: PliApi, messages: readonly MessageView[]): Promise<number> {
  const held = messages.filter(({ body }) => body.kind === "held" && body.mayAsk);
  for (const { id } of held) await api.askForHeld({ message: id });
  return held.length;
}
