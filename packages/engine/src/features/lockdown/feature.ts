import type { Kit } from "../../kit.ts";
import type { Feature } from "../../runtime/feature.ts";
import { isShutOut } from "./lockdown.ts";

/**
 * During a lockdown what others than verified contacts write in groups is not kept; a line a day
 * tells how much it was.
 */
export function createLockdown({ contents, messages }: Kit): Feature {
  contents.filter({
    isUnheard: (tx, _conversation, author) => isShutOut(tx, author),
    drop: (tx, conversation, author) => messages.noteShutOut(tx, conversation.id, author),
  });
  return {};
}
