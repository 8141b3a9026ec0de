import { useMemo, useState } from "react";
import {
  Autocomplete,
  GridLayout,
  Input,
  ListBox,
  ListBoxItem,
  SearchField,
  Size,
  Toolbar,
  Virtualizer,
} from "react-aria-components";
import { useApi } from "../client.ts";
import { useWords } from "../language.tsx";
import { useLive } from "../use-live.ts";
import { found, type Emoji } from "./data.ts";
import styles from "./picker.module.css";

/** Groups of emojibase, and an emoji that stands for each. */
const GROUPS = [
  [0, "😀"],
  [1, "👋"],
  [3, "🐻"],
  [4, "🍎"],
  [5, "🚗"],
  [6, "⚽"],
  [7, "💡"],
  [8, "❤️"],
  [9, "🏳️"],
] as const;
const NONE: readonly string[] = [];
const TONES = ["✋", "✋🏻", "✋🏼", "✋🏽", "✋🏾", "✋🏿"];
const LAYOUT = {
  minItemSize: new Size(40, 40),
  maxItemSize: new Size(48, 48),
  minSpace: new Size(0, 0),
  preserveAspectRatio: true,
};

export interface EmojiPickerProps {
  all: readonly Emoji[];
  onChoose: (emoji: string) => void;
}

/**
 * Emoji by name and by group, those chosen last first. Arrows move in the list while the field is
 * written in.
 */
export function EmojiPicker({ all, onChoose }: EmojiPickerProps) {
  const words = useWords();
  const api = useApi();
  const recent = useLive("emoji", {})?.recent ?? NONE;
  const [typed, setTyped] = useState("");
  const [group, setGroup] = useState(0);
  const tone = toneOf(recent);
  const [chosenTone, setTone] = useState<number>();
  const items = useMemo(() => itemsOf(all, { typed, group, recent }), [all, typed, group, recent]);
  const choose = (emoji: string) => {
    void api.rememberEmoji({ emoji }).catch(() => undefined);
    onChoose(emoji);
  };
  const shown = (one: Emoji) => one.tones[(chosenTone ?? tone) - 1] ?? one.emoji;
  return (
    <div className={styles["picker"]}>
      <Autocomplete inputValue={typed} onInputChange={setTyped}>
        <SearchField
          className={styles["search"] ?? ""}
          aria-label={words.emoji.search}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- it was opened to be written in
          autoFocus
        >
          <Input placeholder={words.emoji.search} autoComplete="off" />
        </SearchField>
        <Virtualizer layout={GridLayout} layoutOptions={LAYOUT}>
          <ListBox
            layout="grid"
            className={styles["list"] ?? ""}
            aria-label={words.emoji.title}
            items={items}
            dependencies={[chosenTone, tone]}
            renderEmptyState={() => <p>{words.emoji.none}</p>}
          >
            {(item) => (
              <ListBoxItem
                id={item.id}
                textValue={item.one.label}
                aria-label={item.one.label}
                className={styles["emoji"] ?? ""}
                onAction={() => choose(item.isRecent ? item.one.emoji : shown(item.one))}
              >
                <span title={item.one.label}>{item.isRecent ? item.one.emoji : shown(item.one)}</span>
              </ListBoxItem>
            )}
          </ListBox>
        </Virtualizer>
      </Autocomplete>
      <Toolbar className={styles["groups"] ?? ""} aria-label={words.emoji.groups}>
        {GROUPS.map(([id, sign], at) => (
          <button
            key={id}
            type="button"
            aria-label={words.emoji.names[at]}
            title={words.emoji.names[at]}
            aria-pressed={typed === "" && group === id}
            onClick={() => {
              setTyped("");
              setGroup(id);
            }}
          >
            {sign}
          </button>
        ))}
        <button
          type="button"
          aria-label={words.emoji.tone}
          title={words.emoji.tone}
          onClick={() => setTone(((chosenTone ?? tone) + 1) % TONES.length)}
        >
          {TONES[chosenTone ?? tone]}
        </button>
      </Toolbar>
    </div>
  );
}

interface Item {
  readonly id: string;
  readonly one: Emoji;
  /** As it was chosen, with its tone. */
  readonly isRecent: boolean;
}

const asItem = (one: Emoji): Item => ({ id: one.emoji, one, isRecent: false });

/** What is found, or a group; before the first group, what was chosen last. */
function itemsOf(all: readonly Emoji[], p: { typed: string; group: number; recent: readonly string[] }): Item[] {
  if (p.typed.trim() !== "") return found(all, p.typed).map(asItem);
  const inGroup = all.filter(({ group }) => group === p.group).map(asItem);
  if (p.group !== 0) return inGroup;
  const before = p.recent.map((emoji) => ({
    id: `recent ${emoji}`,
    one: { emoji, label: labelOf(all, emoji), group: 0, tones: [], words: "" },
    isRecent: true,
  }));
  return [...before, ...inGroup];
}

const labelOf = (all: readonly Emoji[], emoji: string): string =>
  all.find((one) => one.emoji === emoji || one.tones.includes(emoji))?.label ?? emoji;

/** The tone of the newest chosen emoji that has one. */
function toneOf(recent: readonly string[]): number {
  for (const emoji of recent) {
    const tone = /[\u{1f3fb}-\u{1f3ff}]/u.exec(emoji)?.[0];
    if (tone !== undefined) return (tone.codePointAt(0) ?? 0) - 0x1f3fb + 1;
  }
  return 0;
}
