import {
  encodeRoster,
  parseRules,
  profileOf,
  type GroupControl,
  type RosterMember,
  type Rules,
} from "@pli/protocol/group";
import { restFirst, type Pointer } from "@pli/protocol/conversation";
import { padObject, sealObject } from "@pli/protocol/object";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Unit } from "../core/context.ts";
import type { HeldEpoch } from "../conversation/epochs.ts";
import { findConversation } from "../conversation/conversations.ts";
import type { Outbox, OutboxItem } from "../outbox/outbox.ts";
import type { Contact, Contacts } from "../profile/contacts.ts";
import { bytesIn, damaged, textIn } from "../storage/row.ts";
import { ownNameOf } from "./members.ts";
import type { People } from "./people.ts";
import { findPicture } from "./pictures.ts";
import { SEED_BYTES, type Talk } from "./talk.ts";

const WEEK_MS = 7 * 86_400_000;
/** Of the last week's messages, the newest that fit. */
const MAX_HISTORY = 500;
const MAX_HISTORY_BYTES = 1024 * 1024;

/** Who is told where the objects are, once they are stored. */
interface Delivery {
  readonly conversation: string;
  readonly to: readonly string[];
  readonly invitation: { readonly [K in "welcome" | "tree" | "roster"]: { seed: string; length: number } };
}

/** Brings those we added into the group: what they need is stored, then each is told where it is. */
export interface Newcomers {
  /** Our commit that added these profiles is the group's history. */
  welcome(unit: Unit, after: HeldEpoch, p: { added: readonly string[]; welcome: Uint8Array }): Promise<void>;
  /** An object of theirs is stored: after the last, the invitations leave. */
  stored(unit: Unit, item: OutboxItem): Promise<void>;
}

export function createNewcomers(
  context: Context,
  p: {
    contacts: Contacts;
    people: People;
    talk: Talk;
    outbox(): Outbox;
    /** How somebody who is no contact is reached: in the group that is being founded again. */
    elsewhere(unit: Unit, conversation: string, control: GroupControl): Promise<void>;
  },
): Newcomers {
  const { crypto, clock, groups } = context;
  const { contacts, people, talk } = p;

  async function welcome(
    unit: Unit,
    after: HeldEpoch,
    { added, welcome: bytes }: { added: readonly string[]; welcome: Uint8Array },
  ): Promise<void> {
    const stream = `newcomers ${after.conversation} ${after.number}`;
    // Padded: the number of chunks must not tell how many people are in the group.
    const objects = {
      welcome: padObject(bytes),
      tree: padObject(groups.exportTree(after.epoch.group)),
      roster: padObject(await rosterOf(unit, after, added)),
    };
    const places = { welcome: place(objects.welcome), tree: place(objects.tree), roster: place(objects.roster) };
    const delivery: Delivery = { conversation: after.conversation, to: added, invitation: inHex(places) };
    for (const name of ["tree", "roster", "welcome"] as const) {
      await p.outbox().add(unit, {
        stream,
        store: after.store,
        purpose: "object",
        reference: name === "welcome" ? JSON.stringify(delivery) : "",
        content: undefined,
        puts: restFirst(sealObject(crypto, places[name].seed, after.feed, objects[name])),
      });
    }
  }

  const place = (object: Uint8Array): Pointer => ({ seed: crypto.random(SEED_BYTES), length: object.length });

  async function rosterOf(unit: Unit, after: HeldEpoch, added: readonly string[]): Promise<Uint8Array> {
    const rules = parseRules(groups.rules(after.epoch.group) ?? new Uint8Array(0));
    if (!rules.ok) return damaged("rules");
    const profiles = groups.members(after.epoch.group).map(profileOf);
    const members: RosterMember[] = [];
    for (const profile of [...new Set(profiles)].filter((id) => id !== undefined).toSorted()) {
      const card = await people.pointerOf(unit, profile);
      const name = await ownNameOf(unit, profile);
      members.push({ profile: talk.bytes(profile), name, ...(card && { card }) });
    }
    const picture = await findPicture(unit, after.conversation);
    const isForContacts = (await contactsOf(unit, added)).every((contact) => contact !== undefined);
    const history = isForContacts ? await historyOf(unit, after.conversation, rules.value) : [];
    return encodeRoster({ members, history, ...(picture && { picture }) });
  }

  async function contactsOf(unit: Unit, profiles: readonly string[]): Promise<(Contact | undefined)[]> {
    const found: (Contact | undefined)[] = [];
    for (const profile of profiles) found.push(await contacts.find(unit, profile));
    return found;
  }

  /** What is told elsewhere than between two is read by others too: nothing of the history. */
  async function historyOf(
    unit: Unit,
    conversation: string,
    rules: Rules,
  ): Promise<{ sender: Uint8Array; content: Uint8Array }[]> {
    if (rules.newcomersRead === "nothing") return [];
    const rows = await unit.sql.all(
      `SELECT sender, content FROM messages WHERE conversation = ? AND kind = 'text' AND content IS NOT NULL
         AND sent_at > ? AND state <> 'failed' ORDER BY ord DESC LIMIT ?`,
      [conversation, clock.now() - WEEK_MS, MAX_HISTORY],
    );
    let size = 0;
    const newest = rows.filter((row) => (size += bytesIn(row, "content").length + 64) <= MAX_HISTORY_BYTES);
    return newest.toReversed().map((row) => ({
      sender: talk.bytes(textIn(row, "sender")),
      content: bytesIn(row, "content"),
    }));
  }

  async function stored(unit: Unit, item: OutboxItem): Promise<void> {
    if (item.reference === "") return;
    const { conversation: id, to, invitation } = JSON.parse(item.reference) as Delivery;
    const conversation = await findConversation(unit, id);
    if (conversation === undefined) return;
    const { store, feed, shared } = conversation;
    const control: GroupControl = {
      name: "group-invitation",
      conversation: shared,
      store,
      feed,
      welcome: fromHexPlace(invitation.welcome),
      tree: fromHexPlace(invitation.tree),
      roster: fromHexPlace(invitation.roster),
    };
    const told = await contactsOf(unit, to);
    for (const contact of told) if (contact !== undefined) await talk.send(unit, contact.conversation, control);
    if (told.includes(undefined)) await p.elsewhere(unit, id, control);
  }

  const fromHexPlace = ({ seed, length }: { seed: string; length: number }): Pointer => ({
    seed: talk.bytes(seed),
    length,
  });

  return { welcome, stored };
}

function inHex(places: Record<"welcome" | "tree" | "roster", Pointer>): Delivery["invitation"] {
  const hex = ({ seed, length }: Pointer): { seed: string; length: number } => ({ seed: toHex(seed), length });
  return { welcome: hex(places.welcome), tree: hex(places.tree), roster: hex(places.roster) };
}
