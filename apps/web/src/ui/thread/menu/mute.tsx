import { BellIcon, MutedIcon } from "../../icons.tsx";
import type { ThreadChoice } from "./choice.ts";

/** Stops announcing what is written in a conversation, or announces it again. */
export const mute: ThreadChoice = ({ conversation: { id, muted }, api, toasts, wording: { words } }) => ({
  id: "mute",
  label: muted ? words.thread.unmute : words.thread.mute,
  icon: muted ? <BellIcon /> : <MutedIcon />,
  onChoose: () =>
    toasts.attempt(api.mute({ conversation: id, muted: !muted }), muted ? words.thread.unmuted : words.thread.muted),
});
