import { percentOf, type Progress } from "@pli/archive/work";
import { Button } from "../base/button.tsx";
import { useFormat, useWords } from "../language.tsx";
import styles from "./archive.module.css";

/** How far the work is, and the way to stop it. */
export function ProgressBar({ progress, onStop }: { progress: Progress | undefined; onStop: () => void }) {
  const words = useWords();
  const format = useFormat();
  const say = words.archive;
  const percent = progress === undefined ? 0 : percentOf(progress);
  const text = progress === undefined ? say.preparing : say.steps[progress.step](format.number(percent));
  return (
    <div className={styles["progress"]}>
      <progress {...(progress !== undefined && { value: percent })} max={100} aria-label={text} />
      <p>{text}</p>
      <p className={styles["quiet"]}>{say.stay}</p>
      <Button onClick={onStop}>{words.app.cancel}</Button>
    </div>
  );
}
