import { useLayoutEffect, useRef, useState } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { useWords } from "../../language.tsx";
import type { MessageActions } from "../../message/actions.ts";
import type { InView } from "../reading.ts";
import type { View } from "../window.ts";
import type { Contents, Goal } from "./goal.ts";
import { JumpToEnd, JumpToUnread } from "./jump-buttons.tsx";
import { RowView } from "./row.tsx";
import { isStop, type Row } from "./rows.ts";
import { useActiveRow } from "./use-active-row.ts";
import { usePlacement } from "./use-placement.ts";
import { useViewReport } from "./use-view-report.ts";
import styles from "./log.module.css";

interface LogProps extends Contents {
  rows: Row[];
  /** What the reader calls the conversation. */
  name: string;
  group: boolean;
  goal: Goal;
  /** Messages below that are not read. */
  unread: number;
  /** Those stand above. */
  isPast: boolean;
  /** A message to bring into view and point at. */
  target: string | undefined;
  onView: (view: View) => void;
  onSee: (view: InView) => void;
  onGoal: (goal: Goal) => void;
  /** The reader asks for the first unread message. */
  onUnread: () => void;
  actions: MessageActions;
}

/**
 * The messages, oldest at the top; only what is in view exists. Follows the end while the reader is
 * there.
 */
export function Log(props: LogProps) {
  const { rows, name, group, unread, isPast, target, onGoal, onUnread, actions } = props;
  const words = useWords();
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { active, choose, focusRow, onKeyDown } = useActiveRow({ ...props, list, scroller });
  const placement = usePlacement({ ...props, list, scroller, focusRow });
  const { isAway, report } = useViewReport({ ...props, list, scroller, placement });
  const isShifted = useShift(rows);
  const kept = rows.findIndex((row) => row.key === active);
  return (
    <div className={styles["frame"]}>
      <div
        ref={scroller}
        className={styles["log"]}
        role="log"
        aria-live="off"
        aria-label={words.thread.log(name)}
        onKeyDown={onKeyDown}
        onScroll={report}
      >
        <div className={styles["spacer"]} />
        <Virtualizer ref={list} scrollRef={scroller} shift={isShifted} keepMounted={kept < 0 ? [] : [kept]} data={rows}>
          {(row) => (
            <RowView
              key={row.key}
              row={row}
              name={name}
              group={group}
              active={row.key === active}
              found={row.key === target}
              actions={actions}
              onFocus={() => choose(row.key)}
            />
          )}
        </Virtualizer>
      </div>
      {isPast && <JumpToUnread unread={unread} onJump={onUnread} />}
      {isAway && <JumpToEnd unread={isPast ? 0 : unread} onJump={() => onGoal({ at: "end" })} />}
    </div>
  );
}

/** For one render after rows came or went at the start, so that the list keeps its place. */
function useShift(rows: readonly Row[]): boolean {
  const [known, setKnown] = useState(rows);
  // oxlint-disable-next-line react/set-state-in-effect -- the list has to be laid out once while it is shifted
  useLayoutEffect(() => setKnown(rows), [rows]);
  return known !== rows && hasMovedAtStart(known, rows);
}

/** Rows came or went before those that are in both lists. */
function hasMovedAtStart(before: readonly Row[], after: readonly Row[]): boolean {
  const [first, now] = [before.find(isStop)?.key, after.find(isStop)?.key];
  if (first === now) return false;
  return after.some(({ key }) => key === first) || before.some(({ key }) => key === now);
}
