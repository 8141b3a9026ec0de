import type { ConversationView } from "@pli/engine/api";
import type { ChatState } from "../state.ts";

/** Behind the name of a group whose messages disappear. */
const TIMED = "◷";

/** A conversation as this person calls it. A group has its own identifier. */
export const nameOf = ({ reader }: ChatState, { id, contact, name }: ConversationView): string =>
  reader.nameOf({ id: contact === "" ? id : contact, name });

export const timed = ({ timer }: ConversationView): string => (timer === undefined ? "" : ` ${TIMED}`);
