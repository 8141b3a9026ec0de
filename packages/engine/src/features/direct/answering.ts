/** Beacons of contacts, and what this device answers to them. */
import {
  beaconSeeds,
  encodeBeaconAnswer,
  keyPackageIn,
  parseBeaconRequest,
  type Beacon,
} from "@pli/protocol/conversation";
import { fromHex, toHex } from "@pli/protocol/crypto";
import { createCommitCheck } from "@pli/protocol/group";
import { parseCredential } from "@pli/protocol/identity";
import type { ObjectAnswer } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { findConversation } from "../../epochs/conversations.table.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, metaOf, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { Asking } from "./asking.ts";
import { answerTo, putAtBeacon } from "./beacon-stream.ts";
import { beaconFromName, nameOf, secretOf, type PlacedBeacon } from "./beacons.ts";
import { DAY_MS } from "./feed-days.ts";
import type { FreshGroups } from "./fresh-groups.ts";

/** A contact's beacon that is answered when it is its turn. */
const WAITING = "waiting-beacon";
interface Waiting {
  readonly name: string;
  readonly keyPackage: string;
}

export interface Answering {
  /** What stood at a beacon of this contact. */
  take(contact: string, name: string, answer: ObjectAnswer): Promise<void>;
  /** Answers the beacon of this contact that waits, if it is its turn. */
  answerWaiting(tx: Tx, contact: string): Promise<void>;
  /** The same for all contacts. */
  answerAll(tx: Tx): Promise<void>;
  /** Nothing of this contact waits any more. */
  forget(tx: Tx, contact: string): Promise<void>;
}

export function createAnswering(
  context: Context,
  deps: {
    profiles: Profiles;
    contacts: Contacts;
    watches: Watches;
    queue: SendQueue;
    fresh: FreshGroups;
    asking: Pick<Asking, "close">;
    ownDevices: OwnDevices;
    /** How long a device leaves the answer to an older one of the same person. */
    ownPatienceMs: number;
  },
): Answering {
  const { crypto, clock, groups } = context;
  const { profiles, contacts, watches } = deps;

  async function take(id: string, name: string, answer: ObjectAnswer): Promise<void> {
    if (answer.type !== "object") return;
    await context.transact(async (tx) => {
      const contact = await contacts.find(tx, id);
      const beacon = beaconFromName(name);
      if (contact === undefined || beacon === undefined) return;
      // Its answer's seed seals one object, also when the power is cut now.
      await watches.done(tx, `beacon ${id}`, name);
      const edKey = await signerOf(contact, beacon, answer.bytes);
      const pairwise = secretOf(crypto, contact, beacon.tag)?.secret;
      if (edKey === undefined || pairwise === undefined) return;
      const keyPackage = parseBeaconRequest(crypto, answer.bytes, { pairwise, beacon, edKey });
      if (!keyPackage.ok) return;
      const isOurTurn = await deps.ownDevices.isFirst(tx);
      if (contact.blocked || !isOurTurn) await saveWaiting(tx, contact, beacon, keyPackage.value);
      if (!isOurTurn) tx.after(() => context.later(deps.ownPatienceMs, (later) => answerWaiting(later, contact.id)));
      else if (!contact.blocked) await answerInTime(tx, contact, beacon, keyPackage.value);
    });
  }

  /**
   * The Ed25519 key that signs for the contact, by the leaf in their key package: of the generation
   * that is known, or of a later one, which proves itself.
   */
  async function signerOf(contact: Contact, beacon: Beacon, request: Uint8Array): Promise<Uint8Array | undefined> {
    const keyPackage = keyPackageIn(request);
    if (keyPackage === undefined) return undefined;
    const checked = await groups.checkKeyPackage(keyPackage, timeOf(beacon), contacts.leafCheckOf(contact));
    const credential = checked.ok ? parseCredential(checked.value.credential) : undefined;
    return credential?.ok === true ? credential.value.edKey : undefined;
  }

  /**
   * A clock behind the other's must not find their key package too new: they signed it on the
   * beacon's day.
   */
  const timeOf = ({ day }: Beacon): number => Math.floor(Math.max(clock.now(), (day + 1) * DAY_MS) / 1000);

  /**
   * Each answer is work and sends much again. Of a contact who lights one after another the newest
   * waits for its turn.
   */
  async function answerInTime(tx: Tx, contact: Contact, beacon: PlacedBeacon, keyPackage: Uint8Array): Promise<void> {
    const rest = await context.budgets.takeOrWait(tx, "beacons", contact.id);
    const key = `${WAITING} ${contact.id}`;
    if (rest === 0) {
      await deleteMeta(tx, key);
      return answerRequest(tx, contact, beacon, keyPackage);
    }
    await saveWaiting(tx, contact, beacon, keyPackage);
    tx.after(() => context.later(rest, (later) => answerWaiting(later, contact.id)));
  }

  const saveWaiting = (tx: Tx, { id }: Contact, beacon: PlacedBeacon, keyPackage: Uint8Array): Promise<void> =>
    saveMeta(tx, `${WAITING} ${id}`, { name: nameOf(beacon), keyPackage: toHex(keyPackage) } satisfies Waiting);

  async function answerWaiting(tx: Tx, id: string): Promise<void> {
    const waiting = await findMeta<Waiting>(tx, `${WAITING} ${id}`);
    const contact = await contacts.find(tx, id);
    const beacon = waiting && beaconFromName(waiting.name);
    if (waiting === undefined || beacon === undefined || contact === undefined || contact.blocked) return;
    await answerInTime(tx, contact, beacon, fromHex(waiting.keyPackage) ?? damaged("beacon"));
  }

  async function answerRequest(tx: Tx, contact: Contact, beacon: PlacedBeacon, keyPackage: Uint8Array): Promise<void> {
    const conversation = await findConversation(tx, contact.conversation);
    const profile = await profiles.get(tx);
    const under = secretOf(crypto, contact, beacon.tag);
    if (conversation === undefined || under === undefined) return;
    const now = timeOf(beacon);
    const check = contacts.leafCheck(profile, contact);
    const own = await profiles.createKeyPackage(profile);
    const group = await groups.createGroup({ groupId: crypto.random(32), ...own });
    const made = await groups.commit(group, { add: [keyPackage], now, check, allows: createCommitCheck(crypto) });
    if (!made.ok || made.value.welcome === undefined) return;
    const seed = beaconSeeds(crypto, under.secret, beacon).answer;
    const bytes = encodeBeaconAnswer(made.value.welcome);
    await putAtBeacon(context, deps.queue, tx, { contact, what: answerTo(beacon.tag), seed, bytes });
    if (profile.id < contact.id) await deps.asking.close(tx, conversation.id);
    await deps.fresh.begin(tx, conversation, made.value.state, { contact, under });
  }

  async function answerAll(tx: Tx): Promise<void> {
    for (const id of await metaOf(tx, WAITING)) await answerWaiting(tx, id);
  }

  return { take, answerWaiting, answerAll, forget: (tx, id) => deleteMeta(tx, `${WAITING} ${id}`) };
}
