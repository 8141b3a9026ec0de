import {
  BEACONS_A_DAY,
  MAX_BEACON_ANSWER_BYTES,
  MAX_BEACON_REQUEST_BYTES,
  beaconSeeds,
  createBeaconRequest,
  encodeBeaconAnswer,
  parseBeaconAnswer,
  parseBeaconRequest,
  restFirst,
  type Beacon,
} from "@pli/protocol/conversation";
import { bytesUpTo, encodeCbor, isUint, parseMap, sealObject } from "@pli/protocol/object";
import type { Context, Unit } from "../core/context.ts";
import { count } from "../core/counters.ts";
import { FEED, type ObjectAnswer } from "../feed/session.ts";
import type { Watches } from "../feed/watches.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Contact, Contacts } from "../profile/contacts.ts";
import type { Profiles } from "../profile/profile.ts";
import { maybeBytesIn, textIn } from "../storage/row.ts";
import { findConversation, setConversationState, type Conversation } from "./conversations.ts";
import type { Epochs } from "./epochs.ts";
import type { Messages } from "./messages.ts";
import type { Sending } from "./sending.ts";

const DAY_MS = 86_400_000;
const MAX_LIT_BYTES = 65_536;
/** Messages the other side may have missed are sent again as far back as this. */
const RESEND_MS = 30 * DAY_MS;
const LIT = { keyPackage: bytesUpTo(16_384), secret: bytesUpTo(16_384), index: isUint, day: isUint } as const;

/**
 * When something is lost (docs/protocol.md, section 8): a device that cannot go on in a conversation of two says so at a
 * beacon label, with a fresh key package; the other side answers with the welcome of a fresh group. Nobody presses
 * anything. Both at once: the one with the lower profile id answers.
 */
export interface Rejoining {
  /** Lights a beacon for this conversation, unless one is lit. */
  start(unit: Unit, conversation: string): Promise<void>;
  /** Expects the beacons of every contact from this day (since 1970) to tomorrow. */
  expectFrom(unit: Unit, day: number): Promise<void>;
  expectOf(unit: Unit, contact: Contact): Promise<void>;
  /** Another has written at our beacon: the state of this device is older than it thinks; the next one is lit. */
  beaconTaken(unit: Unit, conversation: string): Promise<void>;
}

export function createRejoining(
  context: Context,
  p: {
    epochs: Epochs;
    messages: Messages;
    profiles: Profiles;
    contacts: Contacts;
    watches: Watches;
    sending: Sending;
    outbox(): Outbox;
  },
): Rejoining {
  const { crypto, clock, groups } = context;
  const { epochs, messages, profiles, contacts, watches, sending } = p;
  const today = (): number => Math.floor(clock.now() / DAY_MS);

  watches.onObject("beacon", (owner, name, answer) => takeRequest(afterSpace(owner), name, answer));
  watches.onObject("rejoin", (owner, name, answer) => takeAnswer(afterSpace(owner), name, answer));

  async function start(unit: Unit, id: string): Promise<void> {
    const conversation = await findConversation(unit, id);
    if (conversation === undefined || conversation.state === "rejoining") return;
    await setConversationState(unit, id, "rejoining");
    await light(unit, conversation, 0);
  }

  async function light(unit: Unit, conversation: Conversation, index: number): Promise<void> {
    const contact = await contacts.find(unit, conversation.contact);
    if (contact === undefined) return;
    const profile = await profiles.get(unit);
    const beacon: Beacon = { day: today(), from: contact.role, index };
    const { keyPackage, secret } = await profiles.createKeyPackage(profile);
    await unit.sql.run("UPDATE conversations SET beacon = ? WHERE id = ?", [
      encodeCbor({ keyPackage, secret, index, day: beacon.day }),
      conversation.id,
    ]);
    const { store, conversation: id, pairwise } = contact;
    const seeds = beaconSeeds(crypto, pairwise, beacon);
    const signKey = profile.identity.sign.secretKey;
    await put(unit, contact, seeds.request, createBeaconRequest(crypto, { pairwise, beacon, keyPackage, signKey }));
    const expected = { name: nameOf(beacon), store, seed: seeds.answer, maxBytes: MAX_BEACON_ANSWER_BYTES };
    await watches.add(unit, { owner: `rejoin ${id}`, ...expected });
  }

  async function put(unit: Unit, contact: Contact, seed: Uint8Array, bytes: Uint8Array): Promise<void> {
    await p.outbox().add(unit, {
      stream: `beacon ${contact.conversation}`,
      store: contact.store,
      purpose: "beacon",
      reference: contact.conversation,
      content: undefined,
      puts: restFirst(sealObject(crypto, seed, FEED, bytes)),
    });
  }

  async function beaconTaken(unit: Unit, id: string): Promise<void> {
    const conversation = await findConversation(unit, id);
    const [row] = await unit.sql.all("SELECT beacon FROM conversations WHERE id = ?", [id]);
    const lit = row === undefined ? undefined : litFrom(maybeBytesIn(row, "beacon"));
    if (conversation?.state !== "rejoining" || lit === undefined) return;
    const next = lit.day === today() ? lit.index + 1 : 0;
    if (next < BEACONS_A_DAY) await light(unit, conversation, next);
  }

  async function expectFrom(unit: Unit, day: number): Promise<void> {
    for (const contact of await contacts.all(unit)) await expectDays(unit, contact, day);
  }

  async function expectDays(unit: Unit, contact: Contact, day: number): Promise<void> {
    await watches.remove(unit, `beacon ${contact.id}`);
    if (contact.blocked) return;
    const first = Math.max(Math.min(day, today()) - 1, today() - 31);
    const from = contact.role === "inviter" ? "responder" : "inviter";
    for (let at = first; at <= today() + 1; at++) {
      for (let index = 0; index < BEACONS_A_DAY; index++) {
        const beacon: Beacon = { day: at, from, index };
        const { store, pairwise } = contact;
        const seed = beaconSeeds(crypto, pairwise, beacon).request;
        const owner = `beacon ${contact.id}`;
        await watches.add(unit, { owner, name: nameOf(beacon), store, seed, maxBytes: MAX_BEACON_REQUEST_BYTES });
      }
    }
  }

  async function takeRequest(id: string, name: string, answer: ObjectAnswer): Promise<void> {
    if (answer.type !== "object") return;
    await context.transact(async (unit) => {
      const contact = await contacts.find(unit, id);
      const beacon = beaconFrom(name);
      if (contact === undefined || contact.blocked || beacon === undefined) return;
      await watches.remove(unit, `beacon ${id}`, name);
      const { pairwise, card } = contact;
      const keyPackage = parseBeaconRequest(crypto, answer.bytes, { pairwise, beacon, edKey: card.edKey });
      if (keyPackage.ok) await answerRequest(unit, contact, beacon, keyPackage.value);
    });
  }

  async function answerRequest(unit: Unit, contact: Contact, beacon: Beacon, keyPackage: Uint8Array): Promise<void> {
    const conversation = await findConversation(unit, contact.conversation);
    const profile = await profiles.get(unit);
    if (conversation === undefined) return;
    if (conversation.state === "rejoining" && profile.id > contact.id) return;
    const now = Math.floor(clock.now() / 1000);
    const check = contacts.leafCheck(profile, contact.card);
    const own = await profiles.createKeyPackage(profile);
    const fresh = await groups.createGroup({ groupId: crypto.random(32), ...own });
    const made = await groups.commit(fresh, { add: [keyPackage], now, check });
    if (!made.ok || made.value.welcome === undefined) return;
    const seed = beaconSeeds(crypto, contact.pairwise, beacon).answer;
    await put(unit, contact, seed, encodeBeaconAnswer(made.value.welcome));
    await watches.remove(unit, `rejoin ${conversation.id}`);
    await begin(unit, conversation, made.value.state);
  }

  async function takeAnswer(id: string, name: string, answer: ObjectAnswer): Promise<void> {
    await context.transact(async (unit) => {
      const conversation = await findConversation(unit, id);
      const contact = await contacts.ofConversation(unit, id);
      await watches.remove(unit, `rejoin ${id}`, name);
      const [row] = await unit.sql.all("SELECT beacon FROM conversations WHERE id = ?", [id]);
      const lit = row === undefined ? undefined : litFrom(maybeBytesIn(row, "beacon"));
      if (answer.type !== "object" || conversation === undefined || contact === undefined || lit === undefined) return;
      const welcome = parseBeaconAnswer(answer.bytes);
      if (!welcome.ok) return;
      const check = contacts.leafCheck(await profiles.get(unit), contact.card);
      const now = Math.floor(clock.now() / 1000);
      const joined = await groups.join(welcome.value, { keyPackage: lit.keyPackage, secret: lit.secret, now, check });
      if (!joined.ok || groups.members(joined.value).length !== 2) return;
      await begin(unit, conversation, joined.value);
    });
  }

  /** The conversation goes on in a fresh group; what the other side may have missed is sent again. */
  async function begin(
    unit: Unit,
    conversation: Conversation,
    group: Parameters<Epochs["start"]>[1]["group"],
  ): Promise<void> {
    const { id, feed } = conversation;
    const generation = conversation.generation + 1;
    await unit.sql.run("UPDATE conversations SET generation = ?, beacon = NULL WHERE id = ?", [generation, id]);
    await unit.sql.run("DELETE FROM outbox WHERE purpose = 'commit' AND stream = ?", [`conversation ${id}`]);
    await epochs.start(unit, { conversation: id, generation, feed, group });
    await setConversationState(unit, id, "ready");
    await count(unit, "rejoins");
    await messages.note(unit, id, "rejoined");
    await sendAgain(unit, id);
    unit.after(() => p.outbox().kick());
  }

  async function sendAgain(unit: Unit, conversation: string): Promise<void> {
    const rows = await unit.sql.all(
      `SELECT id FROM messages WHERE conversation = ? AND mine AND kind = 'text' AND state = 'sent' AND sent_at > ?
       ORDER BY ord`,
      [conversation, clock.now() - RESEND_MS],
    );
    for (const row of rows) await sending.enqueueText(unit, textIn(row, "id"));
  }

  function litFrom(
    bytes: Uint8Array | undefined,
  ): { keyPackage: Uint8Array; secret: Uint8Array; index: number; day: number } | undefined {
    return bytes === undefined ? undefined : parseMap(bytes, MAX_LIT_BYTES, LIT);
  }

  return {
    start,
    expectFrom,
    expectOf: (unit, contact) => expectDays(unit, contact, today()),
    beaconTaken,
  };
}

const nameOf = ({ day, from, index }: Beacon): string => `${day} ${from} ${index}`;

function beaconFrom(name: string): Beacon | undefined {
  const [day, from, index] = name.split(" ");
  const known = from === "inviter" || from === "responder";
  return known ? { day: Number(day), from, index: Number(index) } : undefined;
}

const afterSpace = (owner: string): string => owner.slice(owner.indexOf(" ") + 1);
