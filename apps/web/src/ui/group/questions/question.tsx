import { useState } from "react";
import type { GroupQuestionView } from "@pli/engine/api";
import { Avatar } from "../../base/avatar.tsx";
import { Button } from "../../base/button.tsx";
import { Confirm } from "../../base/dialog.tsx";
import { Empty } from "../../base/empty.tsx";
import { HomeLink } from "../../base/home-link.tsx";
import { ErrorNotice, Notice } from "../../base/notice.tsx";
import { Fact, Facts, Page, Quiet } from "../../base/page.tsx";
import { useToasts } from "../../base/toast.tsx";
import { useAction } from "../../use-action.ts";
import { useApi } from "../../client.ts";
import { useLive, useLiveState } from "../../use-live.ts";
import { BlockIcon, StoreIcon } from "../../icons.tsx";
import { useFormat, useWords } from "../../language.tsx";
import { useNaming } from "../../naming.ts";
import { navigate } from "../../router.tsx";
import { useTitle } from "../../shell/title.tsx";
import { questionLine } from "./question-line.ts";
import styles from "./question.module.css";

/**
 * Somebody asks this person to come into a group: who, into what, what a yes does; yes, no, never
 * again.
 */
export function QuestionScreen({ id }: { id: string }) {
  const { ready, value } = useLiveState("groupQuestions", {});
  const question = value?.find((one) => one.id === id);
  if (question !== undefined) return <Question question={question} />;
  return ready ? <Gone /> : null;
}

function Gone() {
  const words = useWords();
  useTitle(words.group.questions.gone);
  return (
    <Empty title={words.group.questions.gone} text={words.group.questions.goneText}>
      <HomeLink />
    </Empty>
  );
}

function Question({ question }: { question: GroupQuestionView }) {
  const words = useWords();
  const naming = useNaming();
  const say = words.group.questions;
  return (
    <Page title={say.plain} parent="/" parentBeside>
      <div className={styles["who"]}>
        <Avatar id={question.from.id} name={question.from.name} size="large" />
        <h2>{questionLine(question, words, naming)}</h2>
      </div>
      <Claims question={question} />
      {question.over === undefined ? <Open question={question} /> : <Over id={question.id} over={question.over} />}
    </Page>
  );
}

/** What the other side claims. It is not verified. */
function Claims({ question: { from, members, why, until } }: { question: GroupQuestionView }) {
  const words = useWords();
  const format = useFormat();
  const { nameOf } = useNaming();
  const say = words.group.questions;
  return (
    <>
      {(members !== undefined || until !== undefined) && (
        <Facts>
          {members !== undefined && <Fact name={say.members}>{words.group.membersCount(members)}</Fact>}
          {until !== undefined && <Fact name={say.until}>{format.date(until)}</Fact>}
        </Facts>
      )}
      <Quiet>{say.texts[why](nameOf(from))}</Quiet>
    </>
  );
}

function Open({ question }: { question: GroupQuestionView }) {
  const words = useWords();
  const say = words.group.questions;
  const { nameOf } = useNaming();
  const api = useApi();
  const toasts = useToasts();
  const { run, busy, error } = useAction(async (accept: boolean) => {
    await api.answerGroupQuestion({ question: question.id, accept });
    toasts.say(accept ? say.accepted(nameOf(question.from)) : say.declined);
    navigate("/", { replace: true });
  });
  const { store, isPrivate } = question;
  return (
    <>
      {store !== undefined && (
        <Notice kind="warn" icon={<StoreIcon size={20} />} title={store}>
          {isPrivate === true ? say.isPrivate : say.store}
        </Notice>
      )}
      <ErrorNotice code={error} />
      <div className={styles["answers"]}>
        {isPrivate !== true && (
          <Button kind="primary" busy={busy} onClick={() => run(true)}>
            {store === undefined ? say.accept : say.acceptStore}
          </Button>
        )}
        <Button busy={busy} onClick={() => run(false)}>
          {say.decline}
        </Button>
        <Block question={question} />
      </div>
    </>
  );
}

/** The other side is not notified. */
function Block({ question: { from } }: { question: GroupQuestionView }) {
  const words = useWords();
  const { nameOf } = useNaming();
  const api = useApi();
  const toasts = useToasts();
  const contact = useLive("contact", { id: from.id });
  const [asking, setAsking] = useState(false);
  if (contact === undefined) return null;
  const block = async () => {
    await api.block({ contact: from.id, blocked: true });
    navigate("/", { replace: true });
  };
  return (
    <>
      <Button kind="danger" icon={<BlockIcon />} onClick={() => setAsking(true)}>
        {words.group.questions.block(nameOf(from))}
      </Button>
      <Confirm
        open={asking}
        title={words.contact.blockAsk(nameOf(from))}
        text={words.contact.blockText}
        confirm={words.contact.block}
        danger
        onClose={() => setAsking(false)}
        onConfirm={() => toasts.attempt(block())}
      />
    </>
  );
}

function Over({ id, over }: { id: string; over: NonNullable<GroupQuestionView["over"]> }) {
  const words = useWords();
  const say = words.group.questions;
  const api = useApi();
  const toasts = useToasts();
  const putAway = async () => {
    await api.answerGroupQuestion({ question: id, accept: false });
    navigate("/", { replace: true });
  };
  return (
    <>
      <Notice>{say.over[over]}</Notice>
      <div className={styles["answers"]}>
        <Button onClick={() => toasts.attempt(putAway())}>{say.putAway}</Button>
      </div>
    </>
  );
}
