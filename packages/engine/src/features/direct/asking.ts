/** The beacon that this device has open for a conversation of two, and the answer to it. */
import {
  BEACONS_A_DAY,
  MAX_BEACON_ANSWER_BYTES,
  beaconSeeds,
  createBeaconRequest,
  parseBeaconAnswer,
} from "@pli/protocol/conversation";
import type { ObjectAnswer } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { withdrawItems } from "../../delivery/queue/send-queue.table.ts";
import { findConversation } from "../../epochs/conversations.table.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { tagOf } from "../../people/pairwise.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { beaconStream, putAtBeacon } from "./beacon-stream.ts";
import { nameOf, secretOf, type PlacedBeacon } from "./beacons.ts";
import { today } from "./feed-days.ts";
import type { FreshGroups } from "./fresh-groups.ts";
import { findOpenBeacon, nextBeacon, saveOpenBeacon } from "./open-beacon.ts";

/**
 * Only where a store was replaced are more lit in a day: a device that is put back to the same copy
 * again and again writes so much, and no more.
 */
const ORDINARY_A_DAY = 32;

/**
 * Why a conversation cannot go on: what is put in a store that was replaced is not there any more,
 * a beacon neither.
 */
export type Why = "lost" | "expired" | "replaced";

export interface Asking {
  /**
   * Opens the next beacon of today, in place of the one that is open; none, if this device has
   * opened enough today.
   */
  open(tx: Tx, contact: Contact, why: Why): Promise<void>;
  /** What was open is forgotten. */
  close(tx: Tx, conversation: string): Promise<void>;
}

export function createAsking(
  context: Context,
  deps: { profiles: Profiles; contacts: Contacts; watches: Watches; queue: SendQueue; fresh: FreshGroups },
): Asking {
  const { crypto, clock, groups } = context;
  const { profiles, contacts, watches } = deps;

  watches.onObject("rejoin", {
    take: (owner, name, answer) => takeAnswer(owner.slice("rejoin ".length), name, answer),
  });

  async function open(tx: Tx, contact: Contact, why: Why): Promise<void> {
    const { store, conversation, pairwise } = contact;
    const [profile, day] = [await profiles.get(tx), today(clock)];
    const tag = tagOf(crypto, pairwise);
    const index = await nextBeacon(tx, conversation, tag, day);
    await close(tx, conversation);
    if (index >= (why === "replaced" ? BEACONS_A_DAY : ORDINARY_A_DAY)) return;
    const beacon: PlacedBeacon = { day, from: contact.role, index, tag };
    const { keyPackage, secret } = await profiles.createKeyPackage(profile);
    await saveOpenBeacon(tx, conversation, { keyPackage, secret, index, tag, day: beacon.day });
    const seeds = beaconSeeds(crypto, pairwise.secret, beacon);
    const signKey = profile.identity.sign.secretKey;
    const request = createBeaconRequest(crypto, { pairwise: pairwise.secret, beacon, keyPackage, signKey });
    await putAtBeacon(context, deps.queue, tx, { contact, what: "request", seed: seeds.request, bytes: request });
    const expected = { name: nameOf(beacon), store, seed: seeds.answer, maxBytes: MAX_BEACON_ANSWER_BYTES };
    await watches.add(tx, { owner: `rejoin ${conversation}`, ...expected });
  }

  async function close(tx: Tx, conversation: string): Promise<void> {
    await saveOpenBeacon(tx, conversation, undefined);
    await watches.remove(tx, `rejoin ${conversation}`);
    await withdrawItems(tx, beaconStream(conversation), (reference) => reference === "request");
  }

  async function takeAnswer(id: string, name: string, answer: ObjectAnswer): Promise<void> {
    await context.transact(async (tx) => {
      const conversation = await findConversation(tx, id);
      const contact = await contacts.ofConversation(tx, id);
      const openBeacon = await findOpenBeacon(tx, id);
      await watches.remove(tx, `rejoin ${id}`, name);
      if (answer.type !== "object" || conversation === undefined || contact === undefined || openBeacon === undefined)
        return;
      const welcome = parseBeaconAnswer(answer.bytes);
      const under = secretOf(crypto, contact, openBeacon.tag);
      if (!welcome.ok || under === undefined) return;
      const check = contacts.leafCheck(await profiles.get(tx), contact);
      const now = Math.floor(clock.now() / 1000);
      const joined = await groups.join(welcome.value, {
        keyPackage: openBeacon.keyPackage,
        secret: openBeacon.secret,
        now,
        check,
      });
      if (!joined.ok || groups.members(joined.value).length !== 2) return;
      await close(tx, id);
      await deps.fresh.begin(tx, conversation, joined.value, { contact, under });
    });
  }

  return { open, close };
}
