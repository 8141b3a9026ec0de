import { useState } from "react";
import type { ConversationView, MessageView } from "@pli/engine/api";
import { isBubble } from "../message/kinds/index.ts";
import { usePlace } from "../router.tsx";
import { useAfterChange } from "../use-after-change.ts";
import { orderOfGoal, type Goal } from "./log/goal.ts";
import { firstAfter } from "./log/rows.ts";
import { useReading, type Reading } from "./reading.ts";
import { useThreadWindow, type ThreadWindow } from "./window.ts";

/** Where a thread is: the messages it holds, where its list goes, and what is read of it. */
export interface ThreadPlace {
  goal: Goal;
  held: ThreadWindow;
  reading: Reading;
  /** The order of the message that a search led to. */
  target: number | undefined;
  goTo(goal: Goal): void;
  /** To the first unread message. */
  goToUnread(): void;
}

export function useThreadPlace(conversation: ConversationView): ThreadPlace {
  const { id, unread, readUpTo, last } = conversation;
  const target = useTarget();
  const [goal, setGoal] = useState<Goal>(() => firstGoal(target, conversation));
  const held = useThreadWindow(id, orderOfGoal(goal));
  const { messages = NO_MESSAGES, hasOlder, isFollowing } = held;
  const firstUnread = unread > 0 ? firstAfter(messages, { order: readUpTo, hasOlder })?.order : undefined;
  const reading = useReading(conversation, { openedAt: target ?? 0, firstUnread, isFollowing });

  const move = (next: Goal): void => {
    setGoal(next);
    held.goTo(orderOfGoal(next));
  };
  const goTo = (next: Goal): void => {
    if (next.at === "end") reading.catchUp();
    move(next);
  };

  useAfterChange(target, (order) => {
    if (order === undefined) return;
    reading.leadTo(order);
    move({ at: order });
  });
  useAfterChange(last?.mine === true && isBubble(last) ? last.id : undefined, (written) => {
    if (written !== undefined) goTo({ at: "end" });
  });

  return { goal, held, reading, target, goTo, goToUnread: () => move({ at: readUpTo + 1, as: "first" }) };
}

const NO_MESSAGES: readonly MessageView[] = [];

/** The order of a message that the address asks for: a search led to it. */
function useTarget(): number | undefined {
  const order = new URLSearchParams(usePlace().query).get("m");
  return order !== null && /^\d{1,15}$/u.test(order) ? Number(order) : undefined;
}

/** At what a search led to; else where the reader stopped; else at the end. */
function firstGoal(target: number | undefined, { unread, readUpTo }: ConversationView): Goal {
  if (target !== undefined) return { at: target };
  return unread > 0 ? { at: readUpTo + 1, as: "first" } : { at: "end" };
}
