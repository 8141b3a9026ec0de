import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import styles from "./button.module.css";

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  kind?: "primary" | "plain" | "quiet" | "danger";
  icon?: ReactNode;
  wide?: boolean;
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
};

/** A button with words. While busy it keeps its place and focus, and does nothing. */
export function Button({
  kind = "plain",
  icon,
  wide,
  busy = false,
  children,
  onClick,
  className,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles["button"], styles[kind], wide === true ? styles["wide"] : "", className ?? ""].join(" ")}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {icon}
      <span>{children}</span>
    </button>
  );
}

/** A round button with an icon only; `label` is its name and its tooltip. */
export function IconButton({
  label,
  children,
  className,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { label: string; ref?: Ref<HTMLButtonElement> }) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      className={[styles["icon"], className ?? ""].join(" ")}
    >
      {children}
    </button>
  );
}
