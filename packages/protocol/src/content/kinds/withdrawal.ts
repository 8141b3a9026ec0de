import { DISPOSITION, type MessageId } from "../mimi.ts";
import type { Kind } from "./kind.ts";

/** Somebody takes their reaction back. */
export interface WithdrawalBody {
  readonly kind: "withdrawal";
  /** The message that they had reacted to. */
  readonly inReplyTo: MessageId;
  /** The reaction. */
  readonly replaces: MessageId;
}

export const withdrawal: Kind<WithdrawalBody> = {
  contentType: undefined,
  disposition: DISPOSITION.reaction,
  inReplyTo: "always",
  replaces: "always",
  mayDisappear: false,
  encode: () => new Uint8Array(0),
  parse: (_, { inReplyTo, replaces }) => inReplyTo && replaces && { kind: "withdrawal", inReplyTo, replaces },
};
