/**
 * Every call of the engine, declared once. `PliApi`, the check of what comes from elsewhere, RPC,
 * what a watch depends on, and the fakes of tests are derived from it. To add a call, declare it
 * here and handle it in its feature; nothing else lists them.
 */
import { MAX_LIFETIME_SECONDS } from "@pli/protocol/content";
import type { Topic } from "../runtime/live.ts";
import { choice, flag, isRecordOf, list, optional, text, whole, type Fields, type RecordOf } from "./shapes.ts";
import type {
  ContactView,
  ConversationView,
  GroupQuestionView,
  GroupView,
  KnowledgeView,
  MessageView,
  PairingView,
  SearchHit,
  SettingsView,
  StatusView,
  StorageView,
  WaitingView,
} from "./api.ts";

/** A type that a declaration carries. At run time there is nothing of it. */
interface Returns<R> {
  readonly type: R;
}
const returns = <R>(): Returns<R> => ({}) as Returns<R>;

/** Something done once and answered once. */
interface Command {
  readonly parameters: Fields;
  readonly returns: Returns<unknown>;
  /**
   * Made twice it has the effect of once, so a client makes it again when the answer is lost. `by
   * request`: if it carries the same `request`, which the client adds.
   */
  readonly repeatable?: true | "by request";
}

/** A value that can be read, and watched. */
interface Query<F extends Fields, R> {
  readonly parameters: F;
  readonly returns: Returns<R>;
  /** When one of these changes, the value may be another. */
  topics(parameters: RecordOf<F>): readonly Topic[];
}

const query = <const F extends Fields, R>(declared: Query<F, R>): Query<F, R> => declared;

const id = text(256);
const ids = list(id, 10_000);
/**
 * What a person writes. Its feature says what is too long, with a code of its own; this bound is
 * what no person reaches.
 */
const words = text(2 ** 26);
/** A place in the order of messages. */
const order = whole();
/** No page is longer: what follows is asked for from where it ends. */
const limit = whole(1, 1_000);

const COMMANDS = {
  createProfile: { parameters: { name: words }, returns: returns<void>() },
  /** Changes the name contacts see. It is sent to them. */
  renameProfile: { parameters: { name: words }, returns: returns<void>(), repeatable: true },

  /**
   * Makes an invitation; `base` is the address the link opens, by default the store's own; `name`
   * one's own name for it, up to 64 characters (`name_too_long`, `name_not_allowed`).
   */
  createInvitation: {
    parameters: { base: optional(words), name: optional(words) },
    returns: returns<{ pairing: string }>(),
  },
  /** Gives an invitation another name; empty takes it away. */
  nameInvitation: { parameters: { pairing: id, name: words }, returns: returns<void>(), repeatable: true },
  /**
   * Opens the invitation in `link`, which may be broken into lines or have text around it. A link
   * that was opened here before leads to what became of it. `own`: it is an invitation of one's
   * own; nothing was done, and `pairing` is that invitation.
   */
  acceptInvitation: {
    parameters: { link: words },
    returns: returns<{ pairing: string; own?: true }>(),
    repeatable: true,
  },
  /**
   * The four digits the other person read out. Wrong: rejects with `code_wrong` (tries are left) or
   * the pairing fails. One's own: `code_own`; not four digits: `code_malformed`; neither costs a
   * try.
   */
  typeCode: { parameters: { pairing: id, digits: words }, returns: returns<void>() },
  /** Ends it on both sides; nothing remains. A finished one is only dismissed from the list. */
  cancelPairing: { parameters: { pairing: id }, returns: returns<void>() },

  /**
   * Resolves once the message is saved on this device; it leaves when the store can be reached.
   * `request`: a name of this call, up to 64 characters: called again with the same, it is the same
   * message. `draft`: the draft that it was written as: gone with the same transaction, unless
   * another was kept since.
   */
  sendText: {
    parameters: { conversation: id, text: words, request: optional(words), draft: optional(words) },
    returns: returns<{ message: string }>(),
    repeatable: "by request",
  },
  /** Tries a failed message again. */
  resend: { parameters: { message: id }, returns: returns<void>(), repeatable: true },
  /**
   * Founds a group; the contacts named are invited at once. Every change below resolves once it is
   * saved on this device as a pending operation; it is in effect when it has left `pending`, and a
   * line of the history says so (or says why it was dropped).
   */
  createGroup: {
    parameters: { name: words, contacts: ids, description: optional(words) },
    returns: returns<{ conversation: string }>(),
  },
  addToGroup: { parameters: { conversation: id, contacts: ids }, returns: returns<{ change: string }>() },
  removeFromGroup: { parameters: { conversation: id, members: ids }, returns: returns<{ change: string }>() },
  setRole: {
    parameters: { conversation: id, member: id, role: choice("owner", "admin", "member", "reader") },
    returns: returns<{ change: string }>(),
  },
  /**
   * `picture`: base64 of a JPEG, PNG or WebP of at most 64 KiB; empty removes it. `timer`: seconds
   * until messages disappear; 0: they stay.
   */
  changeGroup: {
    parameters: {
      conversation: id,
      name: optional(words),
      description: optional(words),
      picture: optional(words),
      whoAdds: optional(choice("admins", "members")),
      whoWrites: optional(choice("everyone", "admins")),
      timer: optional(whole(0, MAX_LIFETIME_SECONDS)),
      newcomersRead: optional(choice("nothing", "week")),
    },
    returns: returns<{ change: string }>(),
  },
  /** New encryption keys for this device in this group, now. */
  renewGroupKeys: { parameters: { conversation: id }, returns: returns<{ change: string }>() },
  /**
   * The last owner must name a successor: `owner_needed`. Resolves once saved; nothing can be
   * written from then on.
   */
  leaveGroup: { parameters: { conversation: id, successor: optional(id) }, returns: returns<void>() },
  /** Takes back what has not been sent yet: `change_unknown` when it is too late. */
  cancelChange: { parameters: { conversation: id, change: id }, returns: returns<void>() },
  /** An owner founds a group again whose changes somebody blocks. */
  refoundGroup: { parameters: { conversation: id, without: ids }, returns: returns<{ change: string }>() },
  /**
   * Answers a question of `groupQuestions`; no puts away one that is over. `question_unknown` when
   * it has changed or is over, `store_private` when yes would have this device call an address
   * within some network.
   */
  answerGroupQuestion: { parameters: { question: id, accept: flag }, returns: returns<void>() },
  /**
   * Deletes a conversation that was left, and its messages, from this device; or ends a joining
   * that waits.
   */
  deleteConversation: { parameters: { conversation: id }, returns: returns<void>() },

  /**
   * Asks the author of the messages that a line of kind `held` counts to send them again:
   * `not_a_contact`, `message_unknown`.
   */
  askForHeld: { parameters: { message: id }, returns: returns<void>() },
  /**
   * Removes a message from this device only; it does not come back when its author says it again.
   * One's own that waits is stopped. `left`: whether the others have it. `perhaps`: it was on its
   * way, and what is stored already stays.
   */
  forgetMessage: { parameters: { message: id }, returns: returns<{ left: "no" | "perhaps" | "yes" }>() },
  /**
   * This person has seen the message of this order, and so all before it. What came later stays
   * unread, and a mark never goes back. `conversation_unknown`.
   */
  markRead: { parameters: { conversation: id, upTo: order }, returns: returns<void>(), repeatable: true },
  /**
   * Keeps what was begun, and gives the draft that stands then. `was`: the draft that the writer
   * knew; what another window kept since is not lost, it stands before theirs. Without it this
   * draft takes the place of any other.
   */
  saveDraft: {
    parameters: { conversation: id, text: words, was: optional(words) },
    returns: returns<{ draft: string }>(),
    repeatable: true,
  },
  mute: { parameters: { conversation: id, muted: flag }, returns: returns<void>(), repeatable: true },

  /** A name of one's own for a contact; empty gives theirs back. */
  nameContact: { parameters: { contact: id, name: words }, returns: returns<void>(), repeatable: true },
  /**
   * What a blocked person writes is never asked for, opened or answered; what waited for them ends.
   * Unblocking sets the conversation up again. `erase`, with blocking: what `keptOf` counts is
   * erased from this device.
   */
  block: {
    parameters: { contact: id, blocked: flag, erase: optional(flag) },
    returns: returns<void>(),
    repeatable: true,
  },

  /**
   * Messages with all these words, newest first, up to `limit`; `before`: older than the message of
   * this order, to continue after the last hit; `conversation`: only there. Fewer than `limit`:
   * there are no more.
   */
  search: {
    parameters: { text: words, limit, before: optional(order), conversation: optional(id) },
    returns: returns<SearchHit[]>(),
    repeatable: true,
  },
  changeSettings: {
    parameters: { readReceipts: optional(flag), askBeforeGroups: optional(flag) },
    returns: returns<void>(),
    repeatable: true,
  },
  /**
   * Tries the stores that do not answer now instead of waiting for the next attempt; if all answer,
   * all of them again.
   */
  reconnect: { parameters: {}, returns: returns<void>(), repeatable: true },
  /**
   * For a process that is about to end: resolves once the stores are read to their ends and all
   * that can leave now has left, but after `ms` at the latest, and sooner when no store can be
   * reached or nothing has left for three seconds. Gives what still waits: it leaves when an engine
   * runs again. Of receipts one cell leaves at most, or a decoy in its place, once in five minutes
   * (docs/protocol.md, section 9.1).
   */
  drain: {
    parameters: { ms: whole() },
    returns: returns<WaitingView & { messages: number }>(),
    repeatable: true,
  },
} as const satisfies Readonly<Record<string, Command>>;

const QUERIES = {
  status: query({ parameters: {}, returns: returns<StatusView>(), topics: () => ["status", "conversations"] }),
  conversations: query({
    parameters: {},
    returns: returns<ConversationView[]>(),
    topics: () => ["conversations"],
  }),
  conversation: query({
    parameters: { id },
    returns: returns<ConversationView | undefined>(),
    topics: () => ["conversations"],
  }),
  /** A group as this person sees it; undefined for a conversation of two. */
  group: query({ parameters: { id }, returns: returns<GroupView | undefined>(), topics: () => ["conversations"] }),
  /**
   * One page of a conversation, oldest first: up to `limit` messages. Without a position, the
   * newest. `before`: the page ends before this order. `after`: it begins after this order.
   * `around`: half of the page is older, the other half is this order and what follows; where one
   * side has less, the other has more. The order need not be that of a message.
   * `request_malformed`: more than one position.
   */
  messages: query({
    parameters: {
      conversation: id,
      limit,
      before: optional(order),
      after: optional(order),
      around: optional(order),
    },
    returns: returns<{ messages: MessageView[]; hasOlder: boolean; hasNewer: boolean }>(),
    topics: ({ conversation }) => [`messages:${conversation}`, "contacts"],
  }),
  contacts: query({ parameters: {}, returns: returns<ContactView[]>(), topics: () => ["contacts"] }),
  contact: query({ parameters: { id }, returns: returns<ContactView | undefined>(), topics: () => ["contacts"] }),
  /** The groups that this person and a contact are both in, the most recent first. */
  groupsWith: query({
    parameters: { contact: id },
    returns: returns<ConversationView[]>(),
    topics: () => ["conversations"],
  }),
  /**
   * Messages of the conversation with a contact, and what they wrote in groups; and what it takes
   * on this device, about.
   */
  keptOf: query({
    parameters: { contact: id },
    returns: returns<{ messages: number; bytes: number }>(),
    topics: () => ["conversations"],
  }),
  pairing: query({
    parameters: { id },
    returns: returns<PairingView | undefined>(),
    topics: () => ["pairings", "status"],
  }),
  /**
   * Pairings that are under way, and those that came to nothing until they are dismissed (at most
   * 50, for 30 days); newest first.
   */
  pairings: query({ parameters: {}, returns: returns<PairingView[]>(), topics: () => ["pairings", "status"] }),
  /** What others want this person to come into, oldest first; also what is over, for a week. */
  groupQuestions: query({
    parameters: {},
    returns: returns<GroupQuestionView[]>(),
    topics: () => ["groupQuestions"],
  }),
  knowledge: query({ parameters: {}, returns: returns<KnowledgeView>(), topics: () => ["knowledge"] }),
  storage: query({ parameters: {}, returns: returns<StorageView>(), topics: () => ["storage"] }),
  settings: query({ parameters: {}, returns: returns<SettingsView>(), topics: () => ["settings"] }),
};

type Declared = typeof COMMANDS;
export type CommandName = keyof Declared;
/** Every command: what it is given, and what it resolves with. */
export type Commands = {
  [N in CommandName]: { parameters: RecordOf<Declared[N]["parameters"]>; result: Declared[N]["returns"]["type"] };
};
/** Every command as a function. One that takes no parameters is called without any. */
export type CommandCalls = {
  [N in CommandName]: keyof Declared[N]["parameters"] extends never
    ? () => Promise<Commands[N]["result"]>
    : (p: Commands[N]["parameters"]) => Promise<Commands[N]["result"]>;
};

export type QueryName = keyof typeof QUERIES;
/** Every live query and what it gives. */
export type Queries = {
  [N in QueryName]: {
    parameters: RecordOf<(typeof QUERIES)[N]["parameters"]>;
    result: (typeof QUERIES)[N]["returns"]["type"];
  };
};

export interface PliApi extends CommandCalls {
  /** Gives the value now and again after each change, until the returned function is called. */
  watch<N extends QueryName>(
    name: N,
    parameters: Queries[N]["parameters"],
    listener: (value: Queries[N]["result"]) => void,
  ): () => void;
  /** The value of a query, once. */
  read<N extends QueryName>(name: N, parameters: Queries[N]["parameters"]): Promise<Queries[N]["result"]>;
  /**
   * Each message that arrives from now on (not our own), once, in the order of arrival; and each
   * line of a group's history that others brought about.
   */
  onMessage(listener: (message: MessageView) => void): () => void;
}

export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];
export const QUERY_NAMES = Object.keys(QUERIES) as QueryName[];

export function isCommandName(name: unknown): name is CommandName {
  return typeof name === "string" && Object.hasOwn(COMMANDS, name);
}

/** Whether there is a command of this name and these are parameters of it. */
export function isCommand(name: unknown, parameters: unknown): name is CommandName {
  return isCommandName(name) && isRecordOf(parameters, COMMANDS[name].parameters);
}

/** Whether there is a query of this name and these are parameters of it. */
export function isQuery(name: unknown, parameters: unknown): name is QueryName {
  return (
    typeof name === "string" && Object.hasOwn(QUERIES, name) && isRecordOf(parameters, fieldsOf(name as QueryName))
  );
}

/** The shapes of the parameters of a call. */
export function fieldsOf(name: CommandName | QueryName): Fields {
  return isCommandName(name) ? COMMANDS[name].parameters : QUERIES[name].parameters;
}

export const repeatability = (name: CommandName): Command["repeatable"] => (COMMANDS[name] as Command).repeatable;

/** The topics a query depends on. */
export function topicsOf<N extends QueryName>(name: N, parameters: Queries[N]["parameters"]): readonly Topic[] {
  const { topics } = QUERIES[name] as { topics(parameters: object): readonly Topic[] };
  return topics(parameters);
}

/** All commands, each made by `call`: for what passes calls on as they are, and for fakes. */
export function commandsBy(call: (name: CommandName, parameters: object) => Promise<unknown>): CommandCalls {
  const calls = COMMAND_NAMES.map((name) => [name, (parameters: object = {}) => call(name, parameters)]);
  return Object.fromEntries(calls) as CommandCalls;
}
