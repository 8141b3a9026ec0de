import { parseMarkdown, plainFromMarkdown, shownText } from "@pli/engine/content";
import { LureMark } from "../lure.tsx";
import { Markdown } from "../markdown.tsx";
import { useLockdown } from "../../settings/lockdown.ts";
import type { BubbleKind, ContentProps } from "./kind.ts";

export const text: BubbleKind<"text"> = {
  shape: "bubble",
  line: ({ body }) => shownText(plainFromMarkdown(parseMarkdown(body.text)) || body.text),
  typed: ({ body }) => body.text,
  Content: TextContent,
};

function TextContent({ message, active, actions }: ContentProps<"text">) {
  const isLockedDown = useLockdown();
  return (
    <>
      <Markdown
        text={message.body.text}
        onLink={isLockedDown && !message.mine ? undefined : actions.openLink}
        reachable={active}
      />
      <LureMark message={message} />
    </>
  );
}
