/**
 * A member who occupies every label that an epoch has for its commit blocks all changes of a group.
 * An owner then founds a successor group without them: another MLS group for the same conversation,
 * to which all others come over by themselves. The reducer `protocol/group/successor` decides; here
 * events reach it (docs/protocol.md, section 8.4).
 */
import {
  MAX_WITHOUT,
  consentToAdd,
  isLeftBehind,
  leadsToSuccessor,
  stepSuccessor,
  successorCodec,
  successorTimers,
  type GroupControl,
} from "@pli/protocol/group";
import type { SuccessorEffect, SuccessorEvent, SuccessorState } from "@pli/protocol/group";
import { toHex } from "@pli/protocol/crypto";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { createRunner, type Viewless } from "../../runtime/reducers.ts";
import { findSuspects, listBlockedGroups, type Conversation } from "../../epochs/conversations.table.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import { PliError } from "../../runtime/errors.ts";
import type { StoreFacts } from "../../delivery/port.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { Generations } from "../../people/generations.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { countOursFor } from "./key-packages.table.ts";
import { listMembers } from "./members.table.ts";
import { listPendingOperations } from "./pending-operations.table.ts";
import { createSuccessorEffects, offersFor } from "./successor-effects.ts";
import type { SuccessorParts } from "./successor-founding.ts";
import { createSuccessorViews } from "./successor-view.ts";

const DAY_MS = 86_400_000;

type Invitation = GroupControl & { readonly name: "group-invitation" };
/** Where something was said: the sender is authentic. */
interface Place {
  readonly conversation: Conversation;
  readonly sender: string;
  readonly held: HeldEpoch;
}

export interface Successors {
  /** No label is left: invitations into this group that were kept may lead on now. */
  readonly outOfLabels: TxEvent<string>;
  /** A successor group has begun on this device, with nobody else in it yet. */
  readonly founded: TxEvent<HeldEpoch>;
  /** An owner invites this person into a successor group. */
  readonly invitedOver: TxEvent<{ readonly by: string; readonly invitation: Invitation }>;
  /** A signed commit of this person was passed over. */
  suspected(tx: Tx, held: HeldEpoch, profile: string): Promise<void>;
  /** No label is left for a change of the group. */
  onOutOfLabels(tx: Tx, conversation: string): Promise<void>;
  /** Whether no label is left for a change of the group. */
  isOutOfLabels(tx: Tx, conversation: string): Promise<boolean>;
  /** A change was possible all the same. */
  freed(tx: Tx, conversation: string): Promise<void>;
  /** A commit brought people in, or put them out: those are out of the groups before it too. */
  membersChanged(
    tx: Tx,
    conversation: string,
    p: { added: readonly string[]; removed: readonly string[] },
  ): Promise<void>;
  /** Whether somebody who writes in a group that was left behind was left there too. */
  isLeftBehind(tx: Tx, place: Place): Promise<boolean>;
  /** The person decides it. Gives the operation. */
  decide(tx: Tx, conversation: string, without: readonly string[]): Promise<number>;
  /** Whether this person may found a successor group, as this epoch has it. */
  mayFound(tx: Tx, held: HeldEpoch): Promise<boolean>;
  /** Whether this person is one who may, by what is known here. */
  isFounder(tx: Tx, conversation: string, profile: string): Promise<boolean>;
  /**
   * Whether this person was in the group before, was not left out of this one, and can be added to
   * it by this device.
   */
  mayComeOver(tx: Tx, conversation: string, profile: string): Promise<boolean>;
  /**
   * Those of these newcomers who come over from the group before: they were in this one all along.
   */
  comingOver(tx: Tx, conversation: string, added: readonly string[]): Promise<readonly string[]>;
  isLeftOutBy(tx: Tx, conversation: string, owner: string): Promise<boolean>;
  /**
   * Nobody can bring this owner back: the group continues in a new one, with the contacts who were
   * in it, but for those who left, and with those who came in since.
   */
  abandoned(tx: Tx, conversation: string, p: { gone: readonly string[]; forgotten: readonly string[] }): Promise<void>;
  /** The call of this device is stored. */
  callStored(tx: Tx, conversation: string): Promise<void>;
  /** An owner calls for a successor group. */
  called(tx: Tx, place: Place, without: readonly string[]): Promise<void>;
  /** Somebody comes along: their key package. */
  offered(tx: Tx, place: Place, keyPackage: Uint8Array): Promise<void>;
  /** The invitation, in the old group. */
  invited(tx: Tx, place: Place, invitation: Invitation): Promise<void>;
  /** Says something in the group that was left behind, to those who cannot be reached elsewhere. */
  tellBehind(tx: Tx, conversation: string, control: GroupControl): Promise<void>;
  /** Whether an invitation of this person leads from the group we are in to its successor. */
  mayInviteToSuccessor(tx: Tx, conversation: string, by: string): Promise<boolean>;
  /** We have come over by the invitation of `by`: the history says so. */
  onMigrated(tx: Tx, conversation: string, by: string): Promise<void>;
  tick(tx: Tx): Promise<void>;
  resume(tx: Tx): Promise<void>;
}

export function createSuccessors(
  context: Context,
  deps: SuccessorParts & { contacts: Contacts; generations: Generations; facts(store: string): StoreFacts },
): Successors {
  const { clock, crypto, groups } = context;
  const { contacts, epochs, profiles } = deps;
  const outOfLabels: Successors["outOfLabels"] = createTxEvent();
  const founded: Successors["founded"] = createTxEvent();
  const invitedOver: Successors["invitedOver"] = createTxEvent();
  const views = createSuccessorViews(context, deps);
  const effects = createSuccessorEffects(context, { ...deps, views, outOfLabels, founded });
  const runner = createRunner<SuccessorState, SuccessorEvent, SuccessorEffect>(
    context,
    { name: "successor", codec: successorCodec, step: stepSuccessor, timers: successorTimers },
    {
      perform: effects.perform,
      onTimer: async (tx, id) => {
        const held = await epochs.current(tx, id);
        const isCaughtUp = held !== undefined && deps.facts(held.store).isReady();
        await handle(tx, id, { type: "timer", isCaughtUp });
      },
    },
  );

  async function handle(tx: Tx, id: string, happened: Viewless<SuccessorEvent>): Promise<void> {
    await runner.handle(tx, id, { ...happened, view: await views.view(tx, id) });
  }

  async function decide(tx: Tx, id: string, without: readonly string[]): Promise<number> {
    const { founders, isBlocked, self } = await views.view(tx, id);
    if (!founders.includes(self) || !isBlocked || without.includes(self)) throw new PliError("not_allowed");
    const members = new Set((await listMembers(tx, id)).map(({ profile }) => profile));
    if (!without.every((profile) => members.has(profile))) throw new PliError("member_unknown");
    if (without.length > MAX_WITHOUT) throw new PliError("request_malformed");
    await handle(tx, id, { type: "decided", without });
    return (await views.operation(tx, id))?.id ?? damaged("operation");
  }

  async function called(tx: Tx, { conversation, sender: by, held }: Place, without: readonly string[]): Promise<void> {
    const { id, generation } = conversation;
    const mayCall = (await views.founders(tx, held)).includes(by);
    const isHere = held.generation === generation;
    const offers = await countOursFor(tx, { contact: by, use: offersFor(id), now: clock.now(), ms: DAY_MS });
    await handle(tx, id, { type: "called", by, without, epoch: held.id, mayCall, isHere, offers });
  }

  async function offered(tx: Tx, { conversation: { id }, sender: by, held }: Place, bytes: Uint8Array): Promise<void> {
    if (!(await isOfferOf(tx, by, bytes))) return;
    const without = (await views.operation(tx, id))?.operation.without ?? [];
    const staying = await views.staying(tx, id, without);
    const isOffered = (await listPendingOperations(tx, id)).some(
      ({ operation }) => operation.kind === "bring" && operation.profile === by,
    );
    await handle(tx, id, { type: "offered", by, epoch: held.id, keyPackage: toHex(bytes), staying, isOffered });
  }

  /** A key package of this very person, made for us. */
  async function isOfferOf(tx: Tx, sender: string, keyPackage: Uint8Array): Promise<boolean> {
    const now = Math.floor(clock.now() / 1000);
    const check = contacts.leafCheckOf({ id: sender, generation: await deps.generations.of(tx, sender) });
    const checked = await groups.checkKeyPackage(keyPackage, now, check);
    if (!checked.ok) return false;
    const { consent } = checked.value;
    return consent !== undefined && crypto.equal(consent, consentToAdd((await profiles.get(tx)).card.id));
  }

  async function invited(tx: Tx, { conversation, sender }: Place, invitation: Invitation): Promise<void> {
    const isOfThis = crypto.equal(invitation.conversation, conversation.shared);
    if (isOfThis && (await mayInviteToSuccessor(tx, conversation.id, sender)))
      await invitedOver.emit(tx, { by: sender, invitation });
  }

  async function mayInviteToSuccessor(tx: Tx, id: string, by: string): Promise<boolean> {
    return leadsToSuccessor(await runner.find(tx, id), by, await views.view(tx, id));
  }

  async function isFounder(tx: Tx, id: string, profile: string): Promise<boolean> {
    return (await views.view(tx, id)).founders.includes(profile);
  }

  async function mayComeOver(tx: Tx, id: string, profile: string): Promise<boolean> {
    return !isLeftBehind(await runner.find(tx, id), profile) && views.wasInLast(tx, id, profile);
  }

  async function comingOver(tx: Tx, id: string, added: readonly string[]): Promise<readonly string[]> {
    if (added.length === 0) return added;
    const [state, last] = [await runner.find(tx, id), await views.lastMembers(tx, id)];
    return added.filter((who) => last.has(who) && !isLeftBehind(state, who));
  }

  async function onMigrated(tx: Tx, id: string, by: string): Promise<void> {
    const suspects = ((await findSuspects(tx, id)) ?? []).map((who) => who.id);
    await handle(tx, id, { type: "migrated", by, suspects });
  }

  async function tick(tx: Tx): Promise<void> {
    for (const id of await runner.ids(tx)) {
      const members = (await listMembers(tx, id)).map(({ profile }) => profile);
      await handle(tx, id, { type: "day", members });
    }
  }

  async function resume(tx: Tx): Promise<void> {
    for (const id of await listBlockedGroups(tx)) {
      const isCalled = (await views.operation(tx, id)) !== undefined;
      await handle(tx, id, { type: isCalled ? "stored" : "blocked" });
    }
  }

  return {
    outOfLabels,
    founded,
    invitedOver,
    suspected: (tx, { conversation, id: epoch }, who) => handle(tx, conversation, { type: "suspected", epoch, who }),
    onOutOfLabels: (tx, id) => handle(tx, id, { type: "blocked" }),
    isOutOfLabels: async (tx, id) => (await findSuspects(tx, id)) !== undefined,
    freed: (tx, id) => handle(tx, id, { type: "freed" }),
    membersChanged: (tx, id, changed) => handle(tx, id, { type: "membersChanged", ...changed }),
    isLeftBehind: async (tx, { conversation, sender }) => isLeftBehind(await runner.find(tx, conversation.id), sender),
    decide,
    mayFound: async (tx, held) => (await views.founders(tx, held)).includes((await profiles.get(tx)).id),
    isFounder,
    mayComeOver,
    comingOver,
    isLeftOutBy: async (tx, id, owner) => (await runner.find(tx, id))?.leftOutBy.includes(owner) === true,
    abandoned: (tx, id, people) => handle(tx, id, { type: "abandoned", ...people }),
    callStored: (tx, id) => handle(tx, id, { type: "stored" }),
    called,
    offered,
    invited,
    tellBehind: async (tx, id, control) => effects.tellBehind(tx, id, await runner.find(tx, id), control),
    mayInviteToSuccessor,
    onMigrated,
    tick,
    resume,
  };
}
