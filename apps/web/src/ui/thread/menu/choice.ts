/**
 * Something that can be done with a conversation, from the menu above it. Each has a file, here or
 * in the folder of its feature, and a line in `list.ts`.
 */
import type { ConversationView, PliApi } from "@pli/engine/api";
import type { Choice } from "../../base/menu.tsx";
import type { Toasts } from "../../base/toast.tsx";
import type { Wording } from "../../wording.ts";

export interface Chosen {
  readonly conversation: ConversationView;
  readonly api: PliApi;
  readonly toasts: Toasts;
  readonly wording: Wording;
  /** Something locks this device, so that a conversation can be locked. */
  readonly isLockable: boolean;
  /** Opens the search in this conversation. */
  onFind(): void;
}

/** Undefined where it cannot be done. */
export type ThreadChoice = (chosen: Chosen) => Choice | undefined;
