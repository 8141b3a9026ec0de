import { consentToRejoin, profileOf, seatFrom, type GroupControl } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import type { Role } from "../api.ts";
import type { Context, Unit } from "../core/context.ts";
import { count } from "../core/counters.ts";
import { findConversation, setConversationState } from "../conversation/conversations.ts";
import type { Epochs } from "../conversation/epochs.ts";
import type { Contact, Contacts } from "../profile/contacts.ts";
import type { Profiles } from "../profile/profile.ts";
import { damaged, numberIn, textIn } from "../storage/row.ts";
import type { Changes } from "./changes.ts";
import type { History } from "./history.ts";
import { listIntentions, replaceWish, type Wish } from "./intentions.ts";
import { listMembers, named } from "./members.ts";
import type { Talk } from "./talk.ts";

/** How long one contact is given before the next is asked, in milliseconds. */
const ASK_NEXT_MS = 300_000;
/** For so long only those who lead the group are asked: not everybody can be believed as well. */
const LEADERS_ALONE_MS = 3_600_000;
/** How long after a device was brought back it is brought back again. */
const BRING_AGAIN_MS = 60_000;
const VALID_DAYS = 30;
const RANK: Readonly<Record<Role, number>> = { owner: 0, admin: 1, member: 2, reader: 3 };

type Rejoin = GroupControl & { readonly name: "group-rejoin" };

/** Whom this device has asked to bring it back into a group, and when it asked last. */
interface Asked {
  /** In this round, and in all of them. */
  readonly who: readonly string[];
  readonly ever: readonly string[];
  readonly at: number;
  /** When this device found that it cannot go on. */
  readonly since: number;
}

const NOBODY: Asked = { who: [], ever: [], at: 0, since: 0 };

/**
 * When this device cannot go on in a group (too long away, restored, forked), a contact in it puts a new leaf of it
 * in the place of the old one (docs/protocol.md, section 8). Nobody presses anything.
 */
export interface GroupRejoining {
  /** This device cannot go on; `via`: who is known to be able to help. */
  start(unit: Unit, conversation: string, via?: string): Promise<void>;
  /** This device's state is old: it writes nothing more from it, and reads what others write until it is back. */
  outdated(unit: Unit, conversation: string): Promise<void>;
  /** A contact's device asks to be brought back. */
  asked(unit: Unit, contact: Contact, request: Rejoin): Promise<void>;
  /** Whether this person may lead this device back: somebody it has asked, or who leads the group. */
  mayBringBack(unit: Unit, conversation: string, by: string): Promise<boolean>;
  /** A contact says that we are not in the group any more. */
  refused(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void>;
  /** We are in the group; back, when this device had asked for it. */
  done(unit: Unit, conversation: string): Promise<void>;
  /** Now and then: somebody else is asked. */
  tick(unit: Unit): Promise<void>;
  resume(unit: Unit): Promise<void>;
}

export function createGroupRejoining(
  context: Context,
  p: { contacts: Contacts; profiles: Profiles; epochs: Epochs; changes: Changes; history: History; talk: Talk },
): GroupRejoining {
  const { clock, crypto, groups } = context;
  const { contacts, profiles, epochs, talk } = p;
  /** When the devices of others were brought back last, by group, profile and device. */
  const broughtBack = new Map<string, number>();

  async function start(unit: Unit, id: string, via?: string): Promise<void> {
    const conversation = await findConversation(unit, id);
    if (conversation?.kind !== "group" || conversation.state === "left") return;
    if (conversation.state === "rejoining" && via === undefined) return;
    await epochs.eraseAll(unit, id);
    await begin(unit, id, via);
  }

  async function outdated(unit: Unit, id: string): Promise<void> {
    if ((await findConversation(unit, id))?.state === "ready") await begin(unit, id);
  }

  async function begin(unit: Unit, id: string, via?: string): Promise<void> {
    await setConversationState(unit, id, "rejoining");
    await unit.sql.run("DELETE FROM outbox WHERE stream = ? AND purpose = 'commit'", [`conversation ${id}`]);
    await saveAsked(unit, id, { ...NOBODY, since: clock.now() });
    await askNext(unit, id, via);
  }

  async function askNext(unit: Unit, id: string, via?: string): Promise<void> {
    const conversation = await findConversation(unit, id);
    if (conversation?.state !== "rejoining") return;
    const before = await findAsked(unit, id);
    const candidates = await helpersOf(unit, id, via, before.since);
    const next =
      candidates.find((contact) => contact.id === via) ?? candidates.find(({ id: who }) => !before.who.includes(who));
    const ever = [...new Set([...before.ever, ...(next === undefined ? [] : [next.id])])];
    if (next !== undefined) await ask(unit, next, conversation.shared);
    const who = next === undefined ? [] : [...before.who, next.id];
    await saveAsked(unit, id, { ...before, who, ever, at: clock.now() });
    wakeLater(unit);
  }

  function wakeLater(unit: Unit): void {
    unit.after(() => {
      clock.after(ASK_NEXT_MS, () => void context.transact(tick).catch(() => undefined));
    });
  }

  /** Contacts in the group who lead it, as far as is known here; where there is none, or none of them answers, all others too. */
  async function helpersOf(unit: Unit, id: string, via: string | undefined, since: number): Promise<Contact[]> {
    const members = (await listMembers(unit, id)).toSorted(
      (a, b) => RANK[a.role] - RANK[b.role] || a.profile.localeCompare(b.profile),
    );
    const helpers: { contact: Contact; leads: boolean }[] = [];
    for (const { profile, role } of members) {
      const contact = await contacts.find(unit, profile);
      if (contact !== undefined && !contact.blocked) helpers.push({ contact, leads: leads(role) });
    }
    const leaders = helpers.filter((helper) => helper.leads || helper.contact.id === via);
    const isPatient = leaders.length > 0 && Math.abs(clock.now() - since) < LEADERS_ALONE_MS;
    return (isPatient ? leaders : helpers).map(({ contact }) => contact);
  }

  async function ask(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    const consent = consentToRejoin(crypto, shared, contact.card.id);
    const profile = await profiles.get(unit);
    const { keyPackage, secret } = await profiles.createKeyPackage(profile, { consent, days: VALID_DAYS });
    await unit.sql.run(
      "INSERT INTO key_packages (contact, ours, key_package, secret, made_at, used_by) VALUES (?, 1, ?, ?, ?, 'rejoin')",
      [contact.id, keyPackage, secret, clock.now()],
    );
    await talk.send(unit, contact.conversation, { name: "group-rejoin", conversation: shared, keyPackage });
  }

  async function asked(unit: Unit, contact: Contact, { conversation: shared, keyPackage }: Rejoin): Promise<void> {
    const id = await groupOf(unit, shared);
    const conversation = id === undefined ? undefined : await findConversation(unit, id);
    const held = id === undefined ? undefined : await epochs.current(unit, id);
    if (conversation?.state !== "ready" || held === undefined) return;
    const members = groups.members(held.epoch.group);
    if (!members.some((member) => profileOf(member) === contact.id))
      return talk.send(unit, contact.conversation, { name: "group-rejoin-refused", conversation: shared });
    const checked = await groups.checkKeyPackage(
      keyPackage,
      Math.floor(clock.now() / 1000),
      contacts.leafCheckOf(contact),
    );
    if (!checked.ok) return;
    const device = seatFrom(checked.value.credential)?.device ?? damaged("credential");
    const wish = { kind: "replace", profile: contact.id, device, keyPackage: toHex(keyPackage) } as const;
    await bringBackLater(unit, conversation.id, wish);
  }

  /** The newest wish of a device counts; one that comes back again and again must not keep the group at work. */
  async function bringBackLater(unit: Unit, id: string, wish: Wish & { kind: "replace" }): Promise<void> {
    const seat = `${id} ${wish.profile} ${wish.device}`;
    const waiting = (await listIntentions(unit, id)).find(
      (other) =>
        other.wish.kind === "replace" && other.wish.profile === wish.profile && other.wish.device === wish.device,
    );
    if (waiting !== undefined) return replaceWish(unit, waiting.id, wish);
    const due = Math.max(clock.now(), (broughtBack.get(seat) ?? 0) + BRING_AGAIN_MS);
    broughtBack.set(seat, due);
    await p.changes.want(unit, id, wish, due);
  }

  async function groupOf(unit: Unit, shared: Uint8Array): Promise<string | undefined> {
    const [row] = await unit.sql.all("SELECT id FROM conversations WHERE shared = ? AND kind = 'group'", [shared]);
    return row === undefined ? undefined : textIn(row, "id");
  }

  async function mayBringBack(unit: Unit, id: string, by: string): Promise<boolean> {
    const member = (await listMembers(unit, id)).find(({ profile }) => profile === by);
    return (member !== undefined && leads(member.role)) || (await findAsked(unit, id)).ever.includes(by);
  }

  /** Only the word of somebody who was asked, and who leads the group as far as is known here. */
  async function refused(unit: Unit, contact: Contact, shared: Uint8Array): Promise<void> {
    const id = await groupOf(unit, shared);
    const conversation = id === undefined ? undefined : await findConversation(unit, id);
    if (id === undefined || conversation?.state !== "rejoining") return;
    const member = (await listMembers(unit, id)).find(({ profile }) => profile === contact.id);
    const isAsked = (await findAsked(unit, id)).ever.includes(contact.id);
    if (!isAsked || member === undefined) return;
    if (!leads(member.role)) return askNext(unit, id);
    const self = await profiles.get(unit);
    await setConversationState(unit, id, "left");
    await p.history.note(unit, id, contact.id, { what: "removed", who: await named(unit, [self.id]) });
  }

  async function done(unit: Unit, id: string): Promise<void> {
    const asked = await unit.sql.all("DELETE FROM meta WHERE key = ? RETURNING key", [`rejoin ${id}`]);
    if (asked.length > 0) await count(unit, "rejoins");
  }

  async function tick(unit: Unit): Promise<void> {
    const rows = await unit.sql.all("SELECT id FROM conversations WHERE kind = 'group' AND state = 'rejoining'");
    for (const row of rows) {
      const id = textIn(row, "id");
      const { at } = await findAsked(unit, id);
      if (Math.abs(clock.now() - at) >= ASK_NEXT_MS) await askNext(unit, id);
    }
  }

  async function resume(unit: Unit): Promise<void> {
    const [row] = await unit.sql.all(
      "SELECT count(*) AS n FROM conversations WHERE kind = 'group' AND state = 'rejoining'",
    );
    if (numberIn(row ?? {}, "n") > 0) wakeLater(unit);
  }

  return { start, outdated, asked, mayBringBack, refused, done, tick, resume };
}

const leads = (role: Role): boolean => role === "owner" || role === "admin";

async function findAsked(unit: Unit, id: string): Promise<Asked> {
  const [row] = await unit.sql.all("SELECT value FROM meta WHERE key = ?", [`rejoin ${id}`]);
  return row === undefined ? NOBODY : (JSON.parse(textIn(row, "value")) as Asked);
}

async function saveAsked(unit: Unit, id: string, asked: Asked): Promise<void> {
  await unit.sql.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [`rejoin ${id}`, JSON.stringify(asked)]);
}
