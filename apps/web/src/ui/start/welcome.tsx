import { useEffect, useRef } from "react";
import { Mark } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { Ways } from "../pairing/ways.tsx";
import { useTitle } from "../shell/title.tsx";
import styles from "./start.module.css";

/** A profile exists; the next thing is somebody to talk to. */
export function Welcome({ name }: { name: string }) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const title = words.start.hello(name);
  useTitle(words.app.name);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main className={styles["whole"]}>
      <div className={styles["column"]}>
        <Mark size={64} />
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p className={styles["lead"]}>{words.start.next}</p>
        <div className={styles["ways"]}>
          <Ways />
        </div>
      </div>
    </main>
  );
}
