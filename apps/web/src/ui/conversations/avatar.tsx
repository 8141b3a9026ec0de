import type { ConversationView } from "@pli/engine/api";
import { Avatar, type AvatarSize } from "../base/avatar.tsx";

/** The person on the other side, or the group. */
export function ConversationAvatar({ conversation, size }: { conversation: ConversationView; size?: AvatarSize }) {
  const { id, kind, contact, name, picture } = conversation;
  const given = size === undefined ? {} : { size };
  if (kind === "direct") return <Avatar id={contact} name={name} {...given} />;
  return <Avatar id={id} name={name} picture={picture} group {...given} />;
}
