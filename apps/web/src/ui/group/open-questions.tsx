import { useLive } from "../client.tsx";
import { ForwardIcon, GroupIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import styles from "../pairing/open-pairings.module.css";
import { useNaming } from "../naming.ts";
import { Link, usePlace } from "../router.tsx";
import { useNow } from "../shell/now.ts";
import { questionLine } from "./question-line.ts";

/** What others ask this person to come into, above the conversations. Nothing when there is nothing. */
export function OpenQuestions() {
  const words = useWords();
  const format = useFormat();
  const now = useNow();
  const { path } = usePlace();
  const naming = useNaming();
  const questions = useLive("groupQuestions", {}) ?? [];
  if (questions.length === 0) return null;
  return (
    <section className={styles["open"]} aria-label={words.group.questions.title}>
      <h2>{words.group.questions.title}</h2>
      <ul className={styles["list"]}>
        {questions.map((question) => (
          <li key={question.id}>
            <Link
              to={`/question/${question.id}`}
              className={styles["row"]}
              aria-current={path === `/question/${question.id}` ? "page" : undefined}
              data-row
            >
              <span className={styles["icon"]}>
                <GroupIcon size={20} />
              </span>
              <span className={styles["name"]}>
                {questionLine(question, words, naming)}
                <time dateTime={new Date(question.at).toISOString()}>
                  {question.over === undefined ? format.moment(question.at, now) : words.group.questions.isOver}
                </time>
              </span>
              <ForwardIcon size={18} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
