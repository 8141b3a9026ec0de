/**
 * Everything of a profile as lines, page by page, so that no call holds the history. Never a key:
 * an export is an archive of texts, not a second identity (docs/adr/0027).
 */
import { toBase64Url, toHex } from "@pli/protocol/crypto";
import type { Commands } from "../../api/schema.ts";
import type { ExportPage, ExportStart, MessageView, TextVersion } from "../../api/views.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { getConversation } from "../../epochs/conversations.table.ts";
import { nameOf } from "../conversations/conversations.views.table.ts";
import { markOf } from "../messages/erasing.ts";
import { listMessagesFrom } from "../messages/messages.views.table.ts";
import { versionsOf } from "../actions/action.ts";
import { listVersions } from "../actions/actions.table.ts";
import { findOrigin } from "./archives.table.ts";
import { actionsOf } from "./done.ts";
import {
  contentsBetween,
  countAll,
  listContactsAfter,
  listConversationIdsAfter,
  listMembersAfter,
  listSizesAfter,
  type MessageSize,
} from "./export.views.table.ts";
import { encodeContact, encodeConversation, encodeHeader, encodeMember, encodeMessage } from "./records.ts";

const ROWS = 500;
const PAGE_BYTES = 1 << 20;

type Wanted = Commands["exportPage"]["parameters"];

export async function beginExport({ context, profiles }: Kit, tx: Tx): Promise<ExportStart> {
  const { id, card, createdAt } = await profiles.get(tx);
  const header = encodeHeader({ madeAt: context.clock.now(), profile: { id, name: card.name, createdAt } });
  const { newest, ...counts } = await countAll(tx);
  return { header, upTo: newest, ...counts };
}

export async function exportPage(kit: Kit, tx: Tx, wanted: Wanted): Promise<ExportPage> {
  const { of, conversation = "", after = "" } = wanted;
  switch (of) {
    case "contacts":
      return pageOf(await listContactsAfter(tx, after, ROWS), encodeContact);
    case "conversations":
      return pageOf(await conversationsAfter(tx, after), encodeConversation);
    case "members":
      await getConversation(tx, conversation);
      return pageOf(await namedMembers(kit, tx, conversation, after), encodeMember);
    case "messages":
      await getConversation(tx, conversation);
      return messagePage(kit, tx, conversation, wanted);
  }
}

/** A page of rows that have ids; a full one may be followed by another. */
function pageOf<R extends { readonly id: string }>(rows: readonly R[], encode: (row: R) => string): ExportPage {
  const last = rows.length === ROWS ? rows.at(-1)?.id : undefined;
  return { lines: rows.map(encode), leftOut: 0, ...(last !== undefined && { next: last }) };
}

async function conversationsAfter(tx: Tx, after: string) {
  const conversations = [];
  for (const id of await listConversationIdsAfter(tx, after, ROWS)) {
    const { kind, contact, state } = await getConversation(tx, id);
    if (kind === "self") continue;
    const archiveOf = await findOrigin(tx, id);
    conversations.push({ id, kind, name: await nameOf(tx, id), contact, state, ...(archiveOf && { archiveOf }) });
  }
  return conversations;
}

async function namedMembers({ profiles }: Kit, tx: Tx, conversation: string, after: string) {
  const self = await profiles.self(tx);
  const members = await listMembersAfter(tx, conversation, after, ROWS);
  return members.map((member) => (member.id === self.id ? { ...member, name: self.name } : member));
}

async function messagePage(kit: Kit, tx: Tx, id: string, { after = "0", upTo }: Wanted): Promise<ExportPage> {
  const sizes = await listSizesAfter(tx, id, { after: Number(after) || 0, upTo, limit: ROWS });
  const page = upToBytes(sizes, PAGE_BYTES);
  const [first, last] = [page[0], page.at(-1)];
  if (first === undefined || last === undefined) return { lines: [], leftOut: 0 };
  const isOver = sizes.length < ROWS && page.length === sizes.length;
  const self = await kit.profiles.self(tx);
  const views = await listMessagesFrom(tx, id, first.order, page.length, self.name);
  const contents = await contentsBetween(tx, id, first.order, last.order);
  const staying = new Set(page.flatMap(({ order, disappears }) => (disappears ? [] : [order])));
  const kept = views.filter(({ order }) => staying.has(order));
  const lines: string[] = [];
  for (const view of kept) {
    const versions = view.edited === undefined ? [] : versionsOf(view, await listVersions(tx, id, view.id));
    lines.push(lineOf(kit, view, contents.get(view.order), versions));
  }
  return {
    lines,
    leftOut: page.length - kept.length,
    ...(!isOver && { next: String(last.order) }),
  };
}

/** The first ones that together hold no more bytes, and one at least. */
function upToBytes(sizes: readonly MessageSize[], most: number): readonly MessageSize[] {
  let bytes = 0;
  const over = sizes.findIndex((size) => (bytes += size.bytes) > most);
  return over < 0 ? sizes : sizes.slice(0, Math.max(1, over));
}

function lineOf(
  { context }: Kit,
  view: MessageView,
  content: Uint8Array | undefined,
  versions: readonly TextVersion[],
): string {
  const { id, from, fromName, mine, state, body, sentAt } = view;
  return encodeMessage({
    id,
    at: sentAt,
    from,
    name: from === "" ? "" : fromName,
    mine,
    state,
    body,
    ...actionsOf(view, versions),
    ...(content !== undefined && { mark: toHex(markOf(context, content)) }),
    ...(content !== undefined && body.kind === "unknown" && { raw: toBase64Url(content) }),
  });
}
