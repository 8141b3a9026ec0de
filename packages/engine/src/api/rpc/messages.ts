import { isCommand, isQuery, type CommandName, type QueryName } from "../schema.ts";
import { isRecord } from "../shapes.ts";

/** A command, or the reading of a query. */
export type Call =
  | { method: CommandName; parameters: Record<string, unknown> }
  | { method: "read"; parameters: { query: QueryName; parameters: Record<string, unknown> } };

/** From an application to the engine. Ids are the application's own, from 1. */
export type RequestMessage =
  | ({ type: "call"; id: number } & Call)
  | { type: "watch"; id: number; query: QueryName; parameters: Record<string, unknown> }
  | { type: "unwatch"; id: number }
  | { type: "listen" };

/** From the engine to an application. */
export type ReplyMessage =
  | { type: "result"; id: number; value?: unknown }
  | { type: "error"; id: number; code: string }
  | { type: "value"; id: number; value?: unknown }
  | { type: "message"; message: unknown };

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

function requestFrom(input: Record<string, unknown>, id: number): RequestMessage | undefined {
  const { type, method, query, parameters } = input;
  if (type === "listen") return { type };
  if (id === 0) return undefined;
  if (type === "unwatch") return { type, id };
  if (!isRecord(parameters)) return undefined;
  if (type === "watch") return isQuery(query, parameters) ? { type, id, query, parameters } : undefined;
  const call = type === "call" ? callFrom(method, parameters) : undefined;
  return call && { type: "call", id, ...call };
}

function callFrom(method: unknown, parameters: Record<string, unknown>): Call | undefined {
  if (isCommand(method, parameters)) return { method, parameters };
  const { query, parameters: of, ...more } = parameters;
  if (method !== "read" || Object.keys(more).length > 0 || !isRecord(of) || !isQuery(query, of)) return undefined;
  return { method, parameters: { query, parameters: of } };
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
