import type { PliApi, QueryName } from "../api.ts";

/** What is called by name and answered once. */
export type Method = Exclude<keyof PliApi, "watch" | "onMessage">;

/** From an application to the engine. Ids are the application's own, from 1. */
export type RequestMessage =
  | { type: "call"; id: number; method: Method; parameters: Record<string, unknown> }
  | { type: "watch"; id: number; query: QueryName; parameters: Record<string, unknown> }
  | { type: "unwatch"; id: number }
  | { type: "listen" };

/** From the engine to an application. */
export type ReplyMessage =
  | { type: "result"; id: number; value?: unknown }
  | { type: "error"; id: number; code: string }
  | { type: "value"; id: number; value?: unknown }
  | { type: "message"; message: unknown };

type Field = "string" | "number" | "boolean" | "object" | "strings" | "string?" | "number?" | "boolean?";
type Shape = Readonly<Record<string, Field>>;

const NOTHING: Shape = {};

/** The parameters of every method, so that nothing of another form reaches the engine. */
const METHODS: Readonly<Record<Method, Shape>> = {
  read: { query: "string", parameters: "object" },
  createProfile: { name: "string" },
  renameProfile: { name: "string" },
  createInvitation: { base: "string?", name: "string?" },
  nameInvitation: { pairing: "string", name: "string" },
  acceptInvitation: { link: "string" },
  typeCode: { pairing: "string", digits: "string" },
  cancelPairing: { pairing: "string" },
  sendText: { conversation: "string", text: "string", request: "string?", draft: "string?" },
  createGroup: { name: "string", contacts: "strings", description: "string?" },
  addToGroup: { conversation: "string", contacts: "strings" },
  removeFromGroup: { conversation: "string", members: "strings" },
  setRole: { conversation: "string", member: "string", role: "string" },
  changeGroup: {
    conversation: "string",
    name: "string?",
    description: "string?",
    picture: "string?",
    whoAdds: "string?",
    whoWrites: "string?",
    timer: "number?",
    newcomersRead: "string?",
  },
  renewGroupKeys: { conversation: "string" },
  leaveGroup: { conversation: "string", successor: "string?" },
  cancelChange: { conversation: "string", change: "string" },
  refoundGroup: { conversation: "string", without: "strings" },
  answerGroupQuestion: { question: "string", accept: "boolean" },
  deleteConversation: { conversation: "string" },
  resend: { message: "string" },
  askForHeld: { message: "string" },
  forgetMessage: { message: "string" },
  markRead: { conversation: "string", upTo: "number" },
  saveDraft: { conversation: "string", text: "string", was: "string?" },
  mute: { conversation: "string", muted: "boolean" },
  nameContact: { contact: "string", name: "string" },
  block: { contact: "string", blocked: "boolean", erase: "boolean?" },
  search: { text: "string", limit: "number", before: "number?", conversation: "string?" },
  changeSettings: { readReceipts: "boolean?", askBeforeGroups: "boolean?" },
  reconnect: NOTHING,
  drain: { ms: "number" },
};

const QUERIES: Readonly<Record<QueryName, Shape>> = {
  status: NOTHING,
  conversations: NOTHING,
  conversation: { id: "string" },
  group: { id: "string" },
  messages: { conversation: "string", limit: "number", before: "number?", after: "number?", around: "number?" },
  contacts: NOTHING,
  contact: { id: "string" },
  groupsWith: { contact: "string" },
  keptOf: { contact: "string" },
  pairing: { id: "string" },
  pairings: NOTHING,
  groupQuestions: NOTHING,
  knowledge: NOTHING,
  storage: NOTHING,
  settings: NOTHING,
};

/**
 * A request from the other end, or the id it came with when it is malformed (0 when it has none).
 */
export function parseRequestMessage(input: unknown): { ok: true; value: RequestMessage } | { ok: false; id: number } {
  if (!isRecord(input)) return { ok: false, id: 0 };
  const id = isId(input["id"]) ? input["id"] : 0;
  const request = requestFrom(input, id);
  return request === undefined ? { ok: false, id } : { ok: true, value: request };
}

/** An answer from the engine's end; undefined for anything else. */
export function parseReplyMessage(input: unknown): ReplyMessage | undefined {
  if (!isRecord(input)) return undefined;
  const { type, id, value, code, message } = input;
  if (type === "message") return { type, message };
  if (!isId(id)) return undefined;
  if (type === "result" || type === "value") return { type, id, value };
  return type === "error" && typeof code === "string" ? { type, id, code } : undefined;
}

/** Whether these are the parameters of this query. */
export function isQuery(query: unknown, parameters: unknown): query is QueryName {
  return typeof query === "string" && Object.hasOwn(QUERIES, query) && fits(parameters, QUERIES[query as QueryName]);
}

function requestFrom(input: Record<string, unknown>, id: number): RequestMessage | undefined {
  const { type, method, query, parameters } = input;
  if (type === "listen") return { type };
  if (id === 0) return undefined;
  if (type === "unwatch") return { type, id };
  if (!isRecord(parameters)) return undefined;
  if (type === "watch") return isQuery(query, parameters) ? { type, id, query, parameters } : undefined;
  return type === "call" && isMethod(method) && fits(parameters, METHODS[method])
    ? { type, id, method, parameters }
    : undefined;
}

function isMethod(method: unknown): method is Method {
  return typeof method === "string" && Object.hasOwn(METHODS, method);
}

function fits(parameters: unknown, shape: Shape): boolean {
  if (!isRecord(parameters)) return false;
  const known = Object.keys(parameters).every((name) => Object.hasOwn(shape, name));
  return known && Object.entries(shape).every(([name, field]) => isField(parameters[name], field));
}

function isField(value: unknown, field: Field): boolean {
  if (field.endsWith("?")) return value === undefined || typeof value === field.slice(0, -1);
  if (field === "strings") return Array.isArray(value) && value.every((item) => typeof item === "string");
  return field === "object" ? isRecord(value) : typeof value === field;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
