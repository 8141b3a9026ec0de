import { lazy, Suspense, type ReactNode } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import buttons from "../base/button.module.css";
import { useWords } from "../language.tsx";
import styles from "./picker.module.css";

const Picker = lazy(async () => ({ default: (await import("./picker.tsx")).EmojiPicker }));

interface EmojiButtonProps {
  label: string;
  icon: ReactNode;
  onChoose: (emoji: string) => void;
}

/** A round button that opens the picker. What is chosen is given, and the picker closes. */
export function EmojiButton({ label, icon, onChoose }: EmojiButtonProps) {
  const words = useWords();
  return (
    <DialogTrigger>
      <Button aria-label={label} className={buttons["icon"] ?? ""}>
        {icon}
      </Button>
      <Popover className={styles["popover"] ?? ""} placement="top end" offset={8}>
        <Dialog className={styles["dialog"] ?? ""} aria-label={words.emoji.title}>
          {({ close }) => (
            <Suspense fallback={<p className={styles["loading"]}>{words.emoji.loading}</p>}>
              <Picker
                onChoose={(emoji) => {
                  close();
                  onChoose(emoji);
                }}
              />
            </Suspense>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
