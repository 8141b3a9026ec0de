import {
  commandsBy,
  type ContactView,
  type ConversationView,
  type ComingDeviceView,
  type DeviceView,
  type GroupChange,
  type GroupQuestionView,
  type GroupView,
  type HistoryView,
  type MessageCopyView,
  type MessageView,
  type PairingView,
  type PliApi,
  type Queries,
  type QueryName,
  type RecoveryView,
  type SettingsView,
  type StatusView,
} from "@pli/engine/api";
import { PliError, type ErrorCode } from "@pli/engine/errors";

export const ME = "aa".repeat(32);
export const CAMILLE = "c0ffee00".padEnd(64, "1");
export const NOW = Date.UTC(2026, 10, 23, 14, 3);

export function contactNamed(name: string, id = CAMILLE, more: Partial<ContactView> = {}): ContactView {
  return {
    id,
    name,
    ownName: name,
    level: 3,
    conversation: `conv-${id.slice(0, 8)}`,
    pairedAt: NOW,
    blocked: false,
    devices: 1,
    ...more,
  };
}

export function textFrom(contact: ContactView, id: string, text: string, more: Partial<MessageView> = {}): MessageView {
  return {
    id,
    conversation: contact.conversation,
    from: contact.id,
    fromName: contact.name,
    mine: false,
    body: { kind: "text", text },
    sentAt: NOW,
    state: "received",
    order: 1,
    ...more,
  };
}

export const GROUP = "9a0b".padEnd(32, "e");

/** A group of this person, its owner, and of these contacts. */
export function groupNamed(name: string, contacts: readonly ContactView[], more: Partial<GroupView> = {}): GroupView {
  const member = { isContact: true, devices: 1, mayRemove: true, mayBecome: [], isSelf: false };
  return {
    id: GROUP,
    name,
    description: "",
    role: "owner",
    whoAdds: "admins",
    whoWrites: "everyone",
    timer: 0,
    newcomersRead: "nothing",
    members: [
      { ...member, id: ME, name: "Alice", role: "owner", level: 3, isSelf: true, isContact: false },
      ...contacts.map((contact) => ({
        ...member,
        id: contact.id,
        name: contact.name,
        role: "member" as const,
        level: contact.level,
      })),
    ],
    pending: [],
    may: { add: true, name: true, rules: true, write: true },
    leaveNeedsSuccessor: false,
    state: "ready",
    ...more,
  };
}

/** A line of a group's history; without `by`, nobody can be named. */
export function lineOf(change: GroupChange, order: number, by?: { id: string; name: string }): MessageView {
  return {
    id: `line${order}`,
    conversation: GROUP,
    from: by?.id ?? "",
    fromName: by?.name ?? "",
    mine: by?.id === ME,
    body: { kind: "change", change },
    sentAt: NOW,
    state: "received",
    order,
  };
}

interface Data {
  status: StatusView;
  contacts: ContactView[];
  devices: DeviceView[];
  comingDevices: ComingDeviceView[];
  recovery: RecoveryView;
  messages: MessageView[];
  pairings: PairingView[];
  unread: Record<string, number>;
  /** Conversations that are locked. */
  locked: Set<string>;
  drafts: Record<string, string>;
  groups: GroupView[];
  questions: GroupQuestionView[];
  settings: SettingsView;
  history: HistoryView;
  messageCopy: MessageCopyView;
}

type Watch = { name: QueryName; tell: () => void };

/**
 * The engine as an application sees it, played in memory: a test changes `data` and calls
 * `changed`.
 */
export function createFakeApi(profile: string | undefined = "Alice") {
  const data: Data = {
    status: {
      profile: profile === undefined ? undefined : { id: ME, name: profile, createdAt: NOW },
      connection: { state: "online", store: "http://127.0.0.1:7540", since: NOW },
      pending: 0,
      waiting: { pairings: 0, changes: 0, notes: 0, receipts: 0 },
    },
    contacts: [],
    devices: [],
    comingDevices: [],
    recovery: { isShowable: true },
    messages: [],
    pairings: [],
    unread: {},
    locked: new Set(),
    drafts: {},
    groups: [],
    questions: [],
    settings: { readReceipts: true, askBeforeGroups: true, lockdown: false, messageCopy: false },
    history: { outgoing: [] },
    messageCopy: { isOn: false, isUnderWay: false },
  };
  const watches = new Set<Watch>();
  const listeners = new Set<(message: MessageView) => void>();
  const calls: [string, unknown][] = [];
  /** How long each drain might have taken. */
  const drains: number[] = [];
  const changed = () => [...watches].forEach((watch) => watch.tell());
  const queries = queriesOn(data);
  const read = <N extends QueryName>(name: N, parameters: Queries[N]["parameters"]) =>
    structuredClone(queries[name]?.(parameters as never)) as Queries[N]["result"];
  /** What a command does beyond being recorded; a test replaces what it needs. */
  const does: Partial<Record<keyof PliApi, (p: never) => unknown>> = {};
  const call = async (name: keyof PliApi, p: unknown) => {
    calls.push([name, p]);
    const result = await does[name]?.(p as never);
    changed();
    return result as never;
  };
  const api: PliApi = {
    watch: (name, parameters, listener) => {
      let last: string | undefined;
      const tell = (): void => {
        const value = read(name, parameters);
        const shape = JSON.stringify(value) ?? "";
        if (shape === last) return;
        last = shape;
        listener(value);
      };
      const watch = { name, tell };
      watches.add(watch);
      queueMicrotask(() => watches.has(watch) && watch.tell());
      return () => void watches.delete(watch);
    },
    read: (name, parameters) => Promise.resolve(read(name, parameters)),
    onMessage: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ...commandsBy(call),
    drain: async (p) => {
      drains.push(p.ms);
      await does.drain?.(p as never);
      return { messages: data.status.pending, ...data.status.waiting };
    },
  };
  does.createProfile = ({ name }: { name: string }) => {
    data.status.profile = { id: ME, name, createdAt: NOW };
  };
  does.sendText = ({ conversation, text }: { conversation: string; text: string }) => {
    const id = `m${data.messages.length + 1}`;
    const state = data.status.connection.state === "online" ? "sent" : "saved";
    data.messages.push({
      id,
      conversation,
      from: ME,
      fromName: "Alice",
      mine: true,
      body: { kind: "text", text },
      sentAt: NOW,
      state,
      order: data.messages.length,
    });
    return { message: id };
  };
  const arrive = (message: MessageView) => {
    data.messages.push(message);
    changed();
    listeners.forEach((listener) => listener({ ...message, order: data.messages.length }));
  };
  return {
    api,
    data,
    does,
    calls,
    drains,
    changed,
    arrive,
    watching: () => watches.size + listeners.size,
    listening: () => listeners.size > 0,
  };
}

export type FakeApi = ReturnType<typeof createFakeApi>;

/** A query that is not played here gives undefined. */
function queriesOn(data: Data): { [N in QueryName]?: (parameters: never) => unknown } {
  const conversations = (): ConversationView[] => [
    ...data.contacts.map((contact) => conversationOf(data, contact)),
    ...data.groups.map((group) => groupConversation(data, group)),
  ];
  return {
    status: () => data.status,
    contacts: () => data.contacts,
    devices: () => data.devices,
    comingDevices: () => data.comingDevices,
    recovery: () => data.recovery,
    history: () => data.history,
    messageCopy: () => data.messageCopy,
    contact: ({ id }: { id: string }) => data.contacts.find((contact) => contact.id === id),
    conversations,
    conversation: ({ id }: { id: string }) => conversations().find((conversation) => conversation.id === id),
    group: ({ id }: { id: string }) => data.groups.find((group) => group.id === id),
    messages: (parameters: Queries["messages"]["parameters"]) => pageOf(data, parameters),
    messagesNamed: ({ beginning }: { beginning: string }) =>
      data.messages.filter(({ id }) => id.startsWith(beginning)).slice(0, 2),
    keptOf: () => ({ messages: 0, bytes: 0 }),
    groupsWith: ({ contact }: { contact: string }) =>
      data.groups
        .filter(({ members }) => members.some(({ id }) => id === contact))
        .map((group) => groupConversation(data, group)),
    pairing: ({ id }: { id: string }) => data.pairings.find((pairing) => pairing.id === id),
    pairings: () => data.pairings,
    knowledge: () => ({}),
    storage: () => ({
      databaseBytes: 123_456,
      messages: data.messages.length,
      conversations: data.contacts.length,
      counters: {
        cellsExpected: 9,
        cellsOpened: 7,
        gaps: 0,
        undecryptable: 0,
        rejoins: 0,
        duplicates: 0,
        forks: 0,
        ignoredCommits: 0,
        refoundings: 0,
      },
    }),
    groupQuestions: () => data.questions,
    settings: () => data.settings,
  };
}

/** Here a message's order is its place among all. */
const inOrder = (data: Data, conversation: string): MessageView[] =>
  data.messages.map((message, i) => ({ ...message, order: i + 1 })).filter((one) => one.conversation === conversation);

function pageOf(data: Data, p: Queries["messages"]["parameters"]): Queries["messages"]["result"] {
  const all = inOrder(data, p.conversation);
  const at = (test: (message: MessageView) => boolean): number => {
    const found = all.findIndex(test);
    return found < 0 ? all.length : found;
  };
  const { before = Infinity, after, around } = p;
  const from =
    after !== undefined
      ? at(({ order }) => order > after)
      : around !== undefined
        ? at(({ order }) => order >= around) - Math.floor(p.limit / 2)
        : at(({ order }) => order >= before) - p.limit;
  const to = Math.max(0, from + p.limit);
  return { messages: all.slice(Math.max(0, from), to), hasOlder: from > 0, hasNewer: to < all.length };
}

/** What stands before the last `unread` that others wrote. */
function readUpTo(data: Data, conversation: string): number {
  const theirs = inOrder(data, conversation).filter(({ mine, body }) => !mine && body.kind === "text");
  const first = theirs.at(-(data.unread[conversation] ?? 0));
  return (data.unread[conversation] ?? 0) === 0 || first === undefined ? data.messages.length : first.order - 1;
}

function conversationOf(data: Data, contact: ContactView): ConversationView {
  const last = data.messages.findLast((message) => message.conversation === contact.conversation);
  return {
    id: contact.conversation,
    kind: "direct",
    contact: contact.id,
    name: contact.name,
    level: contact.level,
    writable: true,
    last,
    activeAt: last?.sentAt ?? contact.pairedAt,
    unread: data.unread[contact.conversation] ?? 0,
    readUpTo: readUpTo(data, contact.conversation),
    muted: false,
    blocked: contact.blocked,
    ...(data.locked.has(contact.conversation) && { locked: true as const }),
    draft: data.drafts[contact.conversation] ?? "",
    state: "ready",
  };
}

function groupConversation(
  data: Data,
  { id, name, members, role, state, timer, archive }: GroupView,
): ConversationView {
  const last = data.messages.findLast((message) => message.conversation === id);
  return {
    id,
    kind: "group",
    contact: "",
    name,
    level: 1,
    members: members.length,
    role,
    ...(timer > 0 && { timer }),
    ...(archive && { archive }),
    writable: (state === "ready" || state === "rejoining") && role !== "reader",
    last,
    activeAt: last?.sentAt ?? NOW,
    unread: data.unread[id] ?? 0,
    readUpTo: readUpTo(data, id),
    muted: false,
    blocked: false,
    draft: "",
    state,
  };
}

export const refuse = (code: ErrorCode) => () => Promise.reject(new PliError(code));
