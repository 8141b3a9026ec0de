import { DISPOSITION, type MessageId } from "../mimi.ts";
import type { Kind } from "./kind.ts";
import { text } from "./text.ts";

/** The author of a text says it otherwise. */
export interface EditBody {
  readonly kind: "edit";
  /** The text as it was said first. */
  readonly replaces: MessageId;
  readonly text: string;
}

export const edit: Kind<EditBody> = {
  contentType: text.contentType,
  disposition: DISPOSITION.render,
  inReplyTo: "never",
  replaces: "always",
  mayDisappear: false,
  encode: ({ text: value }) => text.encode({ kind: "text", text: value }),
  parse: (content, { replaces }) => {
    const said = text.parse(content, { inReplyTo: undefined, replaces: undefined });
    return said && replaces && { kind: "edit", replaces, text: said.text };
  },
};
