/**
 * What is inside a message: MIMI content in CBOR, the Markdown subset of its text, and what of it
 * people see (docs/protocol.md, section 9).
 */
export {
  MAX_LIFETIME_SECONDS,
  createContent,
  encodeContent,
  messageIdFrom,
  parseContent,
  type Body,
  type Content,
} from "./content.ts";
export { MAX_CONTROL_BYTES } from "./kinds/control.ts";
export { parseEmoji } from "./kinds/reaction.ts";
export { MAX_RECEIPT_IDS, MAX_RIDING_IDS, ridingIn, type Acknowledged } from "./kinds/receipt.ts";
export { MAX_TEXT_BYTES, parseText } from "./kinds/text.ts";
export { parseMarkdown, plainFromMarkdown, type BlockNode, type InlineNode } from "./markdown.ts";
export { MAX_CONTENT_BYTES, MESSAGE_ID_BYTES, type MessageId } from "./mimi.ts";
export { lureIn, type Lure } from "./lure.ts";
export { createNaming, isolated, likenessOf, nameForQuotes, shownName, type Known, type Naming } from "./names.ts";
export {
  codeOf,
  blankMark,
  markText,
  shownPieces,
  shownText,
  type Mark,
  type MarkReason,
  type ShownPiece,
} from "./shown.ts";
export { UNSPACED } from "./unspaced.ts";
