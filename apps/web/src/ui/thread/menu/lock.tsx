import { LockIcon } from "../../icons.tsx";
import { navigate } from "../../router.tsx";
import type { ThreadChoice } from "./choice.ts";

/** Locks a conversation, or shows it like the others again. */
export const lock: ThreadChoice = ({ conversation: { id, locked = false }, api, toasts, isLockable, wording }) => {
  const { thread } = wording.words;
  return {
    id: "lock",
    label: locked ? thread.unlock : thread.lock,
    icon: <LockIcon />,
    onChoose: () => {
      if (!locked && !isLockable) {
        toasts.say(thread.lockFirst);
        return navigate("/settings/lock");
      }
      const said = locked ? thread.unlocked : thread.locked;
      toasts.attempt(api.lockConversation({ conversation: id, locked: !locked }), said);
    },
  };
};
