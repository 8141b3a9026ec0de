import type { ReactNode } from "react";
import { Button, Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import buttons from "./button.module.css";
import { controlOf, type Opened } from "./opened.ts";
import styles from "./menu.module.css";

export interface Choice {
  id: string;
  label: string;
  icon: ReactNode;
  danger?: boolean;
  onChoose: () => void;
}

interface MenuProps extends Opened {
  label: string;
  icon: ReactNode;
  choices: Choice[];
  /** Out of the tab order: opened by other means too. */
  skipTab?: boolean;
  className?: string;
}

/** A round button that opens a short list of actions. */
export function Menu({ label, icon, choices, skipTab = false, className, ...opened }: MenuProps) {
  return (
    <MenuTrigger {...controlOf(opened)}>
      <Button aria-label={label} className={[buttons["icon"], className ?? ""].join(" ")} excludeFromTabOrder={skipTab}>
        {icon}
      </Button>
      <Popover className={styles["popover"] ?? ""} placement="bottom end" offset={4}>
        <AriaMenu className={styles["menu"] ?? ""} aria-label={label}>
          {choices.map((choice) => (
            <MenuItem
              key={choice.id}
              id={choice.id}
              textValue={choice.label}
              className={[styles["item"], choice.danger === true ? styles["danger"] : ""].join(" ")}
              onAction={choice.onChoose}
            >
              {choice.icon}
              {choice.label}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
