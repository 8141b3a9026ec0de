import { DISPOSITION, isMessageId, type MessageId } from "../mimi.ts";
import type { Kind } from "./kind.ts";

/** A message is deleted for everybody: by its author, or by who leads the group. */
export interface DeletionBody {
  readonly kind: "deletion";
  /** Which message. */
  readonly replaces: MessageId;
}

const NOTHING = new Uint8Array(0);

export const deletion: Kind<DeletionBody> = {
  contentType: undefined,
  disposition: DISPOSITION.render,
  inReplyTo: "never",
  replaces: "always",
  mayDisappear: false,
  encode: ({ replaces }) => {
    if (!isMessageId(replaces)) throw new RangeError("not a message id");
    return NOTHING;
  },
  parse: (_, { replaces }) => replaces && { kind: "deletion", replaces },
};
