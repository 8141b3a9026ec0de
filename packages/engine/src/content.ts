/** The Markdown subset of a message's text, for the apps, which see the engine and not the protocol. */
export { parseMarkdown, plainFromMarkdown, type BlockNode, type InlineNode } from "@pli/protocol/content";
