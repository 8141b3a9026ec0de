import type { MessageCopyView } from "@pli/engine/api";
import { Notice } from "../base/notice.tsx";
import { Card, Quiet, Section } from "../base/page.tsx";
import { Switch } from "../base/switch.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { ShieldIcon } from "../icons.tsx";
import { useErrorSentence, useFormat, useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { useNow } from "../shell/now.ts";
import { useLive, useLivePart } from "../use-live.ts";
import styles from "../conversations/lock-offer.module.css";

const restoringOf = ({ restoring }: MessageCopyView): MessageCopyView["restoring"] => restoring;

/** Above the conversations of a device that was restored: how many of the messages are back. */
export function MessageCopyLine() {
  const { recovery } = useWords();
  const restoring = useLivePart("messageCopy", {}, restoringOf).value;
  if (restoring === undefined || restoring.doneAt !== undefined) return null;
  return (
    <Link to="/settings/recovery" className={styles["offer"] ?? ""}>
      <ShieldIcon size={18} />
      <span>{recovery.copyComing(restoring.messagesDone, restoring.messages)}</span>
    </Link>
  );
}

/** Whether the store keeps a copy of the messages, what that means, and how far it is. */
export function MessageCopy() {
  const { recovery } = useWords();
  const api = useApi();
  const toasts = useToasts();
  const copy = useLive("messageCopy", {});
  if (copy === undefined) return null;
  return (
    <Section title={recovery.copyTitle}>
      <Card>
        <Switch
          label={recovery.copySwitch}
          text={recovery.copyText}
          checked={copy.isOn}
          onChange={(messageCopy) => toasts.attempt(api.changeSettings({ messageCopy }))}
        />
      </Card>
      <Standing copy={copy} />
    </Section>
  );
}

function Standing({ copy: { isOn, last, isUnderWay, refusal, restoring } }: { copy: MessageCopyView }) {
  const { recovery } = useWords();
  const format = useFormat();
  const sentence = useErrorSentence();
  const now = useNow();
  return (
    <>
      {isOn && last === undefined && !isUnderWay && <Quiet>{recovery.copyNone}</Quiet>}
      {isOn && last !== undefined && <Quiet>{recovery.copyLast(format.moment(last.at, now), last.messages)}</Quiet>}
      {isOn && last !== undefined && last.older > 0 && <Quiet>{recovery.copyOlder(last.older)}</Quiet>}
      {isOn && last?.isHere === false && <Quiet>{recovery.copyElsewhere}</Quiet>}
      {!isOn && last !== undefined && last.until > now && (
        <Notice>{recovery.copyUntil(format.moment(last.until, now))}</Notice>
      )}
      {refusal !== undefined && <Notice kind="warn">{recovery.copyRefused(sentence(refusal))}</Notice>}
      {isUnderWay && refusal === undefined && <Quiet>{recovery.copyUnderWay}</Quiet>}
      {restoring !== undefined && restoring.doneAt === undefined && (
        <Notice>{recovery.copyComing(restoring.messagesDone, restoring.messages)}</Notice>
      )}
      {restoring !== undefined && restoring.missing > 0 && <Notice>{recovery.copyMissing(restoring.missing)}</Notice>}
    </>
  );
}
