import { useMemo } from "react";
import type { ConversationView, MessageView } from "@pli/engine/api";
import { useWords } from "../language.tsx";
import { useMessageActions } from "../message/use-actions.tsx";
import { useNaming, whoOf } from "../naming.ts";
import { Arrivals } from "./arrivals.tsx";
import { Log } from "./log/log.tsx";
import { firstAfter, rowsFrom } from "./log/rows.ts";
import { useThreadPlace, type ThreadPlace } from "./use-thread-place.ts";
import styles from "./thread.module.css";

/** The messages of a conversation, and the dialogs about them. */
export function Messages({ conversation }: { conversation: ConversationView }) {
  const name = useNaming().nameOf(whoOf(conversation));
  const place = useThreadPlace(conversation);
  const { messages } = place.held;
  return (
    <>
      {messages === undefined ? (
        <div className={styles["loading"]} />
      ) : (
        <Held conversation={conversation} name={name} place={place} messages={messages} />
      )}
      <Arrivals conversation={conversation.id} name={name} />
    </>
  );
}

interface HeldProps {
  conversation: ConversationView;
  name: string;
  place: ThreadPlace;
  messages: readonly MessageView[];
}

/** The part of a conversation that is held, once it is known. */
function Held({ conversation, name, place, messages }: HeldProps) {
  const words = useWords();
  const { actions, dialogs } = useMessageActions(conversation);
  const { goal, held, reading, target, goTo, goToUnread } = place;
  const { hasOlder } = held;
  const { lineAfter } = reading;
  const rows = useMemo(
    () => rowsFrom(messages, firstAfter(messages, { order: lineAfter, hasOlder })?.id),
    [messages, lineAfter, hasOlder],
  );
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
          unread={conversation.unread}
          isPast={reading.isPast}
          target={messages.find(({ order }) => order === target)?.id}
          hasOlder={hasOlder}
          hasNewer={held.hasNewer}
          onView={held.look}
          onSee={reading.see}
          onGoal={goTo}
          onUnread={goToUnread}
          actions={actions}
        />
      )}
      {dialogs}
    </>
  );
}
