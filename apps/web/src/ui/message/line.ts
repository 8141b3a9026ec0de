import type { MessageView } from "@pli/engine/api";
import type { Wording } from "../wording.ts";
import { kindOf } from "./kinds/index.ts";

/** The words of a message without marks, whatever it holds. `conversation`: its name. */
export function lineOf(message: MessageView, conversation: string, wording: Wording): string {
  return kindOf(message).line(message, conversation, wording);
}
