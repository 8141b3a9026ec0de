import {
  ALL,
  encodeRoster,
  profileOf,
  type GroupControl,
  type Missed,
  type Roster,
  type RosterMember,
} from "@pli/protocol/group";
import { restFirst, type Pointer } from "@pli/protocol/conversation";
import { padObject, sealObject, type Put } from "@pli/protocol/object";
import { toHex } from "@pli/protocol/crypto";
import type { Context, Tx } from "../../runtime/context.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import { findConversation, findPicture } from "../../epochs/conversations.table.ts";
import type { Reported, SendQueue } from "../../delivery/queue/send-queue.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import { findForkState } from "./fork-state.ts";
import { takeLate } from "./late-devices.ts";
import { rulesIn } from "./members.ts";
import { findCardPointer, ownNameOf } from "./people.table.ts";
import type { Successors } from "./successors.ts";
import { findNewest } from "../actions/actions.table.ts";
import { listNewestTexts } from "../messages/messages.table.ts";
import { SEED_BYTES, type Talk } from "./talk.ts";

/** The streams of the send queue in which what newcomers need leaves. */
export const NEWCOMERS = "newcomers";
const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;
/**
 * A device that comes back gets what it missed: it was away longer than its store keeps cells.
 */
const MISSED_DAYS = 365;
/** Of the last week's messages, the newest that fit. */
const MAX_HISTORY = 500;
const MAX_HISTORY_BYTES = 1024 * 1024;

type RosterHistory = Roster["history"];

interface Place {
  readonly seed: string;
  readonly length: number;
}

/** Who hears where the objects are, once they are stored. */
interface Delivery {
  readonly conversation: string;
  readonly welcome: Place;
  readonly tree: Place;
  readonly to: readonly { readonly who: readonly string[]; readonly roster: Place }[];
}

/**
 * Those whom one commit brought in; `devices`: of this person's own; `back`: whose devices came
 * back, and behind which message here they can have missed some.
 */
export interface Brought {
  readonly added: readonly string[];
  readonly devices: readonly string[];
  readonly back: ReadonlyMap<string, Missed>;
  readonly welcome: Uint8Array;
}

/**
 * Brings those we added into the group: stores what they need, then says to each where it is.
 */
export interface Newcomers {
  /** Our commit that brought these people in is the group's history. */
  welcome(tx: Tx, after: HeldEpoch, brought: Brought): Promise<void>;
  /** An object of theirs is stored: after the last, the invitations leave. */
  stored(tx: Tx, item: Reported): Promise<void>;
}

export function createNewcomers(
  context: Context,
  deps: {
    contacts: Contacts;
    epochRoles: EpochRoles;
    profiles: Profiles;
    talk: Talk;
    queue: SendQueue;
    successors: Pick<Successors, "tellBehind">;
  },
): Newcomers {
  const { crypto, clock, groups } = context;
  const { contacts, talk } = deps;

  /** Repair path 8/9: what a newcomer, or a device that re-joins, needs. */
  async function welcome(tx: Tx, after: HeldEpoch, { added, devices, back, welcome: bytes }: Brought): Promise<void> {
    const objects: (readonly Put[])[] = [];
    const seal = (object: Uint8Array): Place => {
      // Padded: the number of chunks must not tell how many people are in the group.
      const padded = padObject(object);
      const place = { seed: crypto.random(SEED_BYTES), length: padded.length };
      objects.push(restFirst(sealObject(crypto, place.seed, after.feed, padded)));
      return inHex(place);
    };
    const tree = seal(groups.exportTree(after.epoch.group));
    const place = seal(bytes);
    const to: Delivery["to"][number][] = [];
    const self = (await deps.profiles.get(tx)).id;
    const late = await takeLate(tx, after.conversation, devices);
    const lacking = late === undefined ? [] : await historyOf(tx, after.conversation, { ...late, days: MISSED_DAYS });
    const own = devices.length === 0 ? [] : [{ who: [self], history: lacking }];
    const told = [...(await deliveriesOf(tx, after, added, back)), ...own];
    for (const { who, history } of told) to.push({ who, roster: seal(await rosterOf(tx, after, history)) });
    await put(tx, after, objects, { conversation: after.conversation, welcome: place, tree, to });
  }

  /** The invitations leave when the last object is stored. */
  async function put(
    tx: Tx,
    { conversation, number, store }: HeldEpoch,
    objects: readonly (readonly Put[])[],
    delivery: Delivery,
  ): Promise<void> {
    const stream = `${NEWCOMERS} ${conversation} ${number}`;
    for (const [i, puts] of objects.entries()) {
      const reference = i === objects.length - 1 ? JSON.stringify(delivery) : "";
      await deps.queue.add(tx, { stream, store, reference, puts });
    }
  }

  /**
   * One for all newcomers, and one for each who comes back: they had a right to what was written
   * meanwhile.
   */
  async function deliveriesOf(
    tx: Tx,
    held: HeldEpoch,
    added: readonly string[],
    back: ReadonlyMap<string, Missed>,
  ): Promise<{ who: readonly string[]; history: RosterHistory }[]> {
    const { conversation } = held;
    const newcomers = added.filter((profile) => !back.has(profile));
    const deliveries: { who: readonly string[]; history: RosterHistory }[] = [];
    if (newcomers.length > 0) {
      // Others read too what is not said between two: nothing of the history goes there.
      const isForContacts = (await contactsOf(tx, newcomers)).every((contact) => contact !== undefined);
      const tells = isForContacts && rulesIn(deps.epochRoles, held).newcomersRead === "week";
      const since = { ...ALL, days: WEEK_DAYS };
      deliveries.push({ who: newcomers, history: tells ? await historyOf(tx, conversation, since) : [] });
    }
    for (const profile of added.filter((one) => back.has(one))) {
      const since = back.get(profile) ?? ALL;
      const days = since.after === 0 ? WEEK_DAYS : MISSED_DAYS;
      deliveries.push({ who: [profile], history: await historyOf(tx, conversation, { ...since, days }) });
    }
    return deliveries;
  }

  async function rosterOf(tx: Tx, after: HeldEpoch, history: RosterHistory): Promise<Uint8Array> {
    const profiles = groups.members(after.epoch.group).map(profileOf);
    const members: RosterMember[] = [];
    for (const profile of [...new Set(profiles)].filter((id) => id !== undefined).toSorted()) {
      const card = await findCardPointer(tx, profile);
      const name = await ownNameOf(tx, profile);
      members.push({ profile: talk.bytes(profile), name, ...(card && { card }) });
    }
    const picture = await findPicture(tx, after.conversation);
    const marks = (await findForkState(tx, after.conversation))?.marks ?? [];
    const epochs = marks.map(([epoch, mark]) => ({ epoch, mark: talk.bytes(mark) }));
    return encodeRoster({ members, history, ...(picture && { picture }), ...(epochs.length > 0 && { epochs }) });
  }

  async function contactsOf(tx: Tx, profiles: readonly string[]): Promise<(Contact | undefined)[]> {
    const found: (Contact | undefined)[] = [];
    for (const profile of profiles) found.push(await contacts.find(tx, profile));
    return found;
  }

  /**
   * The newest texts of the last `days` that fit, of those that were missed, and what they say now.
   */
  async function historyOf(
    tx: Tx,
    conversation: string,
    { days, ...missed }: Missed & { days: number },
  ): Promise<RosterHistory> {
    const now = clock.now();
    const from = { ...missed, since: now - days * DAY_MS, now, limit: MAX_HISTORY };
    const texts = await listNewestTexts(tx, conversation, from);
    let size = 0;
    const fits = ({ content }: { content: Uint8Array }): boolean => (size += content.length + 64) <= MAX_HISTORY_BYTES;
    const newest = texts.filter(fits);
    const edits = await editsOf(tx, conversation, newest);
    const said = [...newest.toReversed(), ...edits.filter(fits).slice(0, MAX_HISTORY - newest.length)];
    return said.map(({ sender, content }) => ({ sender: talk.bytes(sender), content }));
  }

  /** After the last object, the invitations leave. */
  async function stored(tx: Tx, { reference }: Reported): Promise<void> {
    if (reference === "") return;
    const { conversation: id, to, welcome: place, tree } = JSON.parse(reference) as Delivery;
    const conversation = await findConversation(tx, id);
    if (conversation === undefined) return;
    const { store, feed, shared } = conversation;
    const self = (await deps.profiles.get(tx)).id;
    for (const { who, roster } of to) {
      const control: GroupControl = {
        name: "group-invitation",
        conversation: shared,
        store,
        feed,
        welcome: fromHexPlace(place),
        tree: fromHexPlace(tree),
        roster: fromHexPlace(roster),
      };
      if (who.includes(self)) {
        await talk.tellOwnDevices(tx, control);
        continue;
      }
      const told = await contactsOf(tx, who);
      for (const contact of told) if (contact !== undefined) await talk.send(tx, contact.conversation, control);
      if (told.includes(undefined)) await deps.successors.tellBehind(tx, id, control);
    }
  }

  const fromHexPlace = ({ seed, length }: Place): Pointer => ({ seed: talk.bytes(seed), length });

  return { welcome, stored };
}

const inHex = ({ seed, length }: Pointer): Place => ({ seed: toHex(seed), length });

/** What some of these texts say now. */
async function editsOf(
  tx: Tx,
  conversation: string,
  texts: readonly { id: string; sender: string }[],
): Promise<{ sender: string; content: Uint8Array }[]> {
  const edits: { sender: string; content: Uint8Array }[] = [];
  for (const { id, sender } of texts) {
    const edit = await findNewest(tx, { conversation, target: id, kind: "edit", author: sender });
    if (edit?.content !== undefined) edits.push({ sender, content: edit.content });
  }
  return edits;
}
