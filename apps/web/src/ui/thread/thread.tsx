import { useEffect, useMemo, useRef, useState } from "react";
import type { ConversationView, GroupMemberView, MessageView } from "@pli/engine/api";
import { Name } from "../base/name.tsx";
import { MembersContext, useNaming, whoOf } from "../naming.ts";
import { detailsAddress } from "../address.ts";
import { Button, IconButton } from "../base/button.tsx";
import { Confirm } from "../base/dialog.tsx";
import { TrustDots } from "../base/dots.tsx";
import { Menu } from "../base/menu.tsx";
import { Notice } from "../base/notice.tsx";
import { ToastPlace, useToasts } from "../base/toast.tsx";
import { useApi, useLive } from "../client.tsx";
import { ConversationAvatar } from "../conversations/avatar.tsx";
import { authorOf, lineOf } from "../conversations/preview.ts";
import { timerText } from "../group/lines/changes.ts";
import { RejoiningNotice } from "../group/rejoining.tsx";
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
import { goBack, Link, navigate, usePlace } from "../router.tsx";
import { useTitle } from "../shell/title.tsx";
import { StoreWait } from "./store-wait.tsx";
import { useTeller } from "../teller.ts";
import type { MessageActions } from "../message/bubble.tsx";
import { Closed } from "./composer/closed.tsx";
import { Composer } from "./composer/composer.tsx";
import type { DraftKeeper } from "./composer/draft.ts";
import { Find, useFind } from "./find.tsx";
import { LinkDialog } from "../message/link-dialog.tsx";
import { Log, type Goal } from "./log/log.tsx";
import { useReading } from "./reading.ts";
import { firstAfter, isBubble, rowsFrom } from "./log/rows.ts";
import { useThreadWindow } from "./window.ts";
import styles from "./thread.module.css";

/**
 * A conversation: its header, its messages, and where to write. Mounted anew for each conversation.
 */
export function Thread({ conversation }: { conversation: ConversationView }) {
  const members = useLive("group", { id: conversation.id })?.members;
  useTitle(useWords().thread.title);
  return (
    <MembersContext value={members ?? NOBODY}>
      <Opened conversation={conversation} />
    </MembersContext>
  );
}

const NOBODY: GroupMemberView[] = [];

function Opened({ conversation }: { conversation: ConversationView }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const { id, kind } = conversation;
  const keeper = useDraftKeeper(id);
  const [isFinding, setFinding] = useFind();
  const name = useNaming().nameOf(whoOf(conversation));
  return (
    <div className={styles["thread"]}>
      <ThreadHeader conversation={conversation} onFind={() => setFinding(true)} />
      {isFinding && <Find conversation={id} onClose={() => setFinding(false)} />}
      {conversation.state === "rejoining" && (
        <div className={styles["notice"]}>
          {kind === "group" ? (
            <GroupRejoining conversation={conversation} />
          ) : (
            <Notice>{words.thread.rejoining(name)}</Notice>
          )}
        </div>
      )}
      <StoreWait conversation={conversation.id} />
      <Messages conversation={conversation} />
      <ToastPlace />
      {conversation.blocked ? (
        <div className={styles["blocked"]}>
          <p>{words.thread.blocked(name)}</p>
          <Button onClick={() => toasts.attempt(api.block({ contact: conversation.contact, blocked: false }))}>
            {words.thread.unblock}
          </Button>
        </div>
      ) : !conversation.writable ? (
        <Closed conversation={conversation} />
      ) : (
        <Composer name={name} draft={conversation.draft} keeper={keeper} />
      )}
    </div>
  );
}

/** Keeps what is typed in this conversation on this device, and sends it. */
function useDraftKeeper(conversation: string): DraftKeeper {
  const api = useApi();
  const toasts = useToasts();
  return useMemo(() => {
    const told = <T,>(call: Promise<T>): Promise<T> => {
      toasts.attempt(call);
      return call;
    };
    return {
      save: async (text, was) => (await told(api.saveDraft({ conversation, text, was }))).draft,
      read: async () => (await api.read("conversation", { id: conversation }))?.draft ?? "",
      // Message path 1/11: typed in the composer of a thread.
      send: async (text, draft) => {
        await told(api.sendText({ conversation, text, draft }));
      },
    };
  }, [api, conversation, toasts]);
}

function GroupRejoining({ conversation }: { conversation: ConversationView }) {
  const group = useLive("group", { id: conversation.id });
  return <RejoiningNotice group={group} writes={conversation.writable} />;
}

function ThreadHeader({ conversation, onFind }: { conversation: ConversationView; onFind: () => void }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const { id, kind, muted, timer } = conversation;
  const name = useNaming().nameOf(whoOf(conversation));
  const details = detailsAddress(conversation);
  const about = kind === "group" ? words.group.about(name) : words.thread.contact(name);
  const mute = () =>
    toasts.attempt(api.mute({ conversation: id, muted: !muted }), muted ? words.thread.unmuted : words.thread.muted);
  return (
    <header className={styles["header"]}>
      <IconButton className={styles["back"]} label={words.app.back} onClick={() => goBack("/")}>
        <BackIcon />
      </IconButton>
      <Link to={details} className={styles["who"]} title={about}>
        <ConversationAvatar conversation={conversation} size="small" />
        <span className={styles["name"]}>
          <h1>
            <Name {...whoOf(conversation)} />
          </h1>
          <span className={styles["about"]}>
            {conversation.state !== "joining" && <TrustDots level={conversation.level} />}
            <span>
              {conversation.members === undefined
                ? kind === "direct" && words.contact.levels[conversation.level]
                : words.group.membersCount(conversation.members)}
            </span>
            {timer !== undefined && <TimerMark seconds={timer} />}
            {muted && (
              <span role="img" aria-label={words.list.muted}>
                <MutedIcon size={14} />
              </span>
            )}
          </span>
        </span>
      </Link>
      <Menu
        label={words.thread.more}
        icon={<MoreIcon />}
        choices={[
          {
            id: "details",
            label: about,
            icon: kind === "group" ? <GroupIcon /> : <PersonIcon />,
            onChoose: () => navigate(details),
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
    </header>
  );
}

function TimerMark({ seconds }: { seconds: number }) {
  const teller = useTeller();
  const label = teller.words.group.disappearing(timerText(seconds, teller));
  return (
    <span role="img" aria-label={label} title={label}>
      <HourglassIcon size={14} />
    </span>
  );
}

/** What arrives in this conversation, for screen readers. */
function useArrivals(id: string, name: string): string {
  const api = useApi();
  const teller = useTeller();
  const [said, setSaid] = useState("");
  useEffect(
    () =>
      api.onMessage((message) => {
        if (message.conversation !== id) return;
        const line = lineOf(message, name, teller);
        setSaid(isBubble(message) ? teller.words.thread.arrived(authorOf(message, name, teller), line) : line);
      }),
    [api, id, name, teller],
  );
  return said;
}

/** The order that the address asks for: of a message that a search led to. */
function useWanted(): number | undefined {
  const wanted = new URLSearchParams(usePlace().query).get("m");
  return wanted !== null && /^\d{1,15}$/u.test(wanted) ? Number(wanted) : undefined;
}

function Messages({ conversation }: { conversation: ConversationView }) {
  const words = useWords();
  const { id, unread, readUpTo, last } = conversation;
  const name = useNaming().nameOf(whoOf(conversation));
  const wanted = useWanted();
  const [goal, setGoal] = useState<Goal>(() => firstGoal(wanted, conversation));
  const held = useThreadWindow(id, goal.at === "end" ? undefined : goal.at);
  const { messages = NO_MESSAGES, hasOlder } = held;
  const firstUnread = unread > 0 ? firstAfter(messages, { order: readUpTo, hasOlder })?.order : undefined;
  const reading = useReading(conversation, { openedAt: wanted ?? 0, firstUnread, isFollowing: held.isFollowing });
  const { lineAfter } = reading;
  const rows = useMemo(
    () => rowsFrom(messages, firstAfter(messages, { order: lineAfter, hasOlder })?.id),
    [messages, lineAfter, hasOlder],
  );
  const goTo = (next: Goal) => {
    setGoal(next);
    held.goTo(next.at === "end" ? undefined : next.at);
  };
  const led = useRef(wanted);
  useEffect(() => {
    if (wanted === led.current) return;
    led.current = wanted;
    if (wanted === undefined) return;
    reading.leadTo(wanted);
    goTo({ at: wanted });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each message that a search leads to
  }, [wanted]);
  const arrived = useArrivals(id, name);
  const { actions, dialogs } = useMessageActions();
  if (held.messages === undefined) return <div className={styles["loading"]} />;
  return (
    <>
      {rows.length === 0 ? (
        <p className={styles["empty"]}>{conversation.writable && words.thread.empty(name)}</p>
      ) : (
        <Log
          key={held.leap}
          rows={rows}
          name={name}
          group={conversation.kind === "group"}
          goal={goal}
          isMoving={held.isMoving}
          unread={unread}
          isPast={reading.isPast}
          target={messages.find(({ order }) => order === wanted)?.id}
          hasOlder={hasOlder}
          hasNewer={held.hasNewer}
          ownLast={last?.mine === true && isBubble(last) ? last.id : undefined}
          onView={held.look}
          onSee={reading.see}
          onGoal={(next) => {
            if (next !== "unread" && next.at === "end") reading.catchUp();
            goTo(next === "unread" ? { at: readUpTo + 1, as: "first" } : next);
          }}
          actions={actions}
        />
      )}
      <p className="hidden" role="status">
        {arrived}
      </p>
      {dialogs}
    </>
  );
}

const NO_MESSAGES: readonly MessageView[] = [];

/** At what a search led to; else where one stopped reading; else at the end. */
function firstGoal(wanted: number | undefined, { unread, readUpTo }: ConversationView): Goal {
  if (wanted !== undefined) return { at: wanted };
  return unread > 0 ? { at: readUpTo + 1, as: "first" } : { at: "end" };
}

function useMessageActions() {
  const api = useApi();
  const words = useWords();
  const toasts = useToasts();
  const { nameOf } = useNaming();
  const [forgetting, setForgetting] = useState<MessageView>();
  const [href, setHref] = useState<string>();
  const actions = useMemo<MessageActions>(
    () => ({
      copy(message) {
        if (message.body.kind === "text")
          toasts.attempt(navigator.clipboard.writeText(message.body.text), words.thread.copied);
      },
      askAgain: (message) =>
        toasts.attempt(
          api.askForHeld({ message: message.id }),
          words.thread.heldAsked(nameOf({ id: message.from, name: message.fromName })),
        ),
      resend: (message) => toasts.attempt(api.resend({ message: message.id })),
      forget: setForgetting,
      openLink: setHref,
    }),
    [api, nameOf, toasts, words],
  );
  const waits = forgetting?.state === "saved";
  /** Whether it arrived is not known of what was on its way. */
  const forget = async (message: string): Promise<void> => {
    const { left } = await api.forgetMessage({ message });
    if (left === "perhaps") toasts.say(words.thread.forgetOnItsWay);
  };
  const dialogs = (
    <>
      <Confirm
        open={forgetting !== undefined}
        title={words.thread.forgetAsk}
        text={waits ? words.thread.forgetWaiting : words.thread.forgetText}
        confirm={words.thread.forgetDo}
        danger
        onClose={() => setForgetting(undefined)}
        onConfirm={() => {
          if (forgetting !== undefined) toasts.attempt(forget(forgetting.id));
        }}
      />
      <LinkDialog href={href} onClose={() => setHref(undefined)} />
    </>
  );
  return { actions, dialogs };
}
