/**
 * The lines of an export, as docs/export.md describes them: JSON, one object a line. What is read
 * may come from anybody: every parser is total, gives undefined for what it does not understand,
 * and bounds what it takes.
 */
import { parseName } from "@pli/protocol/identity";
import { LATEST_MS } from "@pli/protocol/object";
import type { MessageBody, MessageState, TrustLevel } from "../../api/views.ts";
import { isRecord } from "../../api/shapes.ts";
import type { ContactRow, MemberRow } from "./export.views.table.ts";
import type { Origin } from "./archives.table.ts";
import { parseActions, type ExportedActions } from "./done.ts";
import { parseBody } from "./bodies.ts";
import { isId, isUpTo, nameFrom } from "./fields.ts";

/** The version of these lines, and of the file that holds them. */
export const EXPORT_VERSION = 1;
export const EXPORT_FORMAT = "pli-export";

/** The first line: whose export it is, and from when. */
export interface ExportHeader {
  readonly madeAt: number;
  readonly profile: { readonly id: string; readonly name: string; readonly createdAt: number };
}

export interface ExportedConversation {
  readonly id: string;
  readonly kind: "direct" | "group";
  readonly name: string;
  /** The other person; empty in a group. */
  readonly contact: string;
  readonly state: string;
  /** It was an archive already: whose, and its id there. */
  readonly archiveOf?: Origin;
}

export interface ExportedMessage extends ExportedActions {
  readonly id: string;
  readonly at: number;
  /** Empty: nobody wrote it. */
  readonly from: string;
  readonly name: string;
  readonly mine: boolean;
  readonly state: MessageState;
  readonly body: MessageBody;
  /** The first bytes of a hash of what its author encoded, in hexadecimal. */
  readonly mark?: string;
  /** Of content that this version cannot show: its bytes, in base64url. */
  readonly raw?: string;
}

export const encodeHeader = ({ madeAt, profile }: ExportHeader): string =>
  JSON.stringify({ format: EXPORT_FORMAT, version: EXPORT_VERSION, madeAt, profile });
export const encodeContact = (contact: ContactRow): string => JSON.stringify(contact);
export const encodeConversation = (conversation: ExportedConversation): string => JSON.stringify(conversation);
export const encodeMember = (member: MemberRow): string => JSON.stringify(member);
export const encodeMessage = (message: ExportedMessage): string => JSON.stringify(message);

/** `newer`: a later version has written it. */
export function parseHeader(line: string): ExportHeader | "newer" | undefined {
  const record = recordFrom(line);
  if (record?.["format"] !== EXPORT_FORMAT || !isCount(record["version"])) return undefined;
  if (record["version"] > EXPORT_VERSION) return "newer";
  const { madeAt, profile } = record;
  if (!isTime(madeAt) || !isRecord(profile)) return undefined;
  const { id, name, createdAt } = profile;
  if (!isId(id) || !isTime(createdAt)) return undefined;
  return { madeAt, profile: { id, name: nameFrom(name, id), createdAt } };
}

/** A contact of the file: only what an import asks for. */
export interface NamedContact {
  readonly id: string;
  /** Empty: none, or none that is allowed here. */
  readonly givenName: string;
  readonly trust: TrustLevel;
}

export function parseContact(line: string): NamedContact | undefined {
  const record = recordFrom(line);
  if (record === undefined) return undefined;
  const { id, givenName, trust } = record;
  if (!isId(id) || typeof givenName !== "string" || (trust !== 1 && trust !== 2 && trust !== 3)) return undefined;
  const name = parseName(givenName);
  return { id, givenName: name.ok ? name.value : "", trust };
}

export function parseConversation(line: string): ExportedConversation | undefined {
  const record = recordFrom(line);
  if (record === undefined) return undefined;
  const { id, kind, name, contact, state, archiveOf } = record;
  if (!isId(id) || (kind !== "direct" && kind !== "group") || typeof state !== "string") return undefined;
  if (contact !== "" && !isId(contact)) return undefined;
  const origin = archiveOf === undefined ? undefined : originFrom(archiveOf);
  if (archiveOf !== undefined && origin === undefined) return undefined;
  return { id, kind, name: nameFrom(name, id), contact, state, ...(origin && { archiveOf: origin }) };
}

/** `passed`: of a kind that an archive does not keep. */
export function parseMessage(line: string): ExportedMessage | "passed" | undefined {
  const record = recordFrom(line);
  if (record === undefined) return undefined;
  const { id, at, from, name, mine, state, mark } = record;
  if (!isId(id) || !isTime(at) || typeof mine !== "boolean" || !isState(state)) return undefined;
  if (from !== "" && !isId(from)) return undefined;
  if (mark !== undefined && (typeof mark !== "string" || !MARK.test(mark))) return undefined;
  const body = parseBody(record["body"]);
  if (body === undefined || body === "passed") return body;
  const actions = parseActions(record);
  if (actions === undefined) return undefined;
  const said = { ...actions, id, at, from, name: from === "" ? "" : nameFrom(name, from), mine, state, body };
  return mark === undefined ? said : { ...said, mark };
}

function originFrom(value: unknown): Origin | undefined {
  if (!isRecord(value)) return undefined;
  const { profile, source } = value;
  return isId(profile) && isId(source) ? { profile, source } : undefined;
}

function recordFrom(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const MARK = /^[0-9a-f]{32}$/;
const STATES: ReadonlySet<unknown> = new Set<MessageState>([
  "saved",
  "sent",
  "delivered",
  "read",
  "failed",
  "received",
]);

const isCount = (value: unknown): value is number => isUpTo(value, Number.MAX_SAFE_INTEGER);
const isTime = (value: unknown): value is number => isUpTo(value, LATEST_MS);
const isState = (value: unknown): value is MessageState => STATES.has(value);
