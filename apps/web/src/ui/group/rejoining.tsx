import type { GroupView, Named, RejoiningView } from "@pli/engine/api";
import { Notice } from "../base/notice.tsx";
import { useWording, type Wording } from "../wording.ts";
import { Leave } from "./leave.tsx";
import { peopleOf } from "./lines/people.ts";
import styles from "./group.module.css";

/** This many are named one by one; of more, the first. */
const LISTED = 5;

/** Nobody is left to wait for. */
const isStuck = ({ waitsFor, answered, refusedBy }: RejoiningView): boolean =>
  waitsFor.length === 0 && (refusedBy.length > 0 || answered.length === 0);

/** Leaving is what is left to do, or may be: the notice offers it. */
export function offersLeave({ rejoining }: GroupView): boolean {
  return rejoining !== undefined && (isStuck(rejoining) || rejoining.refusedBy.length > 0);
}

interface NoticeProps {
  /** Undefined until it is known. */
  group: GroupView | undefined;
  /** This person may write there: what they write waits. */
  writes: boolean;
  /** With since when, and what would help. */
  full?: boolean;
}

/**
 * Says that this device is rejoining a group, for whom it waits, and what one may do.
 */
export function RejoiningNotice({ group, writes, full = false }: NoticeProps) {
  const wording = useWording();
  const say = wording.words.group.rejoining;
  const rejoining = group?.rejoining;
  const stuck = rejoining !== undefined && isStuck(rejoining);
  const lines = [
    ...(full && rejoining !== undefined ? [sinceLine(rejoining, wording)] : []),
    ...(rejoining === undefined ? [] : hopeLines(rejoining, full, wording)),
    ...(writes ? [stuck ? say.messagesWait : say.messages] : []),
  ];
  return (
    <Notice
      kind={stuck ? "warn" : "calm"}
      title={stuck ? say.stuck : say.title}
      action={
        group !== undefined && offersLeave(group) ? (
          <div className={full ? styles["below"] : undefined}>
            <Leave group={group} kind="plain" />
          </div>
        ) : undefined
      }
    >
      {lines.length === 0 ? undefined : lines.join(" ")}
    </Notice>
  );
}

function sinceLine({ since, by }: RejoiningView, { words, format, nameOf }: Wording): string {
  const say = words.group.rejoining;
  const when = format.dateTime(since);
  return by === undefined || by.name === "" ? say.since(when) : say.sinceBy(when, nameOf(by));
}

function hopeLines({ waitsFor, answered, refusedBy }: RejoiningView, full: boolean, wording: Wording): string[] {
  const say = wording.words.group.rejoining;
  const people = (who: readonly Named[]) => peopleOf(who, wording);
  const lines = refusedBy.length === 0 ? [] : [say.refused(people(refusedBy), refusedBy.length), say.wayOut];
  if (waitsFor.length > 0) {
    const names = waitsFor.length > LISTED ? people(waitsFor) : waitsFor.map(wording.nameOf).join(", ");
    lines.push(say.waits(names, waitsFor.length), ...(full ? [say.opens(waitsFor.length)] : []));
  }
  if (lines.length > 0) return lines;
  return [answered.length > 0 ? say.answered(people(answered), answered.length) : say.nobody];
}
