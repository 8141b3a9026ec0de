/**
 * What a message's text and somebody's name look like, for the apps, which see the engine and not
 * the protocol.
 */
export {
  blankMark,
  codeOf,
  createNaming,
  isolated,
  likenessOf,
  markText,
  nameForQuotes,
  parseMarkdown,
  plainFromMarkdown,
  shownName,
  shownPieces,
  shownText,
  type BlockNode,
  type InlineNode,
  type Known,
  type Mark,
  type MarkReason,
  type Naming,
  type ShownPiece,
} from "@pli/protocol/content";
export { lureOf } from "./lure.ts";
/** Where a text holds what somebody searches, for what shows it. */
export { foldedText, placesOf, type Place } from "../features/messages/terms.ts";
