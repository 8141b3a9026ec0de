import type { MessageView, ReactionView } from "@pli/engine/api";
import { useWording, type Wording } from "../wording.ts";
import type { MessageActions } from "./actions.ts";
import styles from "./reactions.module.css";

/** More are counted: nobody reads hundreds of them. */
const MOST = 20;

interface ReactionsProps {
  message: MessageView;
  /** They are stops of the tab key. */
  reachable: boolean;
  actions: MessageActions;
}

/** Emoji below a message, each with how many gave it. A click gives it too, or takes it back. */
export function Reactions({ message, reachable, actions }: ReactionsProps) {
  const wording = useWording();
  const { reactions = [] } = message;
  if (reactions.length === 0) return null;
  return (
    <div className={[styles["reactions"], message.mine ? styles["own"] : ""].join(" ")}>
      {reactions.slice(0, MOST).map((reaction) => (
        <button
          key={reaction.emoji}
          type="button"
          aria-label={reactionText(reaction, wording)}
          title={reactionText(reaction, wording)}
          aria-pressed={reaction.mine}
          aria-disabled={!actions.writable || undefined}
          tabIndex={reachable ? 0 : -1}
          onClick={() => {
            if (actions.writable) actions.react(message, reaction.mine ? undefined : reaction.emoji);
          }}
        >
          <span className={styles["emoji"]}>{reaction.emoji}</span>
          {reaction.people.length > 1 && <span>{String(reaction.people.length)}</span>}
        </button>
      ))}
      {reactions.length > MOST && <span>+{String(reactions.length - MOST)}</span>}
    </div>
  );
}

/** An emoji and who gave it. */
export function reactionText({ emoji, mine, people }: ReactionView, { words, nameOf, self }: Wording): string {
  const others = people.filter(({ id }) => id !== self).map((one) => nameOf(one));
  return `${emoji} ${[...(mine ? [words.app.you] : []), ...others].join(", ")}`;
}
