import { questionAddress } from "../../address.ts";
import { useLive } from "../../use-live.ts";
import { OpenList } from "../../conversations/open-list.tsx";
import { GroupIcon } from "../../icons.tsx";
import { useFormat, useWords } from "../../language.tsx";
import { useNaming } from "../../naming.ts";
import { useNow } from "../../shell/now.ts";
import { questionLine } from "./question-line.ts";

/** What others ask this person to come into. */
export function OpenQuestions() {
  const words = useWords();
  const format = useFormat();
  const now = useNow();
  const naming = useNaming();
  const questions = useLive("groupQuestions", {}) ?? [];
  const rows = questions.map((question) => ({
    to: questionAddress(question.id),
    icon: <GroupIcon size={20} />,
    line: questionLine(question, words, naming),
    at: question.at,
    when: question.over === undefined ? format.moment(question.at, now) : words.group.questions.isOver,
  }));
  return <OpenList title={words.group.questions.title} rows={rows} />;
}
