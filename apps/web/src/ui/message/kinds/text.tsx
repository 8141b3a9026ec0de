import { parseMarkdown, plainFromMarkdown, shownText } from "@pli/engine/content";
import { LureMark } from "../lure.tsx";
import { Markdown } from "../markdown.tsx";
import type { BubbleKind } from "./kind.ts";

export const text: BubbleKind<"text"> = {
  shape: "bubble",
  line: ({ body }) => shownText(plainFromMarkdown(parseMarkdown(body.text)) || body.text),
  typed: ({ body }) => body.text,
  Content: ({ message, active, actions }) => (
    <>
      <Markdown text={message.body.text} onLink={actions.openLink} reachable={active} />
      <LureMark message={message} />
    </>
  ),
};
