import { useRef, useState, type KeyboardEvent } from "react";
import { IconButton } from "../base/button.tsx";
import { Empty } from "../base/empty.tsx";
import { ToastPlace } from "../base/toast.tsx";
import { useLive } from "../use-live.ts";
import { CloseIcon, EnvelopeIcon, GroupIcon, InviteIcon, Mark, PlusIcon, SearchIcon, SettingsIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { useNow } from "../shell/now.ts";
import { ProfileSwitch } from "../shell/profile-switch.tsx";
import { OpenQuestions } from "../group/questions/open-questions.tsx";
import { OpenPairings } from "../pairing/open-pairings.tsx";
import { GoneLine } from "../devices/gone-line.tsx";
import { ComingLine } from "../devices/coming-line.tsx";
import { HistoryLine } from "../devices/history-line.tsx";
import { IdleLine } from "../devices/idle-line.tsx";
import { MessageCopyLine } from "../recovery/message-copy.tsx";
import { ReturningLine } from "../devices/returning-line.tsx";
import { RecoveryOffer } from "../recovery/offer.tsx";
import { LockdownLine } from "./lockdown-line.tsx";
import { LockOffer } from "./lock-offer.tsx";
import { ConversationRows } from "./rows.tsx";
import { SearchResults } from "./results.tsx";
import styles from "./pane.module.css";

/** Moves the focus up and down a list of links with the arrow keys, Home and End. */
export function moveInList(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const typing = document.activeElement instanceof HTMLInputElement;
  const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
  const target = targets[event.key];
  if (target === undefined || (typing && event.key !== "ArrowDown")) return;
  const row = rows[target];
  event.preventDefault();
  if (row === undefined && target < 0) event.currentTarget.querySelector("input")?.focus();
  else row?.focus();
}

/** The list of conversations, with search over them and over messages. */
export function ConversationsPane({ current }: { current: string | undefined }) {
  const words = useWords();
  const [text, setText] = useState("");
  const search = useRef<HTMLInputElement>(null);
  const clear = () => {
    setText("");
    search.current?.focus();
  };
  return (
    <nav className={styles["pane"]} aria-label={words.list.title} onKeyDown={moveInList}>
      <header className={styles["header"]}>
        <Mark size={32} />
        <h1>{words.list.title}</h1>
        <Link to="/new" className={styles["action"]} aria-label={words.pair.new} title={words.pair.new}>
          <PlusIcon />
        </Link>
        <Link
          to="/new/group"
          className={[styles["action"], styles["roomy"]].join(" ")}
          aria-label={words.group.new}
          title={words.group.new}
        >
          <GroupIcon />
        </Link>
        <Link to="/settings" className={styles["action"]} aria-label={words.list.settings} title={words.list.settings}>
          <SettingsIcon />
        </Link>
      </header>
      <ProfileSwitch />
      <div className={styles["search"]} role="search">
        <SearchIcon size={20} />
        <input
          ref={search}
          type="search"
          dir="auto"
          aria-label={words.list.search}
          placeholder={words.list.searchHint}
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && text !== "") clear();
          }}
        />
        {text !== "" && (
          <IconButton label={words.list.clear} onClick={clear}>
            <CloseIcon size={18} />
          </IconButton>
        )}
      </div>
      <div className={styles["scroll"]}>
        {text.trim() === "" ? <AllConversations current={current} /> : <SearchResults text={text} current={current} />}
      </div>
      <ToastPlace />
    </nav>
  );
}

function AllConversations({ current }: { current: string | undefined }) {
  const words = useWords();
  const now = useNow();
  const conversations = useLive("conversations", {});
  if (conversations === undefined) return null;
  return (
    <>
      <GoneLine />
      <ReturningLine />
      <ComingLine />
      <HistoryLine />
      <MessageCopyLine />
      <IdleLine />
      <LockdownLine />
      <OpenQuestions />
      <OpenPairings />
      {conversations.length === 0 ? (
        <Empty icon={<EnvelopeIcon size={28} />} title={words.list.empty} text={words.list.emptyText}>
          <Link to="/new" className={styles["start"]}>
            <InviteIcon size={20} /> {words.pair.new}
          </Link>
        </Empty>
      ) : (
        <>
          <LockOffer now={now} />
          <RecoveryOffer />
          <ConversationRows conversations={conversations} current={current} now={now} />
        </>
      )}
    </>
  );
}
