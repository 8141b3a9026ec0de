import { Component, type ReactNode } from "react";
import { Button } from "../base/button.tsx";
import { Empty } from "../base/empty.tsx";
import { WarningIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import styles from "./start.module.css";

/** A mistake of ours must not leave a blank page: it says so, and that nothing is lost. */
export class Crash extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const words = useWords();
  return (
    <main className={styles["whole"]}>
      <Empty icon={<WarningIcon size={28} />} title={words.failure.crash} text={words.failure.crashText}>
        <Button kind="primary" onClick={() => location.reload()}>
          {words.failure.reload}
        </Button>
      </Empty>
    </main>
  );
}
