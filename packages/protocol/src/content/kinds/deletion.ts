import { DISPOSITION, type MessageId } from "../mimi.ts";
import type { Kind } from "./kind.ts";

/** A message is deleted for everybody: by its author, or by who leads the group. */
export interface DeletionBody {
  readonly kind: "deletion";
  /** Which message. */
  readonly replaces: MessageId;
}

export const deletion: Kind<DeletionBody> = {
  contentType: undefined,
  disposition: DISPOSITION.render,
  inReplyTo: "never",
  replaces: "always",
  mayDisappear: false,
  encode: () => new Uint8Array(0),
  parse: (_, { replaces }) => replaces && { kind: "deletion", replaces },
};
