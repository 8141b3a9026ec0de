import type { SettingsView } from "./api.ts";
import type { Blocking } from "../features/blocking/blocking.ts";
import { getConversation } from "../epochs/conversations.ts";
import { eraseMessage } from "../features/messages/erasing.ts";
import { WITH_CONTACT } from "../features/messages/message-views.ts";
import type { Messages } from "../features/messages/messages.ts";
import type { Receipts } from "../features/receipts/receipts.ts";
import type { Sending } from "../epochs/sending.ts";
import type { Context, Tx } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";
import type { Groups } from "../features/group/groups.ts";
import type { Outbox } from "../delivery/outbox/outbox.ts";
import type { Contact, Contacts } from "../people/contacts.ts";
import type { Profiles } from "../people/profile.ts";
import { readSettings, saveSetting } from "../features/settings/settings.ts";
import type { SqlRow } from "../runtime/ports.ts";
import { numberIn, textIn } from "../runtime/storage/row.ts";

const MARKED_AT_ONCE = 1_000;

/** What a person does to their own data, each in one transaction. */
export interface Commands {
  block(tx: Tx, contact: string, blocked: boolean, erase: boolean): Promise<void>;
  /**
   * Marks up to so many at a time, that nothing else waits for long. False: all of it is marked.
   */
  markRead(tx: Tx, conversation: string, upTo: number): Promise<boolean>;
  renameProfile(tx: Tx, name: string): Promise<void>;
  mute(tx: Tx, conversation: string, muted: boolean): Promise<void>;
  forgetMessage(tx: Tx, message: string): Promise<{ left: "no" | "perhaps" | "yes" }>;
  askForHeld(tx: Tx, message: string): Promise<void>;
  resend(tx: Tx, message: string): Promise<void>;
  changeSettings(tx: Tx, change: Partial<SettingsView>): Promise<void>;
}

export function createCommands(p: {
  context: Context;
  blocking: Blocking;
  groups: Pick<Groups, "askingChanged" | "blocked" | "wantTexts">;
  contacts: Contacts;
  messages: Messages;
  profiles: Profiles;
  receipts: Receipts;
  sending: Sending;
  outbox: Pick<Outbox, "kick">;
}): Commands {
  const { context, blocking, contacts, groups, messages, profiles, receipts, sending } = p;

  async function block(tx: Tx, id: string, blocked: boolean, erase: boolean): Promise<void> {
    const before = await contacts.find(tx, id);
    await contacts.setBlocked(tx, id, blocked);
    const contact = await contacts.find(tx, id);
    if (erase) await eraseOf(tx, id);
    if (contact === undefined || before?.blocked === blocked) return;
    if (!blocked) return unblocked(tx, contact);
    await blocking.begin(tx, contact);
    await groups.blocked(tx, contact);
  }

  async function unblocked(tx: Tx, contact: Contact): Promise<void> {
    await blocking.end(tx, contact);
    tx.after(() => p.outbox.kick());
  }

  async function eraseOf(tx: Tx, contact: string): Promise<void> {
    const rows = await tx.sql.all(`SELECT m.id, m.ord, m.conversation FROM messages m WHERE ${WITH_CONTACT}`, [
      contact,
      contact,
    ]);
    for (const row of rows) {
      const place = { id: textIn(row, "id"), order: numberIn(row, "ord"), conversation: textIn(row, "conversation") };
      await sending.takeBack(tx, place.id);
      await eraseMessage(context, tx, place);
    }
  }

  /**
   * The person wants more of this author than one may send in a day: there is room for as much
   * again, and they are told.
   */
  async function askForHeld(tx: Tx, id: string): Promise<void> {
    const view = await messages.find(tx, id);
    if (view?.body.kind !== "held") throw new PliError("message_unknown");
    const contact = await contacts.find(tx, view.from);
    if (contact === undefined || contact.blocked) throw new PliError("not_a_contact");
    await context.budgets.renew(tx, "bytes", contact.id);
    await context.budgets.renew(tx, "groupBytes", view.conversation);
    await eraseMessage(context, tx, view);
    await groups.wantTexts(tx, contact, view.conversation);
  }

  async function markRead(tx: Tx, id: string, upTo: number): Promise<boolean> {
    if (!Number.isSafeInteger(upTo) || upTo < 0) throw new PliError("request_malformed");
    const [row] = await tx.sql.all("SELECT read_order FROM conversations WHERE id = ?", [id]);
    if (row === undefined) throw new PliError("conversation_unknown");
    const passed = await tx.sql.all(
      "SELECT id, ord, mine, kind, sender FROM messages WHERE conversation = ? AND ord > ? AND ord <= ? ORDER BY ord LIMIT ?",
      [id, numberIn(row, "read_order"), upTo, MARKED_AT_ONCE],
    );
    const last = passed.at(-1);
    if (last === undefined) return false;
    const theirs = passed.filter(({ mine }) => mine === 0);
    const counted = theirs.filter(({ kind }) => kind === "text" || kind === "unknown").length;
    await tx.sql.run("UPDATE conversations SET read_order = ?, unread = unread - ? WHERE id = ?", [
      numberIn(last, "ord"),
      counted,
      id,
    ]);
    tx.changed("conversations");
    if ((await readSettings(tx)).readReceipts) await noteRead(tx, theirs);
    return passed.length === MARKED_AT_ONCE;
  }

  async function noteRead(tx: Tx, theirs: readonly SqlRow[]): Promise<void> {
    const texts = theirs.filter((message) => message["kind"] === "text");
    for (const author of new Set(texts.map((message) => textIn(message, "sender")))) {
      const ids = texts.filter((message) => message["sender"] === author).map((message) => textIn(message, "id"));
      await receipts.note(tx, author, ids, "read");
    }
  }

  async function renameProfile(tx: Tx, name: string): Promise<void> {
    const { card } = await profiles.rename(tx, name);
    for (const row of await tx.sql.all("SELECT id FROM conversations WHERE state <> 'left'")) {
      await sending.enqueue(tx, textIn(row, "id"), "control", { kind: "control", name: "card", body: card.bytes });
    }
  }

  async function mute(tx: Tx, id: string, muted: boolean): Promise<void> {
    await getConversation(tx, id);
    await tx.sql.run("UPDATE conversations SET muted = ? WHERE id = ?", [muted ? 1 : 0, id]);
    tx.changed("conversations");
  }

  async function forgetMessage(tx: Tx, id: string): Promise<{ left: "no" | "perhaps" | "yes" }> {
    const view = await messages.find(tx, id);
    if (view === undefined) throw new PliError("message_unknown");
    const left = await sending.takeBack(tx, id);
    await eraseMessage(context, tx, view);
    return { left: view.mine ? left : "yes" };
  }

  async function resend(tx: Tx, id: string): Promise<void> {
    const view = await messages.find(tx, id);
    if (view === undefined || !view.mine) throw new PliError("message_unknown");
    if (view.state !== "failed") return;
    await tx.sql.run("UPDATE messages SET state = 'saved', error = NULL, expires_at = NULL WHERE ord = ?", [
      view.order,
    ]);
    await sending.enqueueText(tx, id);
    tx.changed(`messages:${view.conversation}`, "conversations");
  }

  async function changeSettings(tx: Tx, change: Partial<SettingsView>): Promise<void> {
    const { readReceipts, askBeforeGroups } = change;
    if (readReceipts !== undefined) await saveSetting(tx, "readReceipts", readReceipts);
    if (readReceipts === false) await receipts.drop(tx, "read");
    if (askBeforeGroups === undefined) return;
    await saveSetting(tx, "askBeforeGroups", askBeforeGroups);
    await groups.askingChanged(tx);
  }

  return { block, askForHeld, markRead, renameProfile, mute, forgetMessage, resend, changeSettings };
}
