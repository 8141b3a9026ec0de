/**
 * Brings back the devices of others that cannot go on in a group, or tells them where this one
 * stands. How it helps is decided by `protocol/group/rejoin/helping.ts`.
 */
import {
  consentToRejoin,
  helpFor,
  missedSince,
  profileOf,
  seatFrom,
  type GroupControl,
  type MemberState,
  type Missed,
} from "@pli/protocol/group";
import type { Member } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import { findConversation, findGroup, type Conversation } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs, HeldEpoch } from "../../epochs/epochs.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { Bringing } from "./bringing.ts";
import type { Changes } from "./changes.ts";
import { findForkState } from "./fork-state.ts";
import { deletePendingOperation, listPendingOperations } from "./pending-operations.table.ts";
import { placeFrom } from "./places.ts";
import type { RejoinAnswers } from "./rejoin-answers.ts";
import type { Successors } from "./successors.ts";

type Rejoin = GroupControl & { readonly name: "group-rejoin" };
/**
 * The leaf of a device that asks, or of another one of its person, and whether its key package
 * consents to taking that leaf's place.
 */
type Seat = {
  readonly leaf: Member | undefined;
  /** Whose leaf it is, where it is not that of the device that asks. */
  readonly other: string | undefined;
  readonly device: string;
  readonly generation: number;
  readonly consents: boolean;
};

export interface Returns {
  /** `device`: of the contact, which asks. */
  asked(tx: Tx, contact: Contact, request: Rejoin, device: string): Promise<void>;
  /**
   * A contact says that they are out of a group: nobody brings them back, and who lists them asks
   * for their word, by naming their leaf.
   */
  saidOut(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void>;
  /** No change of the group is possible any more: those whom it was to bring back hear of it. */
  onBlocked(tx: Tx, conversation: string): Promise<void>;
}

export function createReturns(
  { clock, crypto, groups }: Context,
  deps: {
    bringing: Bringing;
    changes: Changes;
    contacts: Contacts;
    epochRoles: EpochRoles;
    epochs: Epochs;
    profiles: Profiles;
    rejoinAnswers: RejoinAnswers;
    successors: Pick<Successors, "mayComeOver" | "isOutOfLabels">;
  },
): Returns {
  const { contacts, profiles, epochs, rejoinAnswers, successors } = deps;

  /** Repair path 6/9: a contact gets the question, and queues the replacement of the leaf. */
  async function asked(tx: Tx, contact: Contact, request: Rejoin, asker: string): Promise<void> {
    const conversation = await findGroup(tx, request.conversation);
    if (conversation === undefined || conversation.state === "joining") return;
    const held = conversation.state === "left" ? undefined : await epochs.current(tx, conversation.id);
    if (held === undefined) return rejoinAnswers.answer(tx, contact, conversation, { standing: "out", asker });
    const { leaf, other, device, generation, consents } = await seatOf(tx, held, contact, request, asker);
    const self = standingIn(conversation);
    const isMember = leaf !== undefined;
    const isBlocked = self === "goesOn" && isMember && (await successors.isOutOfLabels(tx, held.conversation));
    const help = helpFor({ self, isMember, isBlocked, consents });
    if (help === "outside") return outside(tx, contact, conversation, asker);
    const said = { held, leaf, device: other, asker };
    if (help.answer !== undefined)
      await rejoinAnswers.answer(tx, contact, conversation, { standing: help.answer, ...said });
    if (!help.brings || leaf === undefined) return;
    await deps.bringing.later(tx, held, {
      kind: "replace",
      profile: contact.id,
      device,
      keyPackage: toHex(request.keyPackage),
      replaces: toHex(leaf.encryptionKey),
      ...(generation > 0 && { generation }),
      since: await missedOf(tx, held, contact.id, request),
    });
  }

  async function missedOf(tx: Tx, held: HeldEpoch, who: string, { place }: Rejoin): Promise<Missed> {
    return missedSince({
      history: await findForkState(tx, held.conversation),
      who,
      self: (await profiles.get(tx)).id,
      place: place === null ? undefined : placeFrom(place),
      isOpen: deps.epochRoles.rules(held)?.newcomersRead === "week",
    });
  }

  async function saidOut(tx: Tx, contact: Contact, shared: Uint8Array): Promise<void> {
    const conversation = await findGroup(tx, shared);
    const held = conversation && (await epochs.current(tx, conversation.id));
    if (conversation === undefined || held === undefined || conversation.state === "left") return;
    const leaf = groups.members(held.epoch.group).find((member) => profileOf(member) === contact.id);
    for (const { id, operation } of await listPendingOperations(tx, conversation.id))
      if (operation.kind === "replace" && operation.profile === contact.id) await deletePendingOperation(tx, id);
    if (leaf === undefined) return;
    await rejoinAnswers.answer(tx, contact, conversation, { standing: standingIn(conversation), held, leaf });
  }

  async function onBlocked(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    const held = await epochs.current(tx, id);
    if (conversation === undefined || held === undefined) return;
    for (const { operation } of await listPendingOperations(tx, id)) {
      const contact = operation.kind === "replace" ? await contacts.find(tx, operation.profile) : undefined;
      const leaf = groups.members(held.epoch.group).find((member) => profileOf(member) === contact?.id);
      if (contact === undefined || contact.blocked || leaf === undefined) continue;
      await rejoinAnswers.answer(tx, contact, conversation, { standing: "stuck", held, leaf });
    }
  }

  /**
   * Somebody who was in the group before this successor group comes over like all others; anybody
   * else is out of it.
   */
  async function outside(tx: Tx, contact: Contact, conversation: Conversation, asker: string): Promise<void> {
    const { id } = conversation;
    if (!(await successors.mayComeOver(tx, id, contact.id)))
      return rejoinAnswers.refuse(tx, contact, conversation, asker);
    const isWanted = (await listPendingOperations(tx, id)).some(
      ({ operation }) => operation.kind === "add" && operation.profiles.includes(contact.id),
    );
    if (!isWanted) await deps.changes.want(tx, id, { kind: "add", profiles: [contact.id] });
  }

  async function seatOf(tx: Tx, held: HeldEpoch, contact: Contact, request: Rejoin, asker: string): Promise<Seat> {
    const { group } = held.epoch;
    const theirs = groups.members(group).filter((member) => profileOf(member) === contact.id);
    const now = Math.floor(clock.now() / 1000);
    const { keyPackage, conversation } = request;
    const checked =
      keyPackage.length === 0
        ? undefined
        : await groups.checkKeyPackage(keyPackage, now, contacts.leafCheckOf(contact));
    // A device that has no leaf, as one that was restored: the longest there of its person's.
    const own = theirs.find((member) => deviceOf(member) === asker) ?? theirs[0];
    const meant = { leaf: own, other: own && otherThan(asker, own), device: "", generation: 0, consents: false };
    if (checked?.ok !== true) return meant;
    const { device, generation } = seatFrom(checked.value.credential) ?? damaged("credential");
    const { consent } = checked.value;
    const helper = (await profiles.get(tx)).card.id;
    const groupId = groups.groupId(group);
    const named = theirs.find(
      ({ encryptionKey }) =>
        consent !== undefined &&
        crypto.equal(consent, consentToRejoin(crypto, { conversation, groupId, encryptionKey }, helper)),
    );
    const same = theirs.find((member) => deviceOf(member) === device);
    const isFree = same === undefined || same === named;
    if (named === undefined || !isFree) return { ...meant, device, generation };
    return { ...meant, leaf: named, device, generation, consents: true };
  }

  return { asked, saidOut, onBlocked };
}

const deviceOf = ({ credential }: Member): string | undefined => seatFrom(credential)?.device;

/** Whose leaf this is, if it is not that of this device. */
function otherThan(asker: string, leaf: Member): string | undefined {
  const device = deviceOf(leaf);
  return device === asker ? undefined : device;
}

const standingIn = ({ state }: Conversation): MemberState => (state === "ready" ? "goesOn" : "stuck");
