/** What the reducer of coming back asks for, done; and what it needs to know of the group. */
import {
  consentsAtOnce,
  isLeader,
  type Helper,
  type LeafName,
  type RejoinState,
  type RejoiningEffect,
  type RejoiningEvent,
} from "@pli/protocol/group";
import type { Context, Tx } from "../../runtime/context.ts";
import type { TxEvent } from "../../runtime/tx-event.ts";
import { fractionFrom, shuffled } from "../../runtime/chance.ts";
import type { Commits } from "../../epochs/commits.ts";
import { findConversation, setConversationState } from "../../epochs/conversations.table.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Contacts } from "../../people/contacts.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Consents } from "./consents.ts";
import type { Successors } from "./successors.ts";
import { listMembers } from "./members.table.ts";
import { ownLeafOf, placeOf } from "./places.ts";
import type { Talk } from "./talk.ts";
import { withdrawCommits } from "../../epochs/own-commits.ts";

/** How looking for a way back ended. */
export interface RejoinOutcomes {
  /** Nobody was ahead: the group continues here, in a fresh epoch, and the others hear of it. */
  readonly resumed: TxEvent<{ readonly conversation: string; readonly state: RejoinState }>;
  /** The others passed over the commit with which `by` was to put this person out. */
  readonly notRemoved: TxEvent<{ readonly conversation: string; readonly by: string }>;
  /** This device writes nothing there until it is brought back. */
  readonly stopped: TxEvent<string>;
  /** This device is out of the group, by what `by` did or says. */
  readonly ended: TxEvent<{ readonly conversation: string; readonly by: string }>;
}

export interface RejoinParts {
  readonly contacts: Contacts;
  readonly epochs: Epochs;
  readonly consents: Consents;
  readonly talk: Talk;
  readonly commits: Commits;
  readonly ownDevices: OwnDevices;
  readonly successors: Pick<Successors, "mayFound" | "abandoned" | "isLeftOutBy">;
}

export interface RejoinEffects {
  /** Gives the event that answers the effect. `state`: as the step left it. */
  perform(tx: Tx, id: string, effect: RejoiningEffect, state: RejoinState): Promise<RejoiningEvent | undefined>;
  /** A look at the group and at the contacts who can help; undefined: there is no such group. */
  look(tx: Tx, id: string): Promise<RejoiningEvent | undefined>;
  /** Contacts who are not blocked, in random order. */
  helpers(tx: Tx, id: string): Promise<Helper[]>;
}

export function createRejoinEffects(
  context: Context,
  deps: RejoinParts &
    RejoinOutcomes & {
      /** Nothing is looked for any more. */
      forget(tx: Tx, conversation: string): Promise<void>;
    },
): RejoinEffects {
  const { clock, crypto, groups } = context;
  const { contacts, epochs, talk } = deps;

  /** Repair path 5/9: the effects of the reducer, in the transaction that saves its state. */
  async function perform(
    tx: Tx,
    id: string,
    effect: RejoiningEffect,
    state: RejoinState,
  ): Promise<RejoiningEvent | undefined> {
    switch (effect.type) {
      case "look":
        return look(tx, id);
      case "stop":
        await stopWriting(tx, id);
        return undefined;
      case "ask":
        await ask(tx, id, effect, state);
        return undefined;
      case "continue":
        await goOn(tx, id);
        if (effect.cause === "removed") await deps.notRemoved.emit(tx, { conversation: id, by: effect.by ?? "" });
        return undefined;
      case "resume":
        await resume(tx, id, state);
        return undefined;
      case "end":
        await end(tx, id, state);
        return undefined;
      case "found":
        await deps.successors.abandoned(tx, id, { gone: effect.gone, forgotten: effect.forgotten });
        return undefined;
    }
  }

  async function look(tx: Tx, id: string): Promise<RejoiningEvent | undefined> {
    if ((await findConversation(tx, id)) === undefined) return undefined;
    const held = await epochs.current(tx, id);
    const founds = held !== undefined && (await deps.successors.mayFound(tx, held));
    const others = (await listMembers(tx, id)).length - 1;
    return { type: "looked", now: clock.now(), helpers: await helpers(tx, id), others, founds };
  }

  /** No id helps to be asked first: the order is drawn. */
  async function helpers(tx: Tx, id: string): Promise<Helper[]> {
    const roles = new Map((await listMembers(tx, id)).map(({ profile, role }) => [profile, role]));
    const unblocked = (await contacts.all(tx)).filter(({ blocked }) => !blocked);
    return shuffled(unblocked, () => fractionFrom(crypto.random(8))).map(({ id: contact }) => {
      const role = roles.get(contact);
      return { id: contact, member: role !== undefined, leads: isLeader(role) };
    });
  }

  async function stopWriting(tx: Tx, id: string): Promise<void> {
    await withdrawCommits(tx, id);
    const wasIn = (await findConversation(tx, id))?.state === "ready";
    await setConversationState(tx, id, "rejoining");
    if (wasIn) await deps.stopped.emit(tx, id);
  }

  async function ask(
    tx: Tx,
    id: string,
    { who, leaf }: { readonly who: string; readonly leaf?: LeafName },
    state: RejoinState,
  ): Promise<void> {
    const conversation = await findConversation(tx, id);
    const contact = await contacts.find(tx, who);
    if (conversation === undefined || contact === undefined || contact.blocked) return;
    const held = await epochs.current(tx, id);
    const known = held !== undefined && consentsAtOnce(state) ? ownLeafOf(groups, held) : undefined;
    const replaced = leaf ?? known;
    const { shared } = conversation;
    const keyPackage = replaced && (await deps.consents.create(tx, contact, shared, replaced));
    await talk.send(tx, contact.conversation, {
      name: "group-rejoin",
      conversation: shared,
      place: held === undefined ? null : placeOf(groups, held),
      keyPackage: keyPackage ?? new Uint8Array(0),
    });
  }

  async function goOn(tx: Tx, id: string): Promise<void> {
    if ((await findConversation(tx, id))?.state === "rejoining") await setConversationState(tx, id, "ready");
  }

  async function resume(tx: Tx, id: string, state: RejoinState): Promise<void> {
    const held = await epochs.current(tx, id);
    if (held === undefined) return;
    await deps.forget(tx, id);
    await goOn(tx, id);
    if (state.cause === "unopened") await deps.commits.giveUpUnopened(tx, held);
    await deps.resumed.emit(tx, { conversation: id, state });
    if (state.cause === "removed") await deps.notRemoved.emit(tx, { conversation: id, by: state.by ?? "" });
  }

  async function end(tx: Tx, id: string, state: RejoinState): Promise<void> {
    await deps.forget(tx, id);
    const refusing = Object.entries(state.answers).find(([, { standing }]) => standing === "refused");
    const says = refusing?.[0];
    const by = state.cause === "fork" ? (says ?? state.by) : (state.by ?? says);
    await deps.ended.emit(tx, { conversation: id, by: by ?? "" });
  }

  return { perform, look, helpers };
}
