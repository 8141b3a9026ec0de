import type { ReactNode } from "react";
import type { ConversationView } from "@pli/engine/api";
import { Name } from "../base/name.tsx";
import { whoOf } from "../naming.ts";
import { conversationAddress } from "../address.ts";
import { TrustDots } from "../base/dots.tsx";
import { BlockIcon, HourglassIcon, MutedIcon, StorageIcon } from "../icons.tsx";
import { timerText } from "../group/lines/timers.ts";
import { useFormat, useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { StateMark } from "../message/state.tsx";
import { useWording } from "../wording.ts";
import { ConversationAvatar } from "./avatar.tsx";
import { previewOf } from "./preview.ts";
import styles from "./row.module.css";

/** One conversation of the list: who, the last words, when, and what waits. */
export function ConversationRow({
  conversation,
  current,
  now,
}: {
  conversation: ConversationView;
  current: boolean;
  now: number;
}) {
  const words = useWords();
  const format = useFormat();
  const wording = useWording();
  const { kind, author, text } = previewOf(conversation, wording);
  const { last, unread, timer } = conversation;
  const isJoining = conversation.kind === "group" && conversation.state === "joining";
  return (
    <Link
      to={conversationAddress(conversation.id)}
      className={styles["row"]}
      aria-current={current ? "page" : undefined}
      data-row
      data-unread={unread > 0 || undefined}
    >
      <ConversationAvatar conversation={conversation} />
      <span className={styles["middle"]}>
        <span className={styles["first"]}>
          <span className={styles["name"]}>
            <Name {...whoOf(conversation)} />
          </span>
          {!isJoining && conversation.archive === undefined && <TrustDots level={conversation.level} />}
          {timer !== undefined && (
            <Mark label={words.group.disappearing(timerText(timer, wording))} icon={<HourglassIcon size={16} />} />
          )}
          {conversation.archive !== undefined && <Mark label={words.archive.mark} icon={<StorageIcon size={16} />} />}
          {conversation.muted && <Mark label={words.list.muted} icon={<MutedIcon size={16} />} />}
          {conversation.blocked && <Mark label={words.list.blocked} icon={<BlockIcon size={16} />} />}
          <time className={styles["time"]} dateTime={new Date(conversation.activeAt).toISOString()}>
            {format.moment(conversation.activeAt, now)}
          </time>
        </span>
        <span className={styles["second"]}>
          {kind === "own" && last !== undefined && <StateMark message={last} />}
          <span className={styles["text"]}>
            {kind === "draft" && <span className={styles["lead"]}>{words.list.draft} </span>}
            {kind === "own" && `${words.list.you} `}
            {author !== undefined && `${words.list.by(author)} `}
            <bdi>{text}</bdi>
          </span>
          {unread > 0 && (
            <span className={styles["count"]}>
              <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
              <span className="hidden">{words.list.unread(unread)}</span>
            </span>
          )}
        </span>
      </span>
    </Link>
  );
}

function Mark({ label, icon }: { label: string; icon: ReactNode }) {
  return (
    <span className={styles["mark"]} role="img" aria-label={label} title={label}>
      {icon}
    </span>
  );
}
