import type {
  ContactView,
  ConversationView,
  GroupQuestionView,
  GroupView,
  MessageView,
  PairingView,
  StatusView,
} from "@pli/engine/api";
import type { Reader } from "../naming.ts";
import type { Editor } from "./editor.ts";

/** What the interactive chat shows. */
export interface ChatState {
  screen: "list" | "thread" | "group" | "pairing" | "help";
  /** Where Escape leads from help. */
  behind: "list" | "thread" | "group" | "pairing";
  status: StatusView | undefined;
  conversations: readonly ConversationView[];
  contacts: readonly ContactView[];
  /**
   * How people and groups are called before this person. Made again when the profile, a contact or
   * a group changes.
   */
  reader: Reader;
  /** The conversation that is open, or would be. */
  chosen: string | undefined;
  messages: readonly MessageView[];
  hasOlder: boolean;
  hasNewer: boolean;
  /** The open conversation, where it is a group. */
  group: GroupView | undefined;
  /** Invitations that are under way or have ended, newest first. */
  pairings: readonly PairingView[];
  /** What others ask this person to come into, oldest first. */
  questions: readonly GroupQuestionView[];
  /** The one that is shown. */
  pairing: PairingView | undefined;
  editor: Editor;
  /** Lines scrolled up from the newest; in help and of a group, down from the first. */
  scrolled: number;
  /** One line about what just happened. */
  notice: string;
  /** Escape was pressed once in a pairing. */
  leaving: boolean;
}
