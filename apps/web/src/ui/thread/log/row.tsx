import type { ReactElement } from "react";
import { useFormat, useWords } from "../../language.tsx";
import type { MessageActions } from "../../message/actions.ts";
import { Bubble } from "../../message/bubble.tsx";
import { useNow } from "../../shell/now.ts";
import { useWording } from "../../wording.ts";
import type { Row } from "./rows.ts";
import styles from "./log.module.css";

interface RowViewProps {
  row: Row;
  /** What the reader calls the conversation. */
  name: string;
  group: boolean;
  active: boolean;
  found: boolean;
  actions: MessageActions;
  onFocus: () => void;
}

/** One row of the list. */
export function RowView({ row, ...rest }: RowViewProps): ReactElement {
  switch (row.kind) {
    case "day":
      return <Day at={row.at} />;
    case "unread":
      return <UnreadLine />;
    case "relayed":
      return <RelayedLine row={row} />;
    case "note":
      return <Note row={row} {...rest} />;
    case "bubble":
      return <Bubble message={row.message} kind={row.bubble} first={row.first} last={row.last} {...rest} />;
  }
}

function Day({ at }: { at: number }) {
  const format = useFormat();
  const now = useNow();
  return (
    <h2 className={styles["day"]}>
      <time dateTime={new Date(at).toISOString()}>{format.day(at, now)}</time>
    </h2>
  );
}

function UnreadLine() {
  return <p className={styles["unread"]}>{useWords().thread.newMessages}</p>;
}

function RelayedLine({ row }: { row: Extract<Row, { kind: "relayed" }> }) {
  const { words, nameOf } = useWording();
  return <p className={styles["note"]}>{words.group.toldBefore(nameOf(row.by))}</p>;
}

interface NoteProps extends Omit<RowViewProps, "row"> {
  row: Extract<Row, { kind: "note" }>;
}

function Note({ row: { message, note }, name, active, actions, onFocus }: NoteProps) {
  const wording = useWording();
  const { Action } = note;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a stop of the log like any message
    <p className={styles["note"]} data-message={message.id} tabIndex={active ? 0 : -1} onFocus={onFocus}>
      {note.line(message, name, wording)}
      {Action !== undefined && <Action message={message} active={active} actions={actions} />}
    </p>
  );
}
