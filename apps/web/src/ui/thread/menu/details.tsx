import type { ConversationView } from "@pli/engine/api";
import { detailsAddress } from "../../address.ts";
import { GroupIcon, PersonIcon } from "../../icons.tsx";
import { whoOf } from "../../naming.ts";
import { navigate } from "../../router.tsx";
import type { Wording } from "../../wording.ts";
import type { ThreadChoice } from "./choice.ts";

/** The title of the page about a contact or a group. */
export function detailsTitle(conversation: ConversationView, { words, nameOf }: Wording): string {
  const name = nameOf(whoOf(conversation));
  return conversation.kind === "group" ? words.group.about(name) : words.thread.contact(name);
}

export const details: ThreadChoice = ({ conversation, wording }) => ({
  id: "details",
  label: detailsTitle(conversation, wording),
  icon: conversation.kind === "group" ? <GroupIcon /> : <PersonIcon />,
  onChoose: () => navigate(detailsAddress(conversation)),
});
