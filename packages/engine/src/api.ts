/**
 * What an application sees of the engine. Every value is plain JSON, so that the same interface is spoken in a page, to
 * a worker, between tabs and over a local socket. Identifiers are lower-case hexadecimal; times are milliseconds since
 * 1970; a failed call rejects with `PliError`, whose code stands in `errors.ts`.
 */

/** Three dots: verified by code; two: vouched for by someone; one: met in a group only (protocol.md, section 6). */
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
    /** While catching up after an absence: cells read of cells to read. */
    catchUp?: { done: number; total: number };
  };
  /** Messages written here that no store has yet. */
  pending: number;
  /** This device's clock minus the store's, in seconds, when it is off by more than five minutes. */
  clockSkew?: number;
  /** A lasting trouble of this device: `disk_full`, `database_damaged`… Absent when all is well. */
  trouble?: string;
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
}

/**
 * `saved`: on this device, not yet at the store · `sent`: the store has it durably · `delivered`, `read`: the other side
 * said so · `failed`: will not be sent, `error` says why · `received`: somebody else's.
 */
export type MessageState = "saved" | "sent" | "delivered" | "read" | "failed" | "received";

export type MessageBody =
  | { kind: "text"; text: string }
  /** Content this version cannot show; it is kept. */
  | { kind: "unknown" }
  /** Messages of the other side that never arrived; `count` of them. */
  | { kind: "gap"; count: number }
  /** The conversation was set up again without anybody doing anything (section 8). */
  | { kind: "rejoined" }
  | { kind: "paired" }
  | { kind: "renamed"; from: string; to: string };

export interface MessageView {
  id: string;
  conversation: string;
  /** Profile id of the author. */
  from: string;
  mine: boolean;
  body: MessageBody;
  sentAt: number;
  state: MessageState;
  error?: string;
  /** Position in the conversation, increasing; the order to show. */
  order: number;
}

export interface ConversationView {
  /** Drawn on this device: the other side knows the conversation by another. */
  id: string;
  contact: string;
  name: string;
  level: TrustLevel;
  last: MessageView | undefined;
  /** When something last happened, for sorting. */
  activeAt: number;
  unread: number;
  muted: boolean;
  blocked: boolean;
  draft: string;
  /** `rejoining`: being set up again with the other side; messages wait meanwhile. */
  state: "ready" | "rejoining";
}

export type PairingStep = "opening" | "waiting" | "code" | "confirming" | "paired" | "failed";

/**
 * inviter: waiting (nobody came yet) → code → confirming (own code right, the other side still types) → paired.
 * responder: opening (reading the invitation) → waiting (their answer) → code → confirming → paired.
 */
export interface PairingView {
  id: string;
  role: "inviter" | "responder";
  step: PairingStep;
  /** Inviter only, until paired or failed. */
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
}

/** What the store has seen of this app: the live figures of "what the server knows". */
export interface KnowledgeView {
  store: string;
  feedForm: "full" | "tag";
  retentionDays: number;
  /** The last 24 hours, by the hour, oldest first: always 24 entries. */
  hours: { cellsWritten: number; blocksWritten: number; fetched: number; feedBytes: number }[];
  /** A cell as the store sees it: label and first bytes of the last one this app wrote, hexadecimal. */
  sample: { label: string; cell: string } | undefined;
}

export interface StorageView {
  databaseBytes: number;
  messages: number;
  conversations: number;
  /** Self-healing, counted on this device, never sent. */
  counters: { cellsOpened: number; gaps: number; undecryptable: number; rejoins: number; duplicates: number };
}

export interface SearchHit {
  message: MessageView;
  conversationName: string;
}

export interface SettingsView {
  readReceipts: boolean;
}

/** Every live query and what it gives. */
export interface Queries {
  status: { parameters: Record<string, never>; result: StatusView };
  conversations: { parameters: Record<string, never>; result: ConversationView[] };
  conversation: { parameters: { id: string }; result: ConversationView | undefined };
  /** The newest `limit` messages, oldest first. */
  messages: {
    parameters: { conversation: string; limit: number };
    result: { messages: MessageView[]; hasOlder: boolean };
  };
  contacts: { parameters: Record<string, never>; result: ContactView[] };
  contact: { parameters: { id: string }; result: ContactView | undefined };
  pairing: { parameters: { id: string }; result: PairingView | undefined };
  /** Pairings not yet paired, failed or dismissed, newest first. */
  pairings: { parameters: Record<string, never>; result: PairingView[] };
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
  /** Each message that arrives from now on (not our own), once, in the order of arrival. */
  onMessage(listener: (message: MessageView) => void): () => void;

  createProfile(p: { name: string }): Promise<void>;
  /** Changes the name contacts see; they are told. */
  renameProfile(p: { name: string }): Promise<void>;

  /** Makes an invitation; `base` is the address the link opens, by default the store's own. */
  createInvitation(p: { base?: string }): Promise<{ pairing: string }>;
  acceptInvitation(p: { link: string }): Promise<{ pairing: string }>;
  /** The four digits the other person read out. Wrong: rejects with `code_wrong` (tries are left) or the pairing fails. */
  typeCode(p: { pairing: string; digits: string }): Promise<void>;
  /** Ends it on both sides; nothing remains. A finished one is only dismissed from the list. */
  cancelPairing(p: { pairing: string }): Promise<void>;

  /** Resolves once the message is saved on this device; it leaves when the store can be reached. */
  sendText(p: {
    conversation: string;
    text: string;
    /** A name of this call, up to 64 characters: called again with the same, it is the same message. */
    request?: string;
  }): Promise<{ message: string }>;
  /** Tries a failed message again. */
  resend(p: { message: string }): Promise<void>;
  /** Removes a message from this device only. */
  forgetMessage(p: { message: string }): Promise<void>;
  markRead(p: { conversation: string }): Promise<void>;
  saveDraft(p: { conversation: string; text: string }): Promise<void>;
  mute(p: { conversation: string; muted: boolean }): Promise<void>;

  /** A name of one's own for a contact; empty gives theirs back. */
  nameContact(p: { contact: string; name: string }): Promise<void>;
  /** What a blocked person writes is never asked for, opened or answered; unblocking sets the conversation up again. */
  block(p: { contact: string; blocked: boolean }): Promise<void>;

  search(p: { text: string; limit: number }): Promise<SearchHit[]>;
  changeSettings(p: Partial<SettingsView>): Promise<void>;
  /** Tries the store now instead of waiting for the next attempt. */
  reconnect(): Promise<void>;
}
