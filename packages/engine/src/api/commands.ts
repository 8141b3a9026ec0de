import type { SettingsView } from "./api.ts";
import type { Blocking } from "../features/blocking/blocking.ts";
import { getConversation } from "../epochs/conversations.ts";
import { eraseMessage } from "../features/messages/erasing.ts";
import { WITH_CONTACT } from "../features/messages/message-views.ts";
import type { Messages } from "../features/messages/messages.ts";
import type { Receipts } from "../features/receipts/receipts.ts";
import type { Sending } from "../epochs/sending.ts";
import type { Context, Unit } from "../runtime/context.ts";
import { PliError } from "../runtime/errors.ts";
import type { Groups } from "../features/group/groups.ts";
import type { Outbox } from "../delivery/outbox/outbox.ts";
import type { Contact, Contacts } from "../people/contacts.ts";
import type { Profiles } from "../people/profile.ts";
import { readSettings, saveSetting } from "./settings.ts";
import type { SqlRow } from "../runtime/ports.ts";
import { numberIn, textIn } from "../runtime/storage/row.ts";

const MARKED_AT_ONCE = 1_000;

/** What a person does to their own data, each in one transaction. */
export interface Commands {
  block(unit: Unit, contact: string, blocked: boolean, erase: boolean): Promise<void>;
  /**
   * Marks up to so many at a time, that nothing else waits for long. False: all of it is marked.
   */
  markRead(unit: Unit, conversation: string, upTo: number): Promise<boolean>;
  renameProfile(unit: Unit, name: string): Promise<void>;
  mute(unit: Unit, conversation: string, muted: boolean): Promise<void>;
  forgetMessage(unit: Unit, message: string): Promise<{ left: "no" | "perhaps" | "yes" }>;
  askForHeld(unit: Unit, message: string): Promise<void>;
  resend(unit: Unit, message: string): Promise<void>;
  changeSettings(unit: Unit, change: Partial<SettingsView>): Promise<void>;
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

  async function block(unit: Unit, id: string, blocked: boolean, erase: boolean): Promise<void> {
    const before = await contacts.find(unit, id);
    await contacts.setBlocked(unit, id, blocked);
    const contact = await contacts.find(unit, id);
    if (erase) await eraseOf(unit, id);
    if (contact === undefined || before?.blocked === blocked) return;
    if (!blocked) return unblocked(unit, contact);
    await blocking.begin(unit, contact);
    await groups.blocked(unit, contact);
  }

  async function unblocked(unit: Unit, contact: Contact): Promise<void> {
    await blocking.end(unit, contact);
    unit.after(() => p.outbox.kick());
  }

  async function eraseOf(unit: Unit, contact: string): Promise<void> {
    const rows = await unit.sql.all(`SELECT m.id, m.ord, m.conversation FROM messages m WHERE ${WITH_CONTACT}`, [
      contact,
      contact,
    ]);
    for (const row of rows) {
      const place = { id: textIn(row, "id"), order: numberIn(row, "ord"), conversation: textIn(row, "conversation") };
      await sending.takeBack(unit, place.id);
      await eraseMessage(context, unit, place);
    }
  }

  /**
   * The person wants more of this author than one may send in a day: there is room for as much
   * again, and they are told.
   */
  async function askForHeld(unit: Unit, id: string): Promise<void> {
    const view = await messages.find(unit, id);
    if (view?.body.kind !== "held") throw new PliError("message_unknown");
    const contact = await contacts.find(unit, view.from);
    if (contact === undefined || contact.blocked) throw new PliError("not_a_contact");
    await context.budgets.renew(unit, "bytes", contact.id);
    await context.budgets.renew(unit, "groupBytes", view.conversation);
    await eraseMessage(context, unit, view);
    await groups.wantTexts(unit, contact, view.conversation);
  }

  async function markRead(unit: Unit, id: string, upTo: number): Promise<boolean> {
    if (!Number.isSafeInteger(upTo) || upTo < 0) throw new PliError("request_malformed");
    const [row] = await unit.sql.all("SELECT read_order FROM conversations WHERE id = ?", [id]);
    if (row === undefined) throw new PliError("conversation_unknown");
    const passed = await unit.sql.all(
      "SELECT id, ord, mine, kind, sender FROM messages WHERE conversation = ? AND ord > ? AND ord <= ? ORDER BY ord LIMIT ?",
      [id, numberIn(row, "read_order"), upTo, MARKED_AT_ONCE],
    );
    const last = passed.at(-1);
    if (last === undefined) return false;
    const theirs = passed.filter(({ mine }) => mine === 0);
    const counted = theirs.filter(({ kind }) => kind === "text" || kind === "unknown").length;
    await unit.sql.run("UPDATE conversations SET read_order = ?, unread = unread - ? WHERE id = ?", [
      numberIn(last, "ord"),
      counted,
      id,
    ]);
    unit.changed("conversations");
    if ((await readSettings(unit)).readReceipts) await noteRead(unit, theirs);
    return passed.length === MARKED_AT_ONCE;
  }

  async function noteRead(unit: Unit, theirs: readonly SqlRow[]): Promise<void> {
    const texts = theirs.filter((message) => message["kind"] === "text");
    for (const author of new Set(texts.map((message) => textIn(message, "sender")))) {
      const ids = texts.filter((message) => message["sender"] === author).map((message) => textIn(message, "id"));
      await receipts.note(unit, author, ids, "read");
    }
  }

  async function renameProfile(unit: Unit, name: string): Promise<void> {
    const { card } = await profiles.rename(unit, name);
    for (const row of await unit.sql.all("SELECT id FROM conversations WHERE state <> 'left'")) {
      await sending.enqueue(unit, textIn(row, "id"), "control", { kind: "control", name: "card", body: card.bytes });
    }
  }

  async function mute(unit: Unit, id: string, muted: boolean): Promise<void> {
    await getConversation(unit, id);
    await unit.sql.run("UPDATE conversations SET muted = ? WHERE id = ?", [muted ? 1 : 0, id]);
    unit.changed("conversations");
  }

  async function forgetMessage(unit: Unit, id: string): Promise<{ left: "no" | "perhaps" | "yes" }> {
    const view = await messages.find(unit, id);
    if (view === undefined) throw new PliError("message_unknown");
    const left = await sending.takeBack(unit, id);
    await eraseMessage(context, unit, view);
    return { left: view.mine ? left : "yes" };
  }

  async function resend(unit: Unit, id: string): Promise<void> {
    const view = await messages.find(unit, id);
    if (view === undefined || !view.mine) throw new PliError("message_unknown");
    if (view.state !== "failed") return;
    await unit.sql.run("UPDATE messages SET state = 'saved', error = NULL, expires_at = NULL WHERE ord = ?", [
      view.order,
    ]);
    await sending.enqueueText(unit, id);
    unit.changed(`messages:${view.conversation}`, "conversations");
  }

  async function changeSettings(unit: Unit, change: Partial<SettingsView>): Promise<void> {
    const { readReceipts, askBeforeGroups } = change;
    if (readReceipts !== undefined) await saveSetting(unit, "readReceipts", readReceipts);
    if (readReceipts === false) await receipts.drop(unit, "read");
    if (askBeforeGroups === undefined) return;
    await saveSetting(unit, "askBeforeGroups", askBeforeGroups);
    await groups.askingChanged(unit);
  }

  return { block, askForHeld, markRead, renameProfile, mute, forgetMessage, resend, changeSettings };
}
