/**
 * The values that an application sees. They are plain JSON, so the same API serves a page, a
 * worker, other tabs and a local socket. Identifiers are lower-case hexadecimal; times are
 * milliseconds since 1970. The calls stand in `schema.ts`.
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
   * Messages whose receipts have not left. They leave in what is written to the author, or at a
   * slot.
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

/** One of this person's devices. */
export interface DeviceView {
  id: string;
  /** The name given to it; empty: none was. */
  name: string;
  addedAt: number;
  /** The device that let it in; its own id of the first. */
  addedBy: string;
  /** A time of the day on which it was last in use, as it said. */
  lastSeen: number;
  /**
   * It has not been used for more than half of the time for which the store keeps what it missed.
   * Then that begins to go.
   */
  backBy?: number;
  /** It is this one. */
  isThis: boolean;
  /** This device was removed: it sends nothing any more. */
  isRemoved: boolean;
  /**
   * This device has lost the thread of the own devices, and comes back by itself: since when, in
   * ms. `asked`: it waits for another one to be in use. `entering`: one has answered.
   */
  returning?: { readonly since: number; readonly step: "asked" | "entering" };
}

/** How far what was said before has come to a device that was linked. */
export interface HistoryView {
  /** To this device. Missing: it began with nothing before it. */
  incoming?: {
    /** The device that it is asked of; empty: that one is gone, and there is no other. */
    from: string;
    /**
     * `asked`: no answer yet. `recent`: the last day of every conversation is coming. `older`: that
     * is here, the rest is coming. `gone`: nobody is there to give it.
     */
    step: "asked" | "recent" | "older" | "complete" | "gone";
    conversations: number;
    /** Of which nothing is missing. */
    conversationsDone: number;
    messages: number;
    messagesDone: number;
    askedAt: number;
    /** When that device said something of it last. */
    heardAt?: number;
    doneAt?: number;
  };
  /** This device was linked, and is not in all conversations yet. Missing: it is. */
  conversations?: { here: number; all: number };
  /** From this device to others, as long as they do not have all. */
  outgoing: { device: string; messages: number; sent: number }[];
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
  /** It was deleted for everybody. `by`: who leads the group and did so; missing: its author. */
  | { kind: "deleted"; by?: Named }
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
   * `count` messages of its author came while this person had blocked them: they are not kept, and
   * never shown.
   */
  | { kind: "blocked"; count: number }
  /** `count` messages of its author, no verified contact, came during a lockdown: not kept. */
  | { kind: "shutOut"; count: number }
  /**
   * This device was away for longer than the store keeps messages, which is `days`: some may be
   * missing, until they are sent again.
   */
  | { kind: "away"; days: number }
  /** The conversation was set up again without anybody doing anything (section 8). */
  | { kind: "rejoined" }
  /** A contact has keys of a later generation: their devices of before are shut out. */
  | { kind: "newKeys" }
  /** A contact has `added` devices, or has removed `removed`: there are `devices` now. */
  | { kind: "devices"; added: number; removed: number; devices: number }
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
  /** A successor group took the place of this one, because its changes were blocked. */
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
  /** A pending operation of this person was dropped: a code of `errors.ts` says why. */
  | { what: "dropped"; operation: PendingChange["operation"]; why: string };

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
   * It did not come from its author: it stood in the roster of this person, who brought us into the
   * group.
   */
  fromRosterOf?: Named;
  /** When it disappears from this device, if it does; what was not sent yet has no end. */
  expiresAt?: number;
  error?: string;
  /** What it answers. */
  replyTo?: QuoteView;
  /** When its author said it otherwise last. */
  edited?: number;
  /** Emoji at this message, the one given first first. */
  reactions?: ReactionView[];
  /** This person marked it. */
  starred?: true;
  /** Position in the conversation, increasing; the order to show. */
  order: number;
}

/** A message that another one answers. */
export interface QuoteView {
  /** Its id, as the answer names it. */
  message: string;
  /** `missing`: it is not on this device. */
  state: "here" | "deleted" | "missing";
  /** Unless it is missing: where it stands, and whose it is. */
  order?: number;
  from?: string;
  fromName?: string;
  mine?: boolean;
  /** How what it says begins; empty: no text. */
  text?: string;
}

/** One emoji at a message, and who gave it. */
export interface ReactionView {
  emoji: string;
  /** This person did, too. */
  mine: boolean;
  people: Named[];
}

/** What a text said since then. */
export interface TextVersion {
  text: string;
  at: number;
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
  /**
   * An app shows nothing of what is written there until the person has given what opens the profile
   * once more. Search leaves it out.
   */
  locked?: true;
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
   * It came out of a file, and nobody has checked what stands in it. It can be read, and deleted.
   * `ofSelf`: this profile exported it.
   */
  archive?: { importedAt: number; ofSelf: boolean };
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

/** A pending operation of this person: a change that is not in effect yet. */
export interface PendingChange {
  id: string;
  operation:
    | { kind: "add"; who: Named[] }
    | { kind: "remove"; who: Named[] }
    | { kind: "role"; who: Named; role: Role }
    | { kind: "rules" }
    | { kind: "keys" }
    | { kind: "leave" }
    | { kind: "successorGroup"; without: Named[] };
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
  /** Somebody blocks the changes of this group: an owner can found a successor, without them. */
  blocked?: { suspects: Named[]; mayFound: boolean };
  /** It came out of a file. */
  archive?: ConversationView["archive"];
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
  /**
   * `device`: this device becomes one of somebody's own, or another becomes one of this person's.
   */
  purpose: "person" | "device";
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
  /** Of a device, once it is listed, or known to come: its id. */
  device?: string;
  /**
   * Of a device, in step `confirming`: the digits were right, and it comes in then, because nobody
   * gave what unlocks the device that lets it in.
   */
  until?: number;
  /** In step `failed`: a code of `errors.ts`. */
  error?: string;
  /** In steps `paired` and `failed`: when it came to that. */
  endedAt?: number;
  /** While it is under way and its store does not answer: what it waits for. */
  waitsFor?: StoreAway;
}

/** A device that is to come in, and has shown no more than the right digits yet. */
export interface ComingDeviceView {
  id: string;
  /** As it calls itself. */
  name: string;
  /** It comes then, or when the device that lets it in next reaches its store. */
  until: number;
  /** The device that lets it in. */
  by: string;
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

/** What an export begins with. */
export interface ExportStart {
  /** The first line of the file. */
  header: string;
  /** The order of the newest message that belongs to it. */
  upTo: number;
  /** How many there are now, those that are left out included. */
  contacts: number;
  conversations: number;
  messages: number;
}

export interface ExportPage {
  /** Lines of JSON, as docs/export.md describes them. */
  lines: string[];
  /** Where the next page begins; absent on the last one. */
  next?: string;
  /** Messages of this page that disappear, and so are not exported. */
  leftOut: number;
}

/** What became of a page of messages out of a file, or would. */
export interface ImportedPage {
  added: number;
  /** They are on this device already. */
  here: number;
  /** Erased here since, or lines that an archive does not keep. */
  passed: number;
  /** A conversation is made for them. */
  isNew: boolean;
}

/** Names for contacts out of a file. */
export interface ImportedNames {
  /** When the file was made, and by whom as it says. */
  file: { madeAt: number; profile: Named };
  names: { contact: string; from: string; to: string }[];
}

export interface SettingsView {
  readReceipts: boolean;
  /**
   * Contacts ask before they put this person into a group. Off: they add without asking, where the
   * store is a known one.
   */
  askBeforeGroups: boolean;
  /**
   * Only verified contacts are heard, nobody new comes in, and nothing that others chose is decoded
   * or leads anywhere.
   */
  lockdown: boolean;
  /** The home store holds a copy of the messages, which the recovery words open. */
  messageCopy: boolean;
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

/** How it stands with the recovery words of this profile. */
export interface RecoveryView {
  /** Nobody has confirmed them on this device: they can be shown. */
  readonly isShowable: boolean;
  /** When the person had them last, in ms. */
  readonly confirmedAt?: number;
  /**
   * One line asks for it, and nothing waits for it: to write them down, or to look at them again.
   */
  readonly due?: "write" | "check";
  /** When the store took the last backup, in ms. */
  readonly backedUpAt?: number;
  /** A second copy of the secret behind them, that a passkey opens. */
  readonly passkey?: PasskeyCopyView;
}

/**
 * A copy that a passkey opens, kept or removed. Times in ms. `storedAt`: when this device stored it
 * last; `until`: the store has it at least until then, or, once it is removed, at most.
 */
export type PasskeyCopyView =
  | { readonly isKept: true; readonly madeAt: number; readonly storedAt?: number; readonly until?: number }
  | { readonly isKept: false; readonly until: number };

/** A profile that is here again: its name, when its backup was made, in ms, and how much it has. */
export interface RestoredView {
  readonly name: string;
  readonly madeAt: number;
  readonly contacts: number;
  readonly groups: number;
  /** Messages of the copy, which follow by themselves; 0: there is none. */
  readonly messages: number;
  /** There is a copy of the messages, and it cannot be read. */
  readonly copyProblem?: "recovery_newer" | "recovery_unreadable";
}

/** The copy of the messages in the store, as this device knows of it. Times in ms. */
export interface MessageCopyView {
  readonly isOn: boolean;
  /** The last one. Missing: there is none yet. */
  readonly last?: {
    readonly at: number;
    /** As many as it holds, and as many as are not in it because there are too many newer ones. */
    readonly messages: number;
    readonly older: number;
    /** When the store has dropped all of it, if none follows. */
    readonly until: number;
    /** This device wrote it, and not another one of this person. */
    readonly isHere: boolean;
  };
  /** One is being written. */
  readonly isUnderWay: boolean;
  /** Why the store takes nothing now: a code of `errors.ts`. */
  readonly refusal?: string;
  /** What comes, or came, from the copy to this device after it was restored. */
  readonly restoring?: {
    readonly messages: number;
    readonly messagesDone: number;
    /** Of those, as many as the store does not have any more, or which do not open. */
    readonly missing: number;
    /** Messages that were not in the copy. */
    readonly older: number;
    readonly doneAt?: number;
  };
}

/** What is wrong with words that somebody typed. `place` counts from 1; `words`: how many came. */
export interface WordsProblem {
  readonly code:
    | "recovery_word_unknown"
    | "recovery_words_missing"
    | "recovery_words_too_many"
    | "recovery_words_wrong"
    | "recovery_words_of_another";
  readonly place?: number;
  readonly words?: number;
}
/** The devices that a succession took out of the list: the stolen one, and what it had let in. */
export interface StolenView {
  readonly out: readonly string[];
}
export type WordsAnswer = { readonly right: true } | ({ readonly right: false } & WordsProblem);
