/**
 * Lines of a file become archives: conversations that can be read and deleted, and nothing else.
 * What stands in a file was signed by nobody, so none of it enters a living conversation,
 * makes a contact, or changes how far somebody is trusted.
 */
import { fromHex, toHex, utf8 } from "@pli/protocol/crypto";
import type { Commands } from "../../api/schema.ts";
import type { ImportedNames, ImportedPage } from "../../api/views.ts";
import { insertArchiveConversation } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import { listContactViews, saveGivenName } from "../../people/contacts.table.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { insertAction } from "../actions/actions.table.ts";
import { insertReply, setStar } from "../actions/links.table.ts";
import { isErased } from "../messages/erased.table.ts";
import { textOf } from "../messages/lines.ts";
import { hasMessage, insertMessage, listConversationsWith } from "../messages/messages.table.ts";
import { findArchive, insertArchive, saveArchivedPerson, type Origin } from "./archives.table.ts";
import {
  parseContact,
  parseConversation,
  parseHeader,
  parseMessage,
  type ExportedConversation,
  type ExportedMessage,
  type ExportHeader,
} from "./records.ts";

/** The local id of a conversation, in bytes. */
const LOCAL_ID_BYTES = 16;
const ID_CHARS = 32;

type Wanted<N extends "importPage" | "importNames"> = Commands[N]["parameters"];

export async function importPage(kit: Kit, tx: Tx, wanted: Wanted<"importPage">): Promise<ImportedPage> {
  const header = headerFrom(wanted.file);
  const conversation = known(parseConversation(wanted.conversation));
  const messages = wanted.messages.map((line) => known(parseMessage(line)));
  const self = await kit.profiles.get(tx);
  const origin = originOf(header, conversation);
  const there = await findArchive(tx, origin);
  const fresh: ExportedMessage[] = [];
  const count = { added: 0, here: 0, passed: 0 };
  for (const message of messages) {
    if (message === "passed" || (await wasErasedHere(tx, message))) count.passed += 1;
    else if (await isHere(kit, tx, { message, conversation, origin, there })) count.here += 1;
    else fresh.push(message);
  }
  count.added = fresh.length;
  if (!wanted.write || fresh.length === 0) return { ...count, isNew: there === undefined && fresh.length > 0 };
  const archive = there ?? (await createArchive(kit, tx, conversation, origin));
  for (const message of fresh) await keep(kit, tx, { archive, message, self: self.id, conversation, origin });
  tx.changed("conversations", `messages:${archive}`, "storage");
  return { ...count, isNew: there === undefined };
}

export async function importNames(kit: Kit, tx: Tx, wanted: Wanted<"importNames">): Promise<ImportedNames> {
  const { madeAt, profile } = headerFrom(wanted.file);
  const named = wanted.contacts.map((line) => known(parseContact(line)));
  await kit.profiles.get(tx);
  const contacts = new Map((await listContactViews(tx)).map((contact) => [contact.id, contact]));
  const taken = new Set([...contacts.values()].flatMap(({ name, ownName }) => [name, ownName]));
  const names: ImportedNames["names"] = [];
  for (const { id, givenName } of named) {
    const contact = contacts.get(id);
    // A name given here is newer, whenever it was given; one that another has could pass for them.
    if (contact === undefined || contact.name !== contact.ownName || givenName === "") continue;
    if (givenName === contact.ownName || taken.has(givenName)) continue;
    taken.add(givenName);
    names.push({ contact: id, from: contact.ownName, to: givenName });
    if (wanted.write) await saveGivenName(tx, id, givenName);
  }
  return { file: { madeAt, profile: { id: profile.id, name: profile.name } }, names };
}

function headerFrom(line: string): ExportHeader {
  const header = parseHeader(line);
  if (header === "newer") throw new PliError("export_newer");
  return known(header);
}

function known<T>(parsed: T | undefined): T {
  if (parsed === undefined) throw new PliError("export_malformed");
  return parsed;
}

/** An archive of an archive is the same archive. */
const originOf = ({ profile }: ExportHeader, { id, archiveOf }: ExportedConversation): Origin =>
  archiveOf ?? { profile: profile.id, source: id };

/** This person has erased it here: a file does not bring it back. */
async function wasErasedHere(tx: Tx, { from, mark }: ExportedMessage): Promise<boolean> {
  const bytes = mark === undefined ? undefined : fromHex(mark);
  return bytes !== undefined && (await isErased(tx, from, bytes));
}

interface Placed {
  readonly message: ExportedMessage;
  readonly conversation: ExportedConversation;
  readonly origin: Origin;
}

async function isHere(
  kit: Kit,
  tx: Tx,
  { there, ...placed }: Placed & { readonly there: string | undefined },
): Promise<boolean> {
  if ((await listConversationsWith(tx, placed.message.id)).length > 0) return true;
  return there !== undefined && hasMessage(tx, there, archivedId(kit, placed));
}

/**
 * In an archive a message has another id, made of the one it had: what is asked of a message by its
 * id never reaches its copy.
 */
function archivedId({ context: { crypto } }: Kit, { message, conversation, origin }: Placed): string {
  if (conversation.archiveOf !== undefined) return message.id;
  const name = utf8(`pli archive\0${origin.profile}\0${origin.source}\0${message.id}`);
  return toHex(crypto.sha256(name)).slice(0, ID_CHARS);
}

async function createArchive(
  { context: { crypto, clock } }: Kit,
  tx: Tx,
  { name }: ExportedConversation,
  origin: Origin,
): Promise<string> {
  const id = toHex(crypto.random(LOCAL_ID_BYTES));
  await insertArchiveConversation(tx, { id, name, at: clock.now() });
  await insertArchive(tx, id, origin, clock.now());
  return id;
}

async function keep(
  kit: Kit,
  tx: Tx,
  { archive, self, ...placed }: Placed & { readonly archive: string; readonly self: string },
): Promise<void> {
  const { from, name, body, at, state } = placed.message;
  const mine = from === self;
  const isAcknowledged = state === "sent" || state === "delivered" || state === "read";
  await insertMessage(
    tx,
    {
      id: archivedId(kit, placed),
      conversation: archive,
      sender: from,
      mine,
      kind: body.kind,
      text: textOf(body),
      sentAt: at,
      // Nothing of an archive waits to leave, and nothing of it failed here.
      state: mine && isAcknowledged ? state : "received",
    },
    undefined,
  );
  if (from !== "") await saveArchivedPerson(tx, archive, from, name);
  await keepActions(kit, tx, { archive, self, ...placed });
}

/** What was done with it stays as it is: nobody does more with a message of an archive. */
async function keepActions(
  kit: Kit,
  tx: Tx,
  { archive, self, ...placed }: Placed & { readonly archive: string; readonly self: string },
): Promise<void> {
  const { message } = placed;
  const { replyTo, versions = [], reactions = [], starred } = message;
  const target = archivedId(kit, placed);
  if (starred === true) await setStar(tx, archive, target, true);
  if (replyTo !== undefined)
    await insertReply(tx, archive, target, archivedId(kit, { ...placed, message: { ...message, id: replyTo } }));
  const at = { conversation: archive, target, leads: false, content: undefined };
  for (const [i, { text, at: sentAt }] of versions.entries()) {
    const edit = { ...at, kind: "edit", author: message.from, mine: message.from === self, value: text } as const;
    await insertAction(
      tx,
      { ...edit, id: String(i).padStart(4, "0"), sentAt: i === 0 ? -1 : sentAt, cameAt: sentAt },
      false,
    );
  }
  for (const { emoji, people } of reactions)
    for (const { id: author, name } of people) {
      const reaction = { ...at, kind: "reaction", author, mine: author === self, value: emoji } as const;
      await insertAction(tx, { ...reaction, id: "", sentAt: message.at, cameAt: message.at }, false);
      await saveArchivedPerson(tx, archive, author, name);
    }
}
