/**
 * Joining a group: who may lead this device there, and what follows an invitation. What it points
 * at is fetched, checked and opened; then the device enters the group.
 */
import { toHex } from "@pli/protocol/crypto";
import { isAfter, leadOf, parseRoster, type Lead } from "@pli/protocol/group";
import type { Stores } from "../../delivery/stores.ts";
import {
  findConversation,
  findGroup,
  setConversationState,
  setShared,
  type Conversation,
} from "../../epochs/conversations.table.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Doubts } from "./doubts.ts";
import type { Entering } from "./entering.ts";
import { findForkState } from "./fork-state.ts";
import {
  countInvitationsIntoNew,
  deleteInvitation,
  deleteInvitationsInto,
  findInvitation,
  listInvitations,
  listInvitationsOnTheWay,
  saveInvitation,
} from "./invitations.table.ts";
import { keptFrom, type Invitation, type Kept } from "./invitations.ts";
import { isMember } from "./members.table.ts";
import type { Questions } from "./questions.ts";
import type { GroupRejoining } from "./rejoin.ts";
import type { Successors } from "./successors.ts";
import type { Talk } from "./talk.ts";
import { findWay, saveWay, type Ways } from "./ways.ts";
import { bytesOf, type Fetched, type WelcomeObjects } from "./welcome-objects.ts";
import { openWelcome, type OpenedWelcome } from "./welcomes.ts";

const SHARED_ID_BYTES = 32;
/** Groups that one contact may announce and this device has not got to yet. */
const MAX_WAITING = 16;
/** Where the person stands who may be asked whether an invitation is followed. */
const PLACES = { new: "out", apart: "out", again: "out", kept: "inside", awaited: "awaited" } as const;

export interface Joining {
  /** Somebody invites us, in the conversation between the two. `by`: a contact. */
  invited(tx: Tx, by: string, invitation: Invitation): Promise<void>;
  /** Another device of this person brings this one in, where the person is already. */
  broughtByOwn(tx: Tx, invitation: Invitation): Promise<void>;
  /** Follows an invitation that the person was asked about. */
  follow(tx: Tx, by: string, kept: Kept): Promise<void>;
  /**
   * We are out of this group: an invitation that came before we knew is taken up; after leaving,
   * only if the person wants it.
   */
  wasRemoved(tx: Tx, conversation: string, isLeaving: boolean): Promise<void>;
  /** Invitations into this group that were kept are taken up if they lead on from it by now. */
  joinKept(tx: Tx, conversation: string): Promise<void>;
  /** Takes up what a stop interrupted. */
  resume(tx: Tx): Promise<void>;
}

export function createJoining(
  context: Context,
  deps: {
    contacts: Contacts;
    doubts: Doubts;
    entering: Entering;
    objects: WelcomeObjects;
    profiles: Profiles;
    questions: Pick<Questions, "mayFollow">;
    rejoining: Pick<GroupRejoining, "lookingSince" | "mayBringBack" | "start">;
    stores: Pick<Stores, "now">;
    successors: Pick<Successors, "isFounder" | "mayInviteToSuccessor">;
    talk: Talk;
    ways: Ways;
  },
): Joining {
  const { clock, crypto } = context;
  const { objects, talk, ways } = deps;

  async function follow(tx: Tx, by: string, kept: Kept): Promise<void> {
    const found = await findGroup(tx, talk.bytes(kept.shared));
    const lead = await leadFor(tx, found, by);
    const isNew = found === undefined || lead === "apart";
    if (lead === "ignored" || (isNew && (await countInvitationsIntoNew(tx, by)) >= MAX_WAITING)) return;
    if (!(await deps.questions.mayFollow(tx, by, kept, PLACES[lead]))) return;
    // What was left stays as it is, under an id of its own.
    if (found !== undefined && lead === "apart") await setShared(tx, found.id, crypto.random(SHARED_ID_BYTES));
    const id = isNew ? await ways.open(tx, kept) : found.id;
    if (isNew || found.state === "left" || found.state === "joining") await ways.setOut(tx, id, by);
    await saveInvitation(tx, { conversation: id, by, kept });
    if (lead === "kept") return;
    if (lead === "again") await setConversationState(tx, id, "joining");
    begin(tx, id, by, kept.store);
  }

  async function leadFor(tx: Tx, found: Conversation | undefined, by: string): Promise<Lead> {
    if (found === undefined) return "new";
    const { id, state, generation } = found;
    return leadOf({
      state,
      isStranger: generation > 0 && !(await isMember(tx, id, by)),
      leadsOn: state !== "left" && (await leadsOn(tx, id, by)),
      helps: state === "rejoining" && (await isHelper(tx, id, by)),
    });
  }

  /** Somebody who was asked; or an owner, who founds a successor of what nobody can continue. */
  const isHelper = async (tx: Tx, id: string, by: string): Promise<boolean> =>
    (await deps.rejoining.mayBringBack(tx, id, by)) || (await deps.successors.isFounder(tx, id, by));

  /** Whether an invitation leads from the group we are in to where it continues. */
  async function leadsOn(tx: Tx, id: string, by: string): Promise<boolean> {
    return (await deps.successors.mayInviteToSuccessor(tx, id, by)) || (await deps.rejoining.mayBringBack(tx, id, by));
  }

  /** The feed waits until we are in: what is written in the group meanwhile is not missed. */
  function begin(tx: Tx, id: string, by: string, store: string): void {
    objects.allow(tx, id);
    tx.before(store, () => join(id, by));
  }

  async function join(id: string, by: string): Promise<void> {
    const kept = await context.transact((tx) => findInvitation(tx, id, by));
    if (kept === undefined || !(await context.transact((tx) => mayFetch(tx, id, by, kept)))) return;
    const fetched = await objects.fetch(id, kept);
    await context.transact((tx) => enter(tx, id, by, kept, fetched));
  }

  /** Whose invitations lead to more than one may make us fetch waits until there is room. */
  async function mayFetch(tx: Tx, id: string, by: string, kept: Kept): Promise<boolean> {
    const rest = await context.budgets.takeOrWait(tx, "downloads", by, bytesOf(kept));
    if (rest > 0) tx.after(() => context.later(rest, async (later) => begin(later, id, by, kept.store)));
    return rest === 0;
  }

  /** Repair path 9/9: the welcome is opened, and the device continues in the group. */
  async function enter(tx: Tx, id: string, by: string, kept: Kept, fetched: Fetched): Promise<void> {
    const conversation = await findConversation(tx, id);
    const isIn = conversation?.state === "ready";
    if ((await findInvitation(tx, id, by)) === undefined) return;
    if (conversation === undefined || (isIn && !(await leadsOn(tx, id, by)))) return;
    const opened = await openWelcome(context, deps.contacts, tx, by, fetched);
    await deleteInvitation(tx, id, by);
    const isThisGroup = opened !== undefined && toHex(opened.rules.conversation) === kept.shared;
    if (!isThisGroup || (await isUnsafe(tx, conversation, by, opened)))
      return isIn ? cannotFollow(deps, tx, id, by) : ways.giveUp(tx, conversation, by);
    const roster = parseRoster(fetched.roster ?? new Uint8Array(0));
    await deps.entering.enter(tx, conversation, { ...opened, by, kept, roster: roster.ok ? roster.value : undefined });
    await opened.spend(tx);
  }

  /** Somebody may lead this device into a group of their own making. */
  async function isUnsafe(
    tx: Tx,
    { id, state, generation }: Conversation,
    by: string,
    opened: OpenedWelcome,
  ): Promise<boolean> {
    const wasOut = state === "joining" && generation > 0;
    if (wasOut && by === (await deps.profiles.get(tx)).id) return isOver(context, tx, id, opened);
    const since = generation > 0 ? await deps.rejoining.lookingSince(tx, id) : undefined;
    return since !== undefined && deps.doubts.mustWait(tx, id, { by, rules: opened.rules, state: opened.state, since });
  }

  async function wasRemoved(tx: Tx, id: string, isLeaving: boolean): Promise<void> {
    const invitations = await listInvitations(tx, id);
    if (isLeaving) {
      await deleteInvitationsInto(tx, id);
      for (const { by, kept } of invitations) await follow(tx, by, kept);
      return;
    }
    const [first] = invitations;
    if (first === undefined) return;
    await setConversationState(tx, id, "joining");
    await saveWay(tx, id, { by: first.by, at: clock.now() });
    for (const { by, kept } of invitations) begin(tx, id, by, kept.store);
  }

  async function joinKept(tx: Tx, id: string): Promise<void> {
    for (const { by, kept } of await listInvitations(tx, id))
      if (await leadsOn(tx, id, by)) begin(tx, id, by, kept.store);
  }

  async function resume(tx: Tx): Promise<void> {
    for (const { conversation: id, by, kept } of await listInvitationsOnTheWay(tx)) {
      const isJoining = (await findConversation(tx, id))?.state === "joining";
      const isUnasked = isJoining && (await findWay(tx, id)) === undefined;
      if (!isUnasked) begin(tx, id, by, kept.store);
      else {
        // On the way into it since a version that did not ask.
        await ways.stop(tx, id);
        await follow(tx, by, kept);
      }
    }
  }

  return {
    invited: (tx, by, told) => follow(tx, by, keptFrom(told, deps.stores.now(told.store))),
    broughtByOwn: async (tx, invitation) => {
      const group = await placeOfOwn(deps, tx, invitation);
      if (group !== undefined) begin(tx, group.id, group.by, group.store);
    },
    follow,
    wasRemoved,
    joinKept,
    resume,
  };
}

/**
 * Where another own device brings this one in, whose person is there already, perhaps again.
 * Undefined: this device is in.
 */
async function placeOfOwn(
  { profiles, stores, ways }: { profiles: Profiles; stores: Pick<Stores, "now">; ways: Ways },
  tx: Tx,
  invitation: Invitation,
): Promise<{ id: string; by: string; store: string } | undefined> {
  const kept = keptFrom(invitation, stores.now(invitation.store));
  const found = await findGroup(tx, invitation.conversation);
  if (found?.state === "ready") return undefined;
  const by = (await profiles.get(tx)).id;
  const id = found?.id ?? (await ways.open(tx, kept));
  await ways.setOut(tx, id, by);
  await saveInvitation(tx, { conversation: id, by, kept });
  if (found?.state === "left") await setConversationState(tx, id, "joining");
  return { id, by, store: kept.store };
}

/** Whether another own device leads into an epoch that the person is out of since. */
async function isOver({ groups }: Context, tx: Tx, id: string, { state }: OpenedWelcome): Promise<boolean> {
  const place = { group: toHex(groups.groupId(state)), epoch: Number(groups.epoch(state)) };
  return !isAfter(await findForkState(tx, id), place);
}

/**
 * An owner whose device was put back may have brought this person over with a key package that has
 * served before: the device asks to be brought there, and works meanwhile.
 */
async function cannotFollow(
  {
    rejoining,
    successors,
  }: { rejoining: Pick<GroupRejoining, "start">; successors: Pick<Successors, "mayInviteToSuccessor"> },
  tx: Tx,
  id: string,
  by: string,
): Promise<void> {
  if (await successors.mayInviteToSuccessor(tx, id, by)) await rejoining.start(tx, id, "fork", { via: by });
}
