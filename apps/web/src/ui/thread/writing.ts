import { createContext, useContext } from "react";
import type { MessageView } from "@pli/engine/api";

/** What the composer of a thread writes, when it is no message by itself. */
export type Writing =
  | { readonly kind: "answer"; readonly to: MessageView }
  | { readonly kind: "edit"; readonly of: MessageView };

interface WritingPlace {
  readonly writing: Writing | undefined;
  /** Begins something else; without it, a new message. */
  readonly write: (next?: Writing) => void;
}

export const WritingContext = createContext<WritingPlace>({ writing: undefined, write: () => undefined });

export const useWriting = (): WritingPlace => useContext(WritingContext);
