/**
 * Ways into groups. From an invitation, or the person's yes, until this device is in or the way
 * ends, the group stands in the list as one that is being joined, with what it waits for.
 */
import { toHex } from "@pli/protocol/crypto";
import type { ConversationView } from "../../api/views.ts";
import { FEED } from "../../delivery/port.ts";
import type { Stores } from "../../delivery/stores.ts";
import {
  deleteConversation,
  findConversation,
  findGroup,
  groupName,
  insertConversation,
  listJoining,
  noteActive,
  setConversationState,
  setGroupName,
  type Conversation,
} from "../../epochs/conversations.table.ts";
import type { Answers } from "./answers.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import { deleteInvitationsInto, deleteInvitationsOf, listInvitations } from "./invitations.table.ts";
import type { Kept } from "./invitations.ts";
import { ANSWERED_WITHIN_MS } from "./offers.ts";
import { named } from "./people.table.ts";
import type { Talk } from "./talk.ts";
import type { WelcomeObjects } from "./welcome-objects.ts";

const LOCAL_ID_BYTES = 16;
/** How long a store that has never answered is called for the sake of a group. */
const CALLED_MS = 7 * 86_400_000;

/** Why and since when this device is on its way into a group. */
export interface Way {
  readonly by: string;
  readonly at: number;
}

const wayKey = (conversation: string): string => `way ${conversation}`;

export const findWay = (tx: Tx, conversation: string): Promise<Way | undefined> => findMeta(tx, wayKey(conversation));

export const saveWay = (tx: Tx, conversation: string, way: Way): Promise<void> =>
  saveMeta(tx, wayKey(conversation), way);

export const forgetWay = (tx: Tx, conversation: string): Promise<void> => deleteMeta(tx, wayKey(conversation));

export interface Ways {
  /** An invitation of `by` led nowhere. */
  readonly failed: TxEvent<{ readonly shared: Uint8Array; readonly by: string }>;
  /** The conversation of a group that this device has never been in. Gives its id. */
  open(tx: Tx, group: Pick<Kept, "shared" | "store" | "feed">): Promise<string>;
  /**
   * An invitation of `by` comes. From the first one on its store is called for some days: another
   * one does not make it longer.
   */
  setOut(tx: Tx, conversation: string, by: string): Promise<void>;
  /** The person comes into a group: the invitation of who asked is awaited, and shown. */
  wait(tx: Tx, group: { shared: string; by: string; title: string; store: string }): Promise<void>;
  /** The person wants to come into it no more, or nobody lets them in. */
  stop(tx: Tx, conversation: string): Promise<void>;
  /**
   * This contact does not wait any more for the person to come: neither does this device, unless an
   * invitation has come.
   */
  withdrawn(tx: Tx, by: string, shared: Uint8Array): Promise<void>;
  /**
   * Nothing that comes from this contact is followed any more. `accepted`: groups, hexadecimal,
   * that were accepted from them.
   */
  stopFrom(tx: Tx, contact: string, accepted: readonly string[]): Promise<void>;
  /** What the invitation of `by` pointed at does not lead into the group. */
  giveUp(tx: Tx, conversation: Conversation, by: string): Promise<void>;
  /** What a group waits for that is being joined. */
  view(tx: Tx, conversation: string): Promise<ConversationView["joining"]>;
  /** Ways that lead nowhere end. */
  tick(tx: Tx): Promise<void>;
}

export function createWays(
  { clock, crypto }: Context,
  deps: {
    talk: Talk;
    objects: WelcomeObjects;
    answers: Pick<Answers, "gaveUp">;
    stores: Pick<Stores, "letGo">;
  },
): Ways {
  const { answers, talk, stores } = deps;
  const failed: Ways["failed"] = createTxEvent();

  async function open(tx: Tx, { shared, store, feed }: Parameters<Ways["open"]>[1]): Promise<string> {
    const id = toHex(crypto.random(LOCAL_ID_BYTES));
    const group = { id, kind: "group", shared: talk.bytes(shared), contact: "" } as const;
    await insertConversation(tx, { ...group, store, feed, generation: 0, state: "joining" }, clock.now());
    await noteActive(tx, id, clock.now());
    return id;
  }

  async function setOut(tx: Tx, id: string, by: string): Promise<void> {
    if ((await findWay(tx, id)) !== undefined && (await isInvited(tx, id))) return;
    await saveWay(tx, id, { by, at: clock.now() });
  }

  const isInvited = async (tx: Tx, id: string): Promise<boolean> => (await listInvitations(tx, id)).length > 0;

  async function wait(tx: Tx, { shared, by, title, store }: Parameters<Ways["wait"]>[1]): Promise<void> {
    if ((await findGroup(tx, talk.bytes(shared))) !== undefined) return;
    const id = await open(tx, { shared, store, feed: FEED });
    await setGroupName(tx, id, title);
    await saveWay(tx, id, { by, at: clock.now() });
  }

  async function stop(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    if (conversation?.state !== "joining") return;
    const invitations = await listInvitations(tx, id);
    await deleteInvitationsInto(tx, id);
    await end(tx, conversation);
    deps.objects.stop(tx, id);
    const called = [conversation.store, ...invitations.map(({ kept }) => kept.store)];
    for (const store of new Set(called)) stores.letGo(tx, store);
  }

  /**
   * Of a group that this device never was in nothing is left; one that it was put out of stays as
   * it was.
   */
  async function end(tx: Tx, { id, generation }: Conversation): Promise<void> {
    if (generation === 0) await deleteConversation(tx, id);
    else await setConversationState(tx, id, "left");
    await forgetWay(tx, id);
    tx.changed("conversations");
  }

  /** In the group already, for the others, this device waits for another way in. */
  async function withdrawn(tx: Tx, by: string, shared: Uint8Array): Promise<void> {
    const conversation = await findGroup(tx, shared);
    const waits = conversation && (await view(tx, conversation.id));
    if (conversation?.state !== "joining" || waits?.by.id !== by || waits.waitsFor !== "inviter") return;
    await answers.gaveUp(tx, shared, await groupName(tx, conversation.id), "withdrawn");
    await stop(tx, conversation.id);
  }

  async function stopFrom(tx: Tx, contact: string, accepted: readonly string[]): Promise<void> {
    await deleteInvitationsOf(tx, contact);
    for (const { id, shared } of await listJoining(tx)) {
      const isTheirs = accepted.includes(toHex(shared)) || (await findWay(tx, id))?.by === contact;
      if (isTheirs && !(await isInvited(tx, id))) await stop(tx, id);
    }
  }

  async function giveUp(tx: Tx, conversation: Conversation, by: string): Promise<void> {
    if (conversation.state !== "joining") return;
    await end(tx, conversation);
    stores.letGo(tx, conversation.store);
    await failed.emit(tx, { shared: conversation.shared, by });
  }

  async function view(tx: Tx, id: string): Promise<ConversationView["joining"]> {
    const way = await findWay(tx, id);
    const conversation = await findConversation(tx, id);
    const [by] = way === undefined ? [] : await named(tx, [way.by]);
    if (way === undefined || by === undefined || conversation === undefined) return undefined;
    const waitsFor = (await isInvited(tx, id)) ? "store" : "inviter";
    return { since: way.at, by, waitsFor, store: conversation.store };
  }

  async function tick(tx: Tx): Promise<void> {
    for (const { id, shared, name } of await listJoining(tx)) {
      const way = await findWay(tx, id);
      const patience = (await isInvited(tx, id)) ? CALLED_MS : ANSWERED_WITHIN_MS;
      if (way === undefined || clock.since(way.at) <= patience) continue;
      await answers.gaveUp(tx, shared, name, "failed");
      await stop(tx, id);
    }
  }

  return { failed, open, setOut, wait, stop, withdrawn, stopFrom, giveUp, view, tick };
}
