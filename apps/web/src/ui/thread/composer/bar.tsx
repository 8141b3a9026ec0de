import type { ReactNode } from "react";
import { Toolbar } from "react-aria-components";
import { IconButton } from "../../base/button.tsx";
import { BoldIcon, CodeIcon, ItalicIcon, ListIcon, QuoteIcon, SpoilerIcon, StrikeIcon } from "../../icons.tsx";
import { useWords } from "../../language.tsx";
import { FORMAT_KEYS, FORMATS, type FormatName } from "./formatting.ts";
import styles from "./bar.module.css";

const ICONS: Readonly<Record<FormatName, ReactNode>> = {
  bold: <BoldIcon size={20} />,
  italic: <ItalicIcon size={20} />,
  strike: <StrikeIcon size={20} />,
  spoiler: <SpoilerIcon size={20} />,
  code: <CodeIcon size={20} />,
  quote: <QuoteIcon size={20} />,
  list: <ListIcon size={20} />,
};

/** The keys of a format, as `aria-keyshortcuts` names them. */
function keysOf(name: FormatName): string | undefined {
  const [key] = Object.entries(FORMAT_KEYS).find(([, format]) => format === name) ?? [];
  if (key === undefined) return undefined;
  return key === key.toLowerCase() ? `Control+${key.toUpperCase()}` : `Control+Shift+${key}`;
}

/** Buttons that mark what is selected in the composer: one stop of the tab key, then the arrows. */
export function FormatBar({ onFormat }: { onFormat: (name: FormatName) => void }) {
  const words = useWords();
  const labels = words.composer.formats;
  return (
    <Toolbar className={styles["bar"] ?? ""} aria-label={words.composer.formatting}>
      {(Object.keys(FORMATS) as FormatName[]).map((name) => (
        <IconButton
          key={name}
          label={labels[name]}
          aria-keyshortcuts={keysOf(name)}
          // The field keeps its selection.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onFormat(name)}
        >
          {ICONS[name]}
        </IconButton>
      ))}
    </Toolbar>
  );
}
