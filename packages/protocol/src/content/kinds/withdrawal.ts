import { DISPOSITION, isMessageId, type MessageId } from "../mimi.ts";
import type { Kind } from "./kind.ts";

/** Somebody takes their reaction back. */
export interface WithdrawalBody {
  readonly kind: "withdrawal";
  /** The message that they had reacted to. */
  readonly inReplyTo: MessageId;
  /** The reaction. */
  readonly replaces: MessageId;
}

const NOTHING = new Uint8Array(0);

export const withdrawal: Kind<WithdrawalBody> = {
  contentType: undefined,
  disposition: DISPOSITION.reaction,
  inReplyTo: "always",
  replaces: "always",
  mayDisappear: false,
  encode: ({ inReplyTo, replaces }) => {
    if (!isMessageId(inReplyTo) || !isMessageId(replaces)) throw new RangeError("not a message id");
    return NOTHING;
  },
  parse: (_, { inReplyTo, replaces }) => inReplyTo && replaces && { kind: "withdrawal", inReplyTo, replaces },
};
