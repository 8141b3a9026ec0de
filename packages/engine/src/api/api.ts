/**
 * What an application sees of the engine. Every value is plain JSON, so that the same interface is
 * spoken in a page, to a worker, between tabs and over a local socket. Identifiers are lower-case
 * hexadecimal; times are milliseconds since 1970; a failed call rejects with `PliError`, whose code
 * stands in `errors.ts`.
 */

/**
 * Three dots: verified by code; two: vouched for by someone; one: met in a group only (protocol.md,
 * section 6).
 */
export type TrustLevel = 1 | 2 | 3;

export type ConnectionState = "online" | "connecting" | "offline";

export interface StatusView {
  profile: { id: string; name: string; createdAt: number } | undefined;
  connection: {
    state: ConnectionState;
    store: string;
    /** Since when it is in this state. */
    since: number;
    /** Why it is not online, when the store said so: a code of `errors.ts`. */
    error?: string;
    /** When the store is called next; absent while it is being called, and while it answers. */
    nextTry?: number;
    /** While catching up after an absence: cells read of cells to read. */
    catchUp?: { done: number; total: number };
  };
  /** Messages written here that no store has yet. */
  pending: number;
  /** What else has not left. */
  waiting: WaitingView;
  /**
   * What the messages of each conversation wait for that no store has yet. Absent when there are
   * none.
   */
  waitsFor?: WaitingMessages[];
  /**
   * Other stores than the home one, where something of this profile lives, that do not answer.
   * Absent when there are none.
   */
  storesAway?: StoreAway[];
  /**
   * This device's clock minus the store's, in seconds, when it is off by more than five minutes.
   */
  clockSkew?: number;
  /** A lasting trouble of this device: `disk_full`, `database_damaged`… Absent when all is well. */
  trouble?: string;
}

/** What waits to leave beside the messages that this person wrote: how many of each. */
export interface WaitingView {
  /** Steps of pairings. */
  pairings: number;
  /** Changes of groups, and new keys. */
  changes: number;
  /**
   * What devices give each other: invitations into groups and what they lead to, key packages,
   * names.
   */
  notes: number;
  /**
   * Messages whose authors are to be told that they are here, or were read. They leave in what is
   * written to them, or at a slot.
   */
  receipts: number;
}

/** A store that does not answer now. */
export interface StoreAway {
  /** Its address. */
  store: string;
  /** Since when, in ms. */
  since: number;
  /** Why, when the store or the line said so: a code of `errors.ts`. */
  error?: string;
  /** When it is called next; absent while it is being called. */
  nextTry?: number;
}

/** Messages of one conversation that were written here and that no store has yet. */
export interface WaitingMessages {
  conversation: string;
  messages: number;
  /**
   * `store`: that the store at this address answers. `people`: the conversation is being set up
   * again, for which somebody else in it has to be on line. `turn`: nothing; they are leaving.
   */
  what: "store" | "people" | "turn";
  /** The store that the conversation lives at. */
  store: string;
  /** While it does not answer. */
  away?: StoreAway;
}

export interface ContactView {
  id: string;
  /** The name to show: the one given here if any, otherwise their own. */
  name: string;
  ownName: string;
  level: TrustLevel;
  conversation: string;
  pairedAt: number;
  blocked: boolean;
  devices: number;
  /**
   * How often something of theirs was passed over in the last 30 days, because it was more than one
   * person may cause; and when last.
   */
  passedOver?: { count: number; at: number };
}

/**
 * `saved`: on this device, not yet at the store · `sent`: the store has it durably · `delivered`,
 * `read`: the other side said so · `failed`: will not be sent, `error` says why · `received`:
 * somebody else's.
 */
export type MessageState = "saved" | "sent" | "delivered" | "read" | "failed" | "received";

export type MessageBody =
  | { kind: "text"; text: string }
  /** Content this version cannot show; it is kept. */
  | { kind: "unknown" }
  /** Messages of the other side that never arrived; `count` of them. */
  | { kind: "gap"; count: number }
  /**
   * Messages of its author that came and are not here: more than one person can send in a day
   * (section 8.8). `bytes` of them. A contact can be asked for them with `askForHeld`, when
   * `mayAsk`.
   */
  | { kind: "held"; count: number; bytes: number; mayAsk: boolean }
  /**
   * So many messages of its author came while this person had blocked them: they are not kept, and
   * never shown.
   */
  | { kind: "blocked"; count: number }
  /**
   * This device was away for longer than the store keeps messages, which is `days`: some may be
   * missing, until they are sent again.
   */
  | { kind: "away"; days: number }
  /** The conversation was set up again without anybody doing anything (section 8). */
  | { kind: "rejoined" }
  | { kind: "paired" }
  | { kind: "renamed"; from: string; to: string }
  /**
   * A line of a group's history; `from` of the message is who did it, empty when nobody can be
   * named.
   */
  | { kind: "change"; change: GroupChange };

export type Role = "owner" | "admin" | "member" | "reader";
export type WhoAdds = "admins" | "members";
export type WhoWrites = "everyone" | "admins";
export type NewcomersRead = "nothing" | "week";

/** Somebody in a line of history, with the name they had then. */
export interface Named {
  id: string;
  name: string;
}

/** What happened to a group, in the order it became true for everyone. */
export type GroupChange =
  | { what: "created"; name: string }
  /** This device joined, by the invitation of `from`. */
  | { what: "joined" }
  | { what: "added"; who: Named[] }
  | { what: "removed"; who: Named[] }
  | { what: "left"; who: Named[] }
  | { what: "named"; name: string }
  | { what: "described" }
  | { what: "pictured" }
  | { what: "role"; who: Named; role: Role }
  | { what: "whoAdds"; value: WhoAdds }
  | { what: "whoWrites"; value: WhoWrites }
  | { what: "timer"; seconds: number }
  | { what: "newcomersRead"; value: NewcomersRead }
  /** The group was founded again because its changes were blocked. */
  | { what: "refounded"; without: Named[] }
  /**
   * Two versions of the group had come to be, because a store answered differently; this device
   * came back to the others'.
   */
  | { what: "forkRepaired" }
  /**
   * A change that the rules do not allow, or that was no change at all, was passed over by
   * everyone.
   */
  | { what: "ignored" }
  /**
   * A change that is signed and allowed, and that this device could not open: who made it sealed it
   * wrongly.
   */
  | { what: "unopened" }
  /**
   * This device was put out by a change that those who stay could not open either: it does not
   * count.
   */
  | { what: "notRemoved" }
  /** What this person wanted was not done: a code of `errors.ts` says why. */
  | { what: "dropped"; wanted: PendingChange["wanted"]; why: string };

export interface MessageView {
  id: string;
  conversation: string;
  /** Profile id of the author. */
  from: string;
  /** Their name as known here. */
  fromName: string;
  mine: boolean;
  body: MessageBody;
  sentAt: number;
  state: MessageState;
  /**
   * In a group, of our own messages: how many contacts said that they have it, and that they read
   * it.
   */
  delivered?: number;
  read?: number;
  /**
   * It did not come from its author: whoever brought this person into the group says that they
   * wrote it.
   */
  toldBy?: Named;
  /** When it disappears from this device, if it does; what was not sent yet has no end. */
  expiresAt?: number;
  error?: string;
  /** Position in the conversation, increasing; the order to show. */
  order: number;
}

export interface ConversationView {
  /** Drawn on this device: the other side knows the conversation by another. */
  id: string;
  kind: "direct" | "group";
  /** The other person; empty in a group. */
  contact: string;
  name: string;
  /** In a group: the lowest among its members. */
  level: TrustLevel;
  /** In a group: how many people, once this device has joined, and our own role. */
  members?: number;
  role?: Role;
  /** A picture as a data URL's base64 part, if the group has one and it is here. */
  picture?: string;
  /** In a group where messages disappear: after how many seconds. */
  timer?: number;
  /** Whether this person may write here now. */
  writable: boolean;
  /** What was last said or done there; not what Pli did by itself. */
  last: MessageView | undefined;
  /** When that was, by this device's clock then. The list is in an order that no clock changes. */
  activeAt: number;
  /** Texts of others after `readUpTo`. */
  unread: number;
  /** The order up to which this person has read; 0: nothing yet. */
  readUpTo: number;
  muted: boolean;
  blocked: boolean;
  draft: string;
  /**
   * `rejoining`: being set up again with the other side; messages wait meanwhile. `joining`: what
   * is needed to join the group is being fetched, `progress` says how far. `left`: no longer in the
   * group; it can be read, and deleted.
   */
  state: "ready" | "rejoining" | "joining" | "left";
  /** While joining: bytes fetched of bytes to fetch. */
  progress?: { done: number; total: number };
  /**
   * While joining: since when, by whose invitation, and what is waited for: that the device of who
   * asked lets this one in, or a store that has never answered. `deleteConversation` ends it.
   */
  joining?: { since: number; by: Named; waitsFor: "inviter" | "store"; store: string };
}

export interface GroupMemberView {
  /** Profile id. */
  id: string;
  name: string;
  role: Role;
  level: TrustLevel;
  isSelf: boolean;
  isContact: boolean;
  devices: number;
  /** What this person may do to them. */
  mayRemove: boolean;
  mayBecome: Role[];
}

/** What this person wants changed and what is not in effect yet. */
export interface PendingChange {
  id: string;
  wanted:
    | { kind: "add"; who: Named[] }
    | { kind: "remove"; who: Named[] }
    | { kind: "role"; who: Named; role: Role }
    | { kind: "rules" }
    | { kind: "keys" }
    | { kind: "leave" }
    | { kind: "refound"; without: Named[] };
  since: number;
  /**
   * What it waits for: the store, its turn, or (adding) that the contact's device hands over a key
   * package, that its clock or this one's is set right, because what it handed over is not valid at
   * this date, or that the contact, who wants to be asked, says yes.
   */
  waitsFor: "store" | "turn" | "contact" | "clock" | "answer";
}

export interface GroupView {
  /** The conversation. */
  id: string;
  name: string;
  description: string;
  picture?: string;
  role: Role;
  whoAdds: WhoAdds;
  whoWrites: WhoWrites;
  /** Seconds until messages disappear; 0: they stay. */
  timer: number;
  newcomersRead: NewcomersRead;
  /** Owners first, then admins, then by name. */
  members: GroupMemberView[];
  pending: PendingChange[];
  /** What this person may do. `write`: by the rules, also while this device cannot go on. */
  may: { add: boolean; name: boolean; rules: boolean; write: boolean };
  /** Leaving needs a successor: this person is the only owner and others stay. */
  leaveNeedsSuccessor: boolean;
  /** Somebody blocks the changes of this group: an owner can found it again, without them. */
  jammed?: { suspects: Named[]; mayRefound: boolean };
  /** While this device cannot go on in it: what it waits for. */
  rejoining?: RejoiningView;
  state: ConversationView["state"];
}

/**
 * A device that cannot go on in a group asks its contacts there, one after another, to bring it
 * back.
 */
export interface RejoiningView {
  /** Since when, in ms. */
  since: number;
  /** Who made the change that this device could not open. */
  by?: Named;
  /** Contacts in the group who have not answered: one of them on line is enough. */
  waitsFor: Named[];
  /**
   * Contacts in the group who have answered, and do not say that this person is out: they help as
   * soon as they can.
   */
  answered: Named[];
  /** Contacts who say that this person is not in the group any more. */
  refusedBy: Named[];
}

export type PairingStep = "opening" | "waiting" | "code" | "confirming" | "paired" | "failed";

/**
 * inviter: waiting (nobody came yet) → code → confirming (own code right, the other side still
 * types) → paired. responder: opening (reading the invitation) → waiting (their answer) → code →
 * confirming → paired.
 */
export interface PairingView {
  id: string;
  role: "inviter" | "responder";
  step: PairingStep;
  /** A name of one's own for it, that only this person sees; empty: none was given. */
  name: string;
  /** Inviter only, once the store has what it leads to, until paired or failed. */
  link?: string;
  createdAt: number;
  expiresAt: number;
  /** The other's name, once known. Not verified before `paired`. */
  peer?: string;
  /** In step `code` and `confirming`: the four digits to read out. */
  say?: string;
  /** Wrong entries left before the invitation is burned; starts at 3. */
  attemptsLeft: number;
  contact?: string;
  conversation?: string;
  /** In step `failed`: a code of `errors.ts`. */
  error?: string;
  /** In steps `paired` and `failed`: when it came to that. */
  endedAt?: number;
  /** While it is under way and its store does not answer: what it waits for. */
  waitsFor?: StoreAway;
}

/** What the store has seen of this app: the live figures of "what the server knows". */
export interface KnowledgeView {
  store: string;
  feedForm: "full" | "tag";
  retentionDays: number;
  /** The last 24 hours, by the hour, oldest first: always 24 entries. */
  hours: { cellsWritten: number; blocksWritten: number; fetched: number; feedBytes: number }[];
  /**
   * A cell as the store sees it: label and first bytes of the last one this app wrote, hexadecimal.
   */
  sample: { label: string; cell: string } | undefined;
}

export interface StorageView {
  databaseBytes: number;
  messages: number;
  conversations: number;
  /** Self-healing, counted on this device, never sent. */
  counters: {
    cellsExpected: number;
    cellsOpened: number;
    gaps: number;
    undecryptable: number;
    rejoins: number;
    duplicates: number;
    forks: number;
    ignoredCommits: number;
    refoundings: number;
  };
}

export interface SearchHit {
  message: MessageView;
  conversationName: string;
}

export interface SettingsView {
  readReceipts: boolean;
  /**
   * Contacts ask before they put this person into a group. Off: they add without asking, where the
   * store is a known one.
   */
  askBeforeGroups: boolean;
}

/**
 * What somebody wants of this person, who decides. Until the answer nothing is fetched and nothing
 * is called.
 */
export interface GroupQuestionView {
  id: string;
  from: Named;
  /**
   * `offered`: come into a group? · `added`: the other has added this person already, and says what
   * the group is called only inside; no makes them leave · `listed`: a contact says that this
   * person is in a group, which this device does not know; no makes them leave · `moved`: a group
   * that this person is in continues at another store.
   */
  why: "offered" | "added" | "listed" | "moved";
  at: number;
  /**
   * The group as the other says: its name, and how many people are in it. Nobody has checked it.
   */
  name?: string;
  members?: number;
  /** The store where it lives, if this device does not know it: yes makes the device call it. */
  store?: string;
  /**
   * That store's address lies within some network, or is none: this device does not call it, and
   * yes is refused.
   */
  isPrivate?: true;
  /** `moved`: the conversation. */
  conversation?: string;
  /** When the question ends by itself, in ms. */
  until?: number;
  /**
   * It is over, and only to be put away: nobody answered in time; the other has taken it back; it
   * was accepted, and could not be had in time.
   */
  over?: "unanswered" | "withdrawn" | "failed";
}

/**
 * Where a page of messages stands: at most one of these orders, which need not be that of a
 * message.
 */
export type PagePosition = {
  /** The page ends before this order. */
  before?: number;
  /** The page begins after this order. */
  after?: number;
  /**
   * Half of the page is older, the other half is this order and what follows; where one side has
   * less, the other has more.
   */
  around?: number;
};

/** Every live query and what it gives. */
export interface Queries {
  status: { parameters: Record<string, never>; result: StatusView };
  conversations: { parameters: Record<string, never>; result: ConversationView[] };
  conversation: { parameters: { id: string }; result: ConversationView | undefined };
  /** A group as this person sees it; undefined for a conversation of two. */
  group: { parameters: { id: string }; result: GroupView | undefined };
  /**
   * One page of a conversation, oldest first: up to `limit` (1 to 1,000) messages. Without a
   * position, the newest; with one of `before`, `after` and `around`, those next to that order.
   * `request_malformed`: two positions, or a limit out of bounds.
   */
  messages: {
    parameters: { conversation: string; limit: number } & PagePosition;
    result: { messages: MessageView[]; hasOlder: boolean; hasNewer: boolean };
  };
  contacts: { parameters: Record<string, never>; result: ContactView[] };
  contact: { parameters: { id: string }; result: ContactView | undefined };
  /** The groups that this person and a contact are both in, the most recent first. */
  groupsWith: { parameters: { contact: string }; result: ConversationView[] };
  /**
   * Messages of the conversation with a contact, and what they wrote in groups; and what it takes
   * on this device, about.
   */
  keptOf: { parameters: { contact: string }; result: { messages: number; bytes: number } };
  pairing: { parameters: { id: string }; result: PairingView | undefined };
  /**
   * Pairings that are under way, and those that came to nothing until they are dismissed (at most
   * 50, for 30 days); newest first.
   */
  pairings: { parameters: Record<string, never>; result: PairingView[] };
  /** What others want this person to come into, oldest first; also what is over, for a week. */
  groupQuestions: { parameters: Record<string, never>; result: GroupQuestionView[] };
  knowledge: { parameters: Record<string, never>; result: KnowledgeView };
  storage: { parameters: Record<string, never>; result: StorageView };
  settings: { parameters: Record<string, never>; result: SettingsView };
}
export type QueryName = keyof Queries;

export interface PliApi {
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

  createProfile(p: { name: string }): Promise<void>;
  /** Changes the name contacts see; they are told. */
  renameProfile(p: { name: string }): Promise<void>;

  /**
   * Makes an invitation; `base` is the address the link opens, by default the store's own; `name`
   * one's own name for it, up to 64 characters (`name_too_long`, `name_not_allowed`).
   */
  createInvitation(p: { base?: string; name?: string }): Promise<{ pairing: string }>;
  /** Gives an invitation another name; empty takes it away. */
  nameInvitation(p: { pairing: string; name: string }): Promise<void>;
  /**
   * Opens the invitation in `link`, which may be broken into lines or have text around it. A link
   * that was opened here before leads to what became of it. `own`: it is an invitation of one's
   * own; nothing was done, and `pairing` is that invitation.
   */
  acceptInvitation(p: { link: string }): Promise<{ pairing: string; own?: true }>;
  /**
   * The four digits the other person read out. Wrong: rejects with `code_wrong` (tries are left) or
   * the pairing fails. One's own: `code_own`; not four digits: `code_malformed`; neither costs a
   * try.
   */
  typeCode(p: { pairing: string; digits: string }): Promise<void>;
  /** Ends it on both sides; nothing remains. A finished one is only dismissed from the list. */
  cancelPairing(p: { pairing: string }): Promise<void>;

  /** Resolves once the message is saved on this device; it leaves when the store can be reached. */
  sendText(p: {
    conversation: string;
    text: string;
    /**
     * A name of this call, up to 64 characters: called again with the same, it is the same message.
     */
    request?: string;
    /**
     * The draft that it was written as: gone with the same transaction, unless another was kept
     * since.
     */
    draft?: string;
  }): Promise<{ message: string }>;
  /** Tries a failed message again. */
  resend(p: { message: string }): Promise<void>;
  /**
   * Founds a group; the contacts named are invited at once. Every change below resolves once it is
   * saved on this device as wanted; it is in effect when it has left `pending`, and a line of the
   * history says so (or says why it was dropped).
   */
  createGroup(p: { name: string; contacts: string[]; description?: string }): Promise<{ conversation: string }>;
  addToGroup(p: { conversation: string; contacts: string[] }): Promise<{ change: string }>;
  removeFromGroup(p: { conversation: string; members: string[] }): Promise<{ change: string }>;
  setRole(p: { conversation: string; member: string; role: Role }): Promise<{ change: string }>;
  changeGroup(p: {
    conversation: string;
    name?: string;
    description?: string;
    /** Base64 of a JPEG, PNG or WebP of at most 64 KiB; empty removes it. */
    picture?: string;
    whoAdds?: WhoAdds;
    whoWrites?: WhoWrites;
    timer?: number;
    newcomersRead?: NewcomersRead;
  }): Promise<{ change: string }>;
  /** New encryption keys for this device in this group, now. */
  renewGroupKeys(p: { conversation: string }): Promise<{ change: string }>;
  /**
   * The last owner must name a successor: `owner_needed`. Resolves once saved; nothing can be
   * written from then on.
   */
  leaveGroup(p: { conversation: string; successor?: string }): Promise<void>;
  /** Takes back what has not been sent yet: `change_unknown` when it is too late. */
  cancelChange(p: { conversation: string; change: string }): Promise<void>;
  /** An owner founds a group again whose changes somebody blocks. */
  refoundGroup(p: { conversation: string; without: string[] }): Promise<{ change: string }>;
  /**
   * Answers a question of `groupQuestions`; no puts away one that is over. `question_unknown` when
   * it has changed or is over, `store_private` when yes would have this device call an address
   * within some network.
   */
  answerGroupQuestion(p: { question: string; accept: boolean }): Promise<void>;
  /**
   * Deletes a conversation that was left, and its messages, from this device; or ends a joining
   * that waits.
   */
  deleteConversation(p: { conversation: string }): Promise<void>;

  /**
   * Asks the author of the messages that a line of kind `held` tells of to send them again:
   * `not_a_contact`, `message_unknown`.
   */
  askForHeld(p: { message: string }): Promise<void>;
  /**
   * Removes a message from this device only; it does not come back when its author says it again.
   * One's own that waits is stopped. `left`: whether the others have it. `perhaps`: it was on its
   * way, and what is stored already stays.
   */
  forgetMessage(p: { message: string }): Promise<{ left: "no" | "perhaps" | "yes" }>;
  /**
   * This person has seen the message of this order, and so all before it. What came later stays
   * unread, and a mark never goes back. `conversation_unknown`, `request_malformed`.
   */
  markRead(p: { conversation: string; upTo: number }): Promise<void>;
  /**
   * Keeps what was begun, and gives the draft that stands then. `was`: the draft that the writer
   * knew; what another window kept since is not lost, it stands before theirs. Without it this
   * draft takes the place of any other.
   */
  saveDraft(p: { conversation: string; text: string; was?: string }): Promise<{ draft: string }>;
  mute(p: { conversation: string; muted: boolean }): Promise<void>;

  /** A name of one's own for a contact; empty gives theirs back. */
  nameContact(p: { contact: string; name: string }): Promise<void>;
  /**
   * What a blocked person writes is never asked for, opened or answered; what waited for them ends.
   * Unblocking sets the conversation up again. `erase`, with blocking: what `keptOf` counts is
   * erased from this device.
   */
  block(p: { contact: string; blocked: boolean; erase?: boolean }): Promise<void>;

  /**
   * Messages with all these words, newest first, up to `limit` (1 to 1,000); `before`: older than
   * the message of this order, to go on from the last hit; `conversation`: only there. Fewer than
   * `limit`: there are no more.
   */
  search(p: { text: string; limit: number; before?: number; conversation?: string }): Promise<SearchHit[]>;
  changeSettings(p: Partial<SettingsView>): Promise<void>;
  /**
   * Tries the stores that do not answer now instead of waiting for the next attempt; if all answer,
   * all of them again.
   */
  reconnect(): Promise<void>;
  /**
   * For a process that is about to end: resolves once the stores are read to their ends and all
   * that can leave now has left, but after `ms` at the latest, and sooner when no store can be
   * reached or nothing has left for three seconds. Gives what still waits: it leaves when an engine
   * runs again. Of receipts one cell leaves at most, or a decoy in its place, once in five minutes
   * (docs/protocol.md, section 9.1).
   */
  drain(p: { ms: number }): Promise<WaitingView & { messages: number }>;
}
