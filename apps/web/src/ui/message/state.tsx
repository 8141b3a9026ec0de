import type { ReactNode } from "react";
import type { MessageState, MessageView } from "@pli/engine/api";
import type { Words } from "../../words/index.ts";
import { useWords } from "../language.tsx";
import styles from "./state.module.css";

/**
 * Shapes differ, not only colours: a clock, one tick, two ticks, two ticks in a disc, an
 * exclamation mark.
 */
const SHAPES: Record<Exclude<MessageState, "received">, ReactNode> = {
  saved: (
    <>
      <circle cx="9" cy="8" r="5.2" />
      <path d="M9 5.2V8l1.8 1.2" />
    </>
  ),
  sent: <path d="M4.5 8.5L7.8 11.8L13.5 5" />,
  delivered: <path d="M1.5 8.5L4.8 11.8L10.5 5M8.3 11.3L8.8 11.8L14.5 5" />,
  read: (
    <>
      <circle cx="9" cy="8" r="7.2" fill="currentColor" stroke="none" />
      <path d="M4 8.4L6.3 10.7L10.3 5.8M9 10.2L9.5 10.7L13.5 5.8" className={styles["inside"]} />
    </>
  ),
  failed: (
    <>
      <circle cx="9" cy="8" r="6" />
      <path d="M9 4.8v3.8M9 11v.1" />
    </>
  ),
};

/** What was sent to several has come as far as it has with one of them. */
function stateOf({ state, delivered = 0, read = 0 }: MessageView): MessageState {
  if (state !== "sent") return state;
  if (read > 0) return "read";
  return delivered > 0 ? "delivered" : "sent";
}

/** How far a message has come, and how many have it when it was for several. */
export function stateText(message: MessageView, words: Words): string {
  const { state, delivered = 0, read = 0 } = message;
  if (message.error === "not_received") return words.state.notReceived;
  if (delivered === 0 && read === 0) return words.state[state];
  const parts = [words.group.deliveredTo(Math.max(delivered, read)), read > 0 ? words.group.readBy(read) : ""];
  return parts.filter(Boolean).join(", ");
}

/** How far a message of one's own has come; the words are for people who do not see the shape. */
export function StateMark({ message }: { message: MessageView }) {
  const words = useWords();
  const said = stateText(message, words);
  const state = stateOf(message);
  if (state === "received") return null;
  return (
    <span className={styles["state"]} data-state={state} title={state === "sent" ? words.sentTitle : said}>
      <svg
        width="18"
        height="16"
        viewBox="0 0 18 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {SHAPES[state]}
      </svg>
      <span className="hidden">{said}</span>
    </span>
  );
}
