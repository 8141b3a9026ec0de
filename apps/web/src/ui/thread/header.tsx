import type { ConversationView } from "@pli/engine/api";
import { detailsAddress } from "../address.ts";
import { IconButton } from "../base/button.tsx";
import { TrustDots } from "../base/dots.tsx";
import { Menu } from "../base/menu.tsx";
import { Name } from "../base/name.tsx";
import { useToasts } from "../base/toast.tsx";
import { useApi } from "../client.ts";
import { ConversationAvatar } from "../conversations/avatar.tsx";
import { timerText } from "../group/lines/timers.ts";
import {
  BackIcon,
  BellIcon,
  GroupIcon,
  HourglassIcon,
  MoreIcon,
  MutedIcon,
  PersonIcon,
  SearchIcon,
} from "../icons.tsx";
import { useWords } from "../language.tsx";
import { useNaming, whoOf } from "../naming.ts";
import { goBack, Link, navigate } from "../router.tsx";
import { useWording } from "../wording.ts";
import styles from "./header.module.css";

/** Above a thread: whom it is with, what holds there, and a menu. */
export function ThreadHeader({ conversation, onFind }: { conversation: ConversationView; onFind: () => void }) {
  const words = useWords();
  const title = useDetailsTitle(conversation);
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

/** The title of the page about a contact or a group. */
function useDetailsTitle(conversation: ConversationView): string {
  const words = useWords();
  const name = useNaming().nameOf(whoOf(conversation));
  return conversation.kind === "group" ? words.group.about(name) : words.thread.contact(name);
}

/** How well the people are known, how many they are, and what is set for the conversation. */
function About({ conversation }: { conversation: ConversationView }) {
  const words = useWords();
  const { kind, state, level, members, timer, muted } = conversation;
  return (
    <span className={styles["about"]}>
      {state !== "joining" && <TrustDots level={level} />}
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

function ThreadMenu({ conversation, onFind }: { conversation: ConversationView; onFind: () => void }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const title = useDetailsTitle(conversation);
  const { id, kind, muted } = conversation;
  const mute = () =>
    toasts.attempt(api.mute({ conversation: id, muted: !muted }), muted ? words.thread.unmuted : words.thread.muted);
  return (
    <Menu
      label={words.thread.more}
      icon={<MoreIcon />}
      choices={[
        {
          id: "details",
          label: title,
          icon: kind === "group" ? <GroupIcon /> : <PersonIcon />,
          onChoose: () => navigate(detailsAddress(conversation)),
        },
        { id: "find", label: words.thread.find, icon: <SearchIcon />, onChoose: onFind },
        {
          id: "mute",
          label: muted ? words.thread.unmute : words.thread.mute,
          icon: muted ? <BellIcon /> : <MutedIcon />,
          onChoose: mute,
        },
      ]}
    />
  );
}
