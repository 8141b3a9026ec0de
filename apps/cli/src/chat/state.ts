/** What the interactive chat shows, and what follows from that alone. */
import type {
  ContactView,
  ConversationView,
  GroupQuestionView,
  GroupView,
  MessageView,
  PairingView,
  StatusView,
} from "@pli/engine/api";
import { beginsId } from "../contact.ts";
import { createReader, isGiven, type Reader } from "../naming.ts";
import { EMPTY, textOf, type Editor } from "./editor.ts";

/** The screens that help can stand in front of. */
type ScreenBehind = "list" | "thread" | "group" | "pairing";

export interface ChatState {
  screen: ScreenBehind | "help";
  /** Where Escape leads from help. */
  behind: ScreenBehind;
  status: StatusView | undefined;
  conversations: readonly ConversationView[];
  contacts: readonly ContactView[];
  /** How people and groups are called for this person. */
  reader: Reader;
  /** The conversation that is open, or that Enter opens. */
  chosen: string | undefined;
  messages: readonly MessageView[];
  hasOlder: boolean;
  hasNewer: boolean;
  /** The open conversation, where it is a group. */
  group: GroupView | undefined;
  /** Invitations that are under way or have ended, newest first. */
  pairings: readonly PairingView[];
  /** Groups that others ask this person to come into, oldest first. */
  questions: readonly GroupQuestionView[];
  /** The invitation on the screen. */
  pairing: PairingView | undefined;
  /** The last hit of `/find`. */
  found: { conversation: string; text: string; order: number } | undefined;
  editor: Editor;
  /** Lines scrolled up from the newest message; on other pages, down from the first line. */
  scrolled: number;
  /** One line about what just happened. */
  notice: string;
  /** Escape was pressed once on the screen of an invitation. */
  leaving: boolean;
}

export const initialState = (): ChatState => ({
  screen: "list",
  behind: "list",
  status: undefined,
  conversations: [],
  contacts: [],
  reader: createReader({ profile: undefined, contacts: [] }),
  chosen: undefined,
  messages: [],
  hasOlder: false,
  hasNewer: false,
  group: undefined,
  pairings: [],
  questions: [],
  pairing: undefined,
  found: undefined,
  editor: EMPTY,
  scrolled: 0,
  notice: "",
  leaving: false,
});

/** The screen that is shown, or that help stands in front of. */
export const screenBehindHelp = ({ screen, behind }: ChatState): ScreenBehind => (screen === "help" ? behind : screen);

/** Whether a conversation is open, even if a page stands in front of it. */
export const isInThread = (state: ChatState): boolean => ["thread", "group"].includes(screenBehindHelp(state));

export const chosenOf = ({ conversations, chosen }: ChatState): ConversationView | undefined =>
  conversations.find(({ id }) => id === chosen);

/** The open conversation. */
export const openOf = (state: ChatState): ConversationView | undefined =>
  isInThread(state) ? chosenOf(state) : undefined;

/**
 * The conversations that match what was typed: by identifier first, then by a name that this person
 * gave, then by a name that somebody else chose.
 */
export function matching({ conversations, contacts, editor }: ChatState): readonly ConversationView[] {
  const typed = textOf(editor).startsWith("/") ? "" : textOf(editor).trim().toLowerCase();
  if (typed === "") return conversations;
  const given = new Set(contacts.filter(isGiven).map(({ id }) => id));
  const hasId = ({ id, contact }: ConversationView): boolean => beginsId(contact === "" ? id : contact, typed);
  const rank = (one: ConversationView): number => (hasId(one) ? 0 : given.has(one.contact) ? 1 : 2);
  return conversations
    .filter((one) => hasId(one) || one.name.toLowerCase().includes(typed))
    .toSorted((a, b) => rank(a) - rank(b));
}
