import { useEffect, useState, type ReactNode } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import buttons from "../base/button.module.css";
import menus from "../base/menu.module.css";
import { controlOf, type Opened } from "../base/opened.ts";
import { useLanguage, useWords } from "../language.tsx";
import type { Language } from "../../words/index.ts";
import { loadEmoji } from "./data.ts";
import styles from "./picker.module.css";

interface EmojiButtonProps extends Opened {
  label: string;
  icon: ReactNode;
  className?: string | undefined;
  /** Out of the tab order: opened by other means too. */
  skipTab?: boolean;
  onChoose: (emoji: string) => void;
}

/** A round button that opens the picker. What is chosen is given, and the picker closes. */
export function EmojiButton(props: EmojiButtonProps) {
  const { label, icon, className, skipTab = false, onChoose } = props;
  const words = useWords();
  return (
    <DialogTrigger {...controlOf(props)}>
      <Button aria-label={label} className={[buttons["icon"], className ?? ""].join(" ")} excludeFromTabOrder={skipTab}>
        {icon}
      </Button>
      <Popover className={menus["popover"] ?? ""} placement="top end" offset={8}>
        <Dialog className={styles["dialog"] ?? ""} aria-label={words.emoji.title}>
          {({ close }) => (
            <Loaded
              onChoose={(emoji) => {
                close();
                onChoose(emoji);
              }}
            />
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** The picker and its names come when it is opened; the first screen needs neither. */
async function load(language: Language) {
  const [{ EmojiPicker }, all] = await Promise.all([import("./picker.tsx"), loadEmoji(language)]);
  return { EmojiPicker, all };
}

function Loaded({ onChoose }: { onChoose: (emoji: string) => void }) {
  const words = useWords();
  const language = useLanguage();
  const [loaded, setLoaded] = useState<Awaited<ReturnType<typeof load>> | "away">();
  useEffect(() => {
    let isWanted = true;
    const show = (what: typeof loaded) => {
      if (isWanted) setLoaded(what);
    };
    load(language).then(show, () => show("away"));
    return () => {
      isWanted = false;
    };
  }, [language]);
  if (loaded === undefined || loaded === "away")
    return (
      <p className={styles["loading"]} role="status">
        {loaded === undefined ? words.emoji.loading : words.emoji.away}
      </p>
    );
  return <loaded.EmojiPicker all={loaded.all} onChoose={onChoose} />;
}
