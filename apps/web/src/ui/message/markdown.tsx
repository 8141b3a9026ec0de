import { useMemo, type CSSProperties, type ReactNode } from "react";
import { blankMark, parseMarkdown, plainFromMarkdown, type BlockNode, type InlineNode } from "@pli/engine/content";
import { MarkView, Shown } from "../base/shown.tsx";
import { CodeBlock } from "./code-block.tsx";
import { Spoiler } from "./spoiler.tsx";
import styles from "./markdown.module.css";

/** As much room before a list as its longest number takes. */
const roomFor = (number: number) => ({ "--digits": String(number).length }) as CSSProperties;

interface MarkdownProps {
  text: string;
  /** Called with the whole address; nothing opens by itself. Without it, links are text. */
  onLink: ((href: string) => void) | undefined;
  /** Whether links are stops of the tab key. */
  reachable: boolean;
}

/**
 * A message's text as elements: no HTML is ever parsed. Links are shown as they were written, and
 * ask before they open.
 */
export function Markdown({ text, onLink, reachable }: MarkdownProps) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  const blank = blankMark(text);

  const inline = (nodes: readonly InlineNode[]): ReactNode => nodes.map((node, index) => piece(node, index));

  const piece = (node: InlineNode, key: number): ReactNode => {
    switch (node.type) {
      case "text":
        return <Shown key={key} text={node.text} />;
      case "bold":
        return <strong key={key}>{inline(node.children)}</strong>;
      case "italic":
        return <em key={key}>{inline(node.children)}</em>;
      case "strike":
        return <s key={key}>{inline(node.children)}</s>;
      case "spoiler":
        return (
          <Spoiler key={key} plain={plainFromMarkdown([{ ...node, type: "paragraph" }], "")} reachable={reachable}>
            {inline(node.children)}
          </Spoiler>
        );
      case "code":
        return (
          <code key={key}>
            <Shown text={node.text} />
          </code>
        );
      case "break":
        return <br key={key} />;
      case "link":
        if (onLink === undefined) return <Shown key={key} text={node.text} />;
        return (
          <a
            key={key}
            href={node.href}
            rel="noreferrer noopener"
            tabIndex={reachable ? 0 : -1}
            onClick={(event) => {
              event.preventDefault();
              onLink(node.href);
            }}
            onAuxClick={(event) => event.preventDefault()}
          >
            <Shown text={node.text} />
          </a>
        );
    }
  };

  const block = (node: BlockNode, key: number): ReactNode => {
    switch (node.type) {
      case "paragraph":
        return <p key={key}>{inline(node.children)}</p>;
      case "codeBlock":
        return <CodeBlock key={key} text={node.text} />;
      case "quote":
        return (
          <blockquote key={key} dir="auto">
            {node.children.map((child, index) => block(child, index))}
          </blockquote>
        );
      case "list": {
        const items = node.items.map((item, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- items of a parsed text never move
          <li key={index}>{inline(item)}</li>
        ));
        return node.ordered ? (
          <ol key={key} dir="auto" start={node.start} style={roomFor(node.start + node.items.length - 1)}>
            {items}
          </ol>
        ) : (
          <ul key={key} dir="auto">
            {items}
          </ul>
        );
      }
    }
  };

  return (
    <div className={styles["markdown"]}>
      {blank === undefined ? blocks.map((node, index) => block(node, index)) : <MarkView mark={blank} />}
    </div>
  );
}
