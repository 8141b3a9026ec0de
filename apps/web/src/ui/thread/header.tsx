import type { ConversationView } from "@pli/engine/api";
import { detailsAddress } from "../address.ts";
import { IconButton } from "../base/button.tsx";
import { TrustDots } from "../base/dots.tsx";
import { Name } from "../base/name.tsx";
import { ConversationAvatar } from "../conversations/avatar.tsx";
import { timerText } from "../group/lines/timers.ts";
import { BackIcon, HourglassIcon, MutedIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { whoOf } from "../naming.ts";
import { goBack, Link } from "../router.tsx";
import { useWording } from "../wording.ts";
import { detailsTitle } from "./menu/details.tsx";
import { ThreadMenu } from "./menu/menu.tsx";
import styles from "./header.module.css";

/** Above a thread: whom it is with, what holds there, and a menu. */
export function ThreadHeader({ conversation, onFind }: { conversation: ConversationView; onFind: () => void }) {
  const words = useWords();
  const title = detailsTitle(conversation, useWording());
  return (
    <header className={styles["header"]}>
      <IconButton className={styles["back"]} label={words.app.back} onClick={() => goBack("/")}>
        <BackIcon />
      </IconButton>
      <Link to={detailsAddress(conversation)} className={styles["who"]} title={title}>
        <ConversationAvatar conversation={conversation} size="small" />
        <span className={styles["name"]}>
          <h1>
            <Name {...whoOf(conversation)} />
          </h1>
          <About conversation={conversation} />
        </span>
      </Link>
      <ThreadMenu conversation={conversation} onFind={onFind} />
    </header>
  );
}

/** How well the people are known, how many they are, and what is set for the conversation. */
function About({ conversation }: { conversation: ConversationView }) {
  const words = useWords();
  const { archive, kind, state, level, members, timer, muted } = conversation;
  if (archive !== undefined) return <span className={styles["about"]}>{words.archive.about}</span>;
  return (
    <span className={styles["about"]}>
      {(kind === "direct" || state !== "joining") && <TrustDots level={level} />}
      <span>
        {members === undefined ? kind === "direct" && words.contact.levels[level] : words.group.membersCount(members)}
      </span>
      {timer !== undefined && <TimerMark seconds={timer} />}
      {muted && (
        <span role="img" aria-label={words.list.muted}>
          <MutedIcon size={14} />
        </span>
      )}
    </span>
  );
}

function TimerMark({ seconds }: { seconds: number }) {
  const wording = useWording();
  const label = wording.words.group.disappearing(timerText(seconds, wording));
  return (
    <span role="img" aria-label={label} title={label}>
      <HourglassIcon size={14} />
    </span>
  );
}
