import type {
  ContactView,
  ConversationView,
  GroupMemberView,
  GroupView,
  MessageView,
  PliApi,
  Queries,
  QueryName,
  RejoiningView,
} from "@pli/engine/api";
import { createNaming } from "@pli/engine/content";
import { errorSentence } from "@pli/engine/words";
import { createFormat } from "../src/ui/format.ts";
import type { Wording } from "../src/ui/wording.ts";
import { wordsOf, type Language } from "../src/words/index.ts";

export const SELF = "5e1f";

/** How a person who knows these others reads what happens. */
export function wordingIn(language: Language, known: Parameters<typeof createNaming>[0] = []): Wording {
  const words = wordsOf(language);
  const sentence = (code: string) => errorSentence(language, code);
  return { words, format: createFormat(language, words), sentence, self: SELF, ...createNaming(known) };
}

type Values = { [N in QueryName]?: Queries[N]["result"] };

/** An engine that knows these values and these calls only. */
export function fakeApi(values: Values, calls: Partial<PliApi> = {}): Partial<PliApi> {
  const known: Values = { status: { ...STATUS }, contacts: [], ...values };
  return {
    watch(name, _parameters, listener) {
      listener(known[name]);
      return () => undefined;
    },
    onMessage: () => () => undefined,
    markRead: () => Promise.resolve(),
    saveDraft: ({ text }) => Promise.resolve({ draft: text }),
    ...calls,
  };
}

const STATUS: Queries["status"]["result"] = {
  profile: { id: SELF, name: "Nadia", createdAt: 0 },
  connection: { state: "online", store: "", since: 0 },
  pending: 0,
  waiting: { pairings: 0, changes: 0, notes: 0, receipts: 0 },
};

export const contact = (name: string): ContactView => ({
  id: `id-${name}`,
  name,
  ownName: name,
  level: 3,
  conversation: `with-${name}`,
  pairedAt: 0,
  blocked: false,
  devices: 1,
});

export const member = (name: string, change: Partial<GroupMemberView> = {}): GroupMemberView => ({
  id: `id-${name}`,
  name,
  role: "member",
  level: 1,
  isSelf: false,
  isContact: false,
  devices: 1,
  mayRemove: false,
  mayBecome: [],
  ...change,
});

export const self = (change: Partial<GroupMemberView> = {}): GroupMemberView =>
  member("Nadia", { id: SELF, isSelf: true, role: "owner", level: 3, ...change });

export const group = (change: Partial<GroupView> = {}): GroupView => ({
  id: "g",
  name: "Budget",
  description: "",
  role: "owner",
  whoAdds: "admins",
  whoWrites: "everyone",
  timer: 0,
  newcomersRead: "nothing",
  members: [self(), member("Camille")],
  pending: [],
  may: { add: true, name: true, rules: true, write: true },
  leaveNeedsSuccessor: false,
  state: "ready",
  ...change,
});

/** The state of a group that this device is rejoining. */
export const rejoining = (change: Partial<RejoiningView> = {}): RejoiningView => ({
  since: Date.UTC(2026, 10, 23, 14, 3),
  waitsFor: [],
  answered: [],
  refusedBy: [],
  ...change,
});

export const conversation = (change: Partial<ConversationView> = {}): ConversationView => ({
  id: "g",
  kind: "group",
  contact: "",
  name: "Budget",
  level: 1,
  members: 2,
  role: "owner",
  writable: true,
  last: undefined,
  activeAt: 0,
  unread: 0,
  readUpTo: 0,
  muted: false,
  blocked: false,
  draft: "",
  state: "ready",
  ...change,
});

export const message = (change: Partial<MessageView> & Pick<MessageView, "order">): MessageView => ({
  id: `m${change.order}`,
  conversation: "g",
  from: "id-Camille",
  fromName: "Camille",
  mine: false,
  body: { kind: "text", text: `message ${change.order}` },
  sentAt: change.order * 60_000,
  state: "received",
  ...change,
});
