import type { GroupView } from "@pli/engine/api";
import { IconButton } from "../base/button.tsx";
import { Card, Section } from "../base/page.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { ClockIcon, CloseIcon } from "../icons.tsx";
import { useWording } from "../wording.ts";
import { pendingText } from "./lines/changes.ts";
import styles from "./group.module.css";

/** Changes that this person asked for and that are not in effect yet, with what each waits for. */
export function Pending({ group }: { group: GroupView }) {
  const wording = useWording();
  const api = useApi();
  const toasts = useToasts();
  const say = wording.words.group.pending;
  if (group.pending.length === 0) return null;
  const cancel = (change: string) =>
    toasts.attempt(api.cancelChange({ conversation: group.id, change }), say.cancelled);
  return (
    <Section title={say.title}>
      <Card>
        <ul className={styles["list"]}>
          {group.pending.map(({ id, operation, waitsFor }) => {
            const text = pendingText(operation, wording);
            return (
              <li key={id} className={styles["pending"]}>
                <ClockIcon size={20} />
                <p>
                  <strong>{text}</strong>
                  <span>{say[group.state === "rejoining" ? "rejoining" : waitsFor]}</span>
                </p>
                <IconButton label={say.cancel(text)} onClick={() => cancel(id)}>
                  <CloseIcon size={20} />
                </IconButton>
              </li>
            );
          })}
        </ul>
      </Card>
    </Section>
  );
}
