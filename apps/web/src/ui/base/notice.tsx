import type { ReactNode } from "react";
import { InfoIcon, WarningIcon } from "../icons.tsx";
import { useErrorSentence } from "../language.tsx";
import styles from "./notice.module.css";

interface NoticeProps {
  kind?: "calm" | "warn" | "danger";
  title?: string;
  /** A screen reader reads it out as soon as it appears. */
  alert?: boolean;
  icon?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
}

/** A framed sentence or two: something to know, or something that went wrong and what to do. */
export function Notice({ kind = "calm", title, alert, icon, action, children }: NoticeProps) {
  return (
    <div className={[styles["notice"], styles[kind]].join(" ")} role={alert === true ? "alert" : undefined}>
      {icon ?? (kind === "calm" ? <InfoIcon size={20} /> : <WarningIcon size={20} />)}
      <div className={styles["text"]}>
        {title !== undefined && <strong>{title}</strong>}
        {children !== undefined && <p>{children}</p>}
      </div>
      {action}
    </div>
  );
}

/** Says what went wrong, by its code; nothing without one. */
export function ErrorNotice({ code }: { code: string | undefined }) {
  const sentence = useErrorSentence();
  if (code === undefined) return null;
  return (
    <Notice kind="danger" alert>
      {sentence(code)}
    </Notice>
  );
}
