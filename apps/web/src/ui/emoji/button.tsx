import { lazy, Suspense, type ReactNode } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import buttons from "../base/button.module.css";
import { useWords } from "../language.tsx";
import styles from "./picker.module.css";

const Picker = lazy(async () => ({ default: (await import("./picker.tsx")).EmojiPicker }));

interface EmojiButtonProps {
  label: string;
  icon: ReactNode;
  className?: string | undefined;
  /** Out of the tab order: opened by other means too. */
  skipTab?: boolean;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  onChoose: (emoji: string) => void;
}

/** A round button that opens the picker. What is chosen is given, and the picker closes. */
export function EmojiButton(props: EmojiButtonProps) {
  const { label, icon, className, skipTab = false, open, onOpenChange, onChoose } = props;
  const words = useWords();
  const control = open === undefined ? {} : { isOpen: open };
  const watch = onOpenChange === undefined ? {} : { onOpenChange };
  return (
    <DialogTrigger {...control} {...watch}>
      <Button aria-label={label} className={[buttons["icon"], className ?? ""].join(" ")} excludeFromTabOrder={skipTab}>
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
