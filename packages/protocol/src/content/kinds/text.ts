import { text as textFrom, utf8 } from "../../crypto/index.ts";
import { err, ok, type Result } from "../../wire/index.ts";
import { DISPOSITION, type MessageId } from "../mimi.ts";
import type { Kind } from "./kind.ts";

/** Text in our Markdown subset (`parseMarkdown`), at most 64 KiB of UTF-8, never empty. */
export interface TextBody {
  readonly kind: "text";
  readonly text: string;
  readonly inReplyTo?: MessageId;
}

export const MAX_TEXT_BYTES = 65_536;

export const text: Kind<TextBody> = {
  contentType: "text/markdown;variant=GFM-MIMI",
  disposition: DISPOSITION.render,
  inReplyTo: "perhaps",
  replaces: "never",
  mayDisappear: true,
  encode: ({ text: value }) => {
    const bytes = utf8(value);
    if (!isBounded(bytes)) throw new RangeError("a text has 1 to 65,536 bytes");
    return bytes;
  },
  parse: (content, { inReplyTo }) => {
    const value = textFrom(content);
    if (value === undefined || !isBounded(content)) return undefined;
    return inReplyTo === undefined ? { kind: "text", text: value } : { kind: "text", text: value, inReplyTo };
  },
};

const isBounded = ({ length }: Uint8Array): boolean => length > 0 && length <= MAX_TEXT_BYTES;

/** Whether a text fits a message, before it is sent. */
export function parseText(input: string): Result<string, "text_empty" | "text_too_long"> {
  if (input.trim().length === 0) return err("text_empty");
  return utf8(input).length > MAX_TEXT_BYTES ? err("text_too_long") : ok(input.toWellFormed());
}
