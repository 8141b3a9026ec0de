import { text as textFrom, utf8 } from "../../crypto/index.ts";
import { DISPOSITION, type MessageId } from "../mimi.ts";
import type { Kind } from "./kind.ts";

/** Somebody reacts to a message with one emoji, which takes the place of their earlier one. */
export interface ReactionBody {
  readonly kind: "reaction";
  readonly inReplyTo: MessageId;
  readonly emoji: string;
}

/** The longest emoji of Unicode 16 has 35 bytes. */
export const MAX_EMOJI_BYTES = 64;
/** One emoji that Unicode recommends for general interchange, with all of its parts. */
const EMOJI = new RegExp("^\\p{RGI_Emoji}$", "v");
/** Asks for the picture of a sign that is also text. */
const PICTURE = "\u{fe0f}";

export const reaction: Kind<ReactionBody> = {
  contentType: "text/plain;charset=utf-8",
  disposition: DISPOSITION.reaction,
  inReplyTo: "always",
  replaces: "never",
  mayDisappear: false,
  encode: ({ emoji }) => {
    if (!isEmoji(emoji)) throw new RangeError("not a reaction");
    return utf8(emoji);
  },
  parse: (content, { inReplyTo }) => {
    const emoji = content.length > MAX_EMOJI_BYTES ? undefined : textFrom(content);
    if (emoji === undefined || inReplyTo === undefined || !isEmoji(emoji)) return undefined;
    return { kind: "reaction", inReplyTo, emoji };
  },
};

const isEmoji = (value: string): boolean => value.length <= MAX_EMOJI_BYTES && EMOJI.test(value);

/** The emoji that somebody typed or chose; undefined for anything but one. */
export function parseEmoji(input: string): string | undefined {
  const value = input.trim();
  return [value, value + PICTURE].find(isEmoji);
}
