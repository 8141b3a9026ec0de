import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "./button.tsx";
import { ToastPlace } from "./toast.tsx";
import { useWords } from "../language.tsx";
import styles from "./dialog.module.css";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  alert?: boolean;
  children: ReactNode;
}

/** A question over the page: focus stays in it, Escape and a click outside close it. */
export function Dialog({ open, onClose, title, alert, children }: DialogProps) {
  return (
    <ModalOverlay
      className={styles["veil"] ?? ""}
      isOpen={open}
      isDismissable
      onOpenChange={(shown) => {
        if (!shown) onClose();
      }}
    >
      <Modal className={styles["modal"] ?? ""}>
        <AriaDialog className={styles["dialog"] ?? ""} role={alert === true ? "alertdialog" : "dialog"}>
          <Heading slot="title" level={2} className={styles["title"] ?? ""}>
            {title}
          </Heading>
          {children}
          <ToastPlace />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface ConfirmProps {
  open: boolean;
  title: string;
  text: string;
  confirm: string;
  keep?: string;
  danger?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be undone. The safe answer has the focus. */
export function Confirm({ open, title, text, confirm, keep, danger, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog open={open} onClose={onClose} title={title} alert>
      <p>{text}</p>
      <DialogActions>
        <CancelButton label={keep} onClick={onClose} />
        <Button
          kind={danger === true ? "danger" : "primary"}
          onClick={() => {
            onClose();
            onConfirm();
          }}
        >
          {confirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles["actions"]}>{children}</div>;
}

/** The safe answer, which has the focus when the dialog opens. */
export function CancelButton({ label, onClick }: { label?: string | undefined; onClick: () => void }) {
  const words = useWords();
  return (
    // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog must take the focus, and the safe answer is where
    <Button autoFocus onClick={onClick}>
      {label ?? words.app.cancel}
    </Button>
  );
}
