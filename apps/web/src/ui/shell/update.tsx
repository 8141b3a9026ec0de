import { useEffect, useState } from "react";
import { Button } from "../base/button.tsx";
import { useWords } from "../language.tsx";
import styles from "./update.module.css";

/** How the app learns of a newer version and changes to it; given by `main.tsx`. */
export interface Updates {
  watchUpdate(listener: () => void): (() => void) | void;
  applyUpdate(): void | Promise<void>;
}

/** Says that a newer version waits, and lets the person choose the moment. */
export function UpdateNotice({ updates }: { updates: Updates }) {
  const words = useWords();
  const [ready, setReady] = useState(false);
  useEffect(() => updates.watchUpdate(() => setReady(true)) ?? undefined, [updates]);
  return (
    <div role="status">
      {ready && (
        <div className={styles["notice"]}>
          <p>
            <strong>{words.update.title}</strong>
            <span>{words.update.text}</span>
          </p>
          <div className={styles["actions"]}>
            <Button kind="quiet" onClick={() => setReady(false)}>
              {words.update.later}
            </Button>
            <Button kind="primary" onClick={() => void updates.applyUpdate()}>
              {words.update.apply}
            </Button>
          </div>
        </div>
      )}
    </div>
  );
}
