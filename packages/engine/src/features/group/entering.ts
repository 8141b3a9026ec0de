/**
 * Entering a group that a welcome has opened: the conversation continues as that group, with its
 * people, its picture and what was said before.
 */
import { toHex } from "@pli/protocol/crypto";
import { profileOf, type Roster, type ToldState } from "@pli/protocol/group";
import { moveStream } from "../../delivery/queue/send-queue.table.ts";
import type { Stores } from "../../delivery/stores.ts";
import { streamOf } from "../../epochs/conversations.ts";
import { saveJoined, setConversationState, type Conversation } from "../../epochs/conversations.table.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Generations } from "../../people/generations.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Messages } from "../messages/messages.ts";
import type { Sending } from "../messages/sending.ts";
import type { Arrivals } from "./arrivals.ts";
import type { FirstJoins } from "./first-joins.ts";
import { marksFrom } from "./fork-state.ts";
import type { History } from "./history.ts";
import type { Kept } from "./invitations.ts";
import { listMembers } from "./members.table.ts";
import { saveMembers } from "./members.ts";
import { savePersonTold } from "./people.table.ts";
import type { People } from "./people.ts";
import type { Pictures } from "./pictures.ts";
import { forgetAccepted } from "./question-state.ts";
import type { GroupRejoining } from "./rejoin.ts";
import { keepTold } from "./told-history.ts";
import { forgetWay } from "./ways.ts";
import type { OpenedWelcome } from "./welcomes.ts";

/** By whose invitation this device comes in, what it said, and what it led to. */
interface Entry extends OpenedWelcome {
  readonly by: string;
  readonly kept: Kept;
  readonly roster: Roster | undefined;
}

export interface Entering {
  /**
   * The group continues here, in its state of this moment. `by`: who brought this device in;
   * `comers`: who came in since it knew the group; this person, if it did not. `told`: its history
   * as who brought it in knows it.
   */
  readonly joined: TxEvent<{
    readonly conversation: Conversation;
    readonly by: string;
    readonly comers: readonly string[];
    readonly told: ToldState;
    /** The person was in the group before, and this device was not. */
    readonly isLate: boolean;
  }>;
  /** This device has moved to another history of the group, in which these contacts are not. */
  readonly parted: TxEvent<{ readonly conversation: Conversation; readonly contacts: readonly Contact[] }>;
  /** `before`: the conversation as it was. */
  enter(tx: Tx, before: Conversation, entry: Entry): Promise<void>;
}

/** What was said before this person was out is not said to those who came meanwhile. */
const NOTHING = { own: Number.MAX_SAFE_INTEGER, epochId: Number.MAX_SAFE_INTEGER };

export function createEntering(
  context: Context,
  deps: {
    arrivals: Arrivals;
    contacts: Contacts;
    epochs: Epochs;
    firstJoins: Pick<FirstJoins, "isAsked">;
    generations: Generations;
    history: History;
    messages: Messages;
    people: People;
    pictures: Pictures;
    profiles: Profiles;
    rejoining: Pick<GroupRejoining, "mayBringBack">;
    sending: Sending;
    stores: Pick<Stores, "now">;
  },
): Entering {
  const { crypto, groups } = context;
  const { contacts, profiles } = deps;
  const joined: Entering["joined"] = createTxEvent();
  const parted: Entering["parted"] = createTxEvent();

  async function enter(tx: Tx, before: Conversation, entry: Entry): Promise<void> {
    const { id } = before;
    const { by, kept, state, rules, roster } = entry;
    const place = { generation: before.generation + 1, store: deps.stores.now(kept.store), feed: kept.feed };
    await saveJoined(tx, id, place);
    await moveStream(tx, streamOf(id), place.store);
    const { isSuccessor, isBack } = await comesFrom(tx, before, entry);
    await deps.epochs.start(tx, { conversation: id, ...place, group: state });
    const present = new Set(groups.members(state).flatMap((member) => profileOf(member) ?? []));
    await meet(tx, roster, present);
    const known = (await listMembers(tx, id)).map(({ profile }) => profile);
    await saveMembers(tx, id, rules, groups.members(state));
    await deps.generations.sawAll(tx, groups.members(state));
    if (roster?.picture !== undefined) await deps.pictures.keep(tx, id, rules, roster.picture);
    const self = await profiles.get(tx);
    const isOwn = by === self.id;
    if (isBack || isOwn || (before.generation === 0 && rules.newcomersRead === "week"))
      await keepTold(context, deps, tx, id, { by, rules, history: roster?.history ?? [] });
    await setConversationState(tx, id, "ready");
    await forgetWay(tx, id);
    await forgetAccepted(tx, toHex(before.shared));
    await deps.people.announce(tx, id, self);
    const isArrival = before.state === "joining";
    await deps.sending.enqueueAgain(tx, id, isArrival ? { forAll: NOTHING } : undefined);
    const comers = isArrival ? [self.id] : [...present].filter((who) => !known.includes(who));
    const told = { group: toHex(groups.groupId(state)), marks: marksFrom(roster ?? {}) };
    const isNoted = await deps.arrivals.note(tx, before, { by, isSuccessor, comers, told });
    if (!isNoted) await noteArrival(tx, before, by);
    const isLate = before.generation === 0 && (await deps.firstJoins.isAsked(tx, before.shared, by));
    const conversation = { ...before, ...place, state: "ready" } as const;
    await joined.emit(tx, { conversation, by, comers, told, isLate });
    const gone = known.filter((profile) => !present.has(profile));
    if (before.state === "ready" && !isSuccessor) await part(tx, before, gone);
  }

  /**
   * Whether it is another MLS group than before, and whether this device comes back to where it had
   * a right to read.
   */
  async function comesFrom(
    tx: Tx,
    { id, shared }: Conversation,
    { by, state }: Entry,
  ): Promise<{ isSuccessor: boolean; isBack: boolean }> {
    const before = await deps.epochs.current(tx, id);
    const groupId = groups.groupId(state);
    const isSame = before !== undefined && crypto.equal(groups.groupId(before.epoch.group), groupId);
    const isBack =
      (isSame && (await deps.rejoining.mayBringBack(tx, id, by))) || (await deps.firstJoins.isAsked(tx, shared, by));
    return { isSuccessor: before !== undefined && !isSame, isBack };
  }

  async function noteArrival(tx: Tx, { id, state }: Conversation, by: string): Promise<void> {
    if (state === "rejoining") await deps.messages.noteRejoined(tx, id);
    else await deps.history.note(tx, id, by, { what: "joined" });
  }

  async function part(tx: Tx, conversation: Conversation, gone: readonly string[]): Promise<void> {
    const heard: Contact[] = [];
    for (const profile of gone) {
      const contact = await contacts.find(tx, profile);
      if (contact !== undefined && !contact.blocked) heard.push(contact);
    }
    await parted.emit(tx, { conversation, contacts: heard });
  }

  return { joined, parted, enter };
}

/** The names the roster tells, of those who are in the group and of nobody else. */
async function meet(tx: Tx, roster: Roster | undefined, present: ReadonlySet<string>): Promise<void> {
  for (const { profile, name, card } of roster?.members ?? []) {
    const id = toHex(profile);
    if (present.has(id)) await savePersonTold(tx, id, name, card);
  }
}
