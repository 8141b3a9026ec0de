import { useId, type ReactNode } from "react";
import { CopyButton } from "../base/copy.tsx";
import { QrCode } from "../base/qr.tsx";
import { useWords } from "../language.tsx";
import styles from "./pairing.module.css";

interface HandoverProps {
  link: string;
  /** What the code and the field are called. */
  qr: string;
  label: string;
  /** Other ways to hand it over. */
  children?: ReactNode;
}

/** A link as a code to scan and as text to copy. */
export function Handover({ link, qr, label, children }: HandoverProps) {
  const words = useWords();
  const id = useId();
  return (
    <div className={styles["offer"]}>
      <QrCode text={link} label={qr} />
      <div className={styles["handover"]}>
        <label htmlFor={id}>{label}</label>
        <input id={id} readOnly value={link} onFocus={(event) => event.target.select()} />
        <div className={styles["actions"]}>
          <CopyButton kind="primary" text={link} label={words.invite.copy} said={words.invite.copied} />
          {children}
        </div>
      </div>
    </div>
  );
}
