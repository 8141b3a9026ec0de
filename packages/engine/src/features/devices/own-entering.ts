/** How this device comes into the conversations of two that this person has already. */
import { parseOwnLeaf, type OwnLeaf } from "@pli/protocol/devices";
import type { GroupState } from "@pli/protocol/conversation";
import { profileOf } from "@pli/protocol/group";
import { unpadObject } from "@pli/protocol/object";
import { fromHex, toHex } from "@pli/protocol/crypto";
import type { Delivery } from "../../delivery/port.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import {
  findConversation,
  findShared,
  setConversationState,
  setGeneration,
  type Conversation,
} from "../../epochs/conversations.table.ts";
import type { Said } from "../../epochs/contents.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import { withdrawCommits } from "../../epochs/own-commits.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import type { Generations } from "../../people/generations.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, listMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { Rejoining } from "../direct/rejoin.ts";
import type { CatchUp } from "../group/catch-up.ts";
import type { Sending } from "../messages/sending.ts";
import type { SelfConversation } from "./self-conversation.ts";

const WAY = "own-leaf";
const MAX_WELCOME_BYTES = 1_048_576;

/** A way into a conversation of two, until it is gone: it is kept over a stop. */
interface Way {
  readonly seed: string;
  readonly length: number;
  readonly by: string;
}

export interface OwnEntering {
  /** Another device of this person has brought this one, or others, into a conversation of two. */
  told(tx: Tx, said: Said, body: Uint8Array): Promise<void>;
  /** Takes up what a stop interrupted. */
  resume(tx: Tx): Promise<void>;
}

export function createOwnEntering(
  context: Context,
  deps: {
    catchUp: CatchUp;
    contacts: Contacts;
    epochRoles: EpochRoles;
    epochs: Epochs;
    generations: Generations;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    rejoining: Rejoining;
    selfConversation: SelfConversation;
    sending: Sending;
    delivery(store: string): Delivery;
  },
): OwnEntering {
  const { groups } = context;
  const { contacts, epochRoles, epochs, ownDevices } = deps;

  async function told(tx: Tx, { held, leaf }: Said, body: Uint8Array): Promise<void> {
    const way = parseOwnLeaf(body);
    const by = epochRoles.deviceAt(held, leaf);
    const conversation = way && (await findShared(tx, way.conversation));
    if (way === undefined || by === undefined || conversation?.kind !== "direct") return;
    await saveMeta(tx, `${WAY} ${conversation.id}`, { ...keptOf(way), by } satisfies Way);
    begin(tx, conversation);
  }

  const keptOf = ({ seed, length }: OwnLeaf): Omit<Way, "by"> => ({ seed: toHex(seed), length });

  /** The feed waits until this device is in: what is written there meanwhile is not missed. */
  function begin(tx: Tx, { id, store }: Conversation): void {
    tx.before(store, async () => {
      const way = await context.transact((later) => findMeta<Way>(later, `${WAY} ${id}`));
      if (way === undefined) return;
      const place = {
        seed: fromHex(way.seed) ?? damaged("own-leaf"),
        maxBytes: Math.min(2 * MAX_WELCOME_BYTES, way.length),
      };
      const answer = await deps.delivery(store).get.object(place);
      const welcome = answer.type === "object" ? unpadObject(answer.bytes) : undefined;
      await context.transact((later) => enter(later, id, way.by, welcome));
    });
  }

  async function enter(tx: Tx, id: string, by: string, welcome: Uint8Array | undefined): Promise<void> {
    await deleteMeta(tx, `${WAY} ${id}`);
    const conversation = await findConversation(tx, id);
    const contact = await contacts.ofConversation(tx, id);
    if (welcome === undefined || conversation === undefined || contact === undefined) return;
    if (!(await mayFollow(tx, conversation, by))) return;
    const state = await deps.selfConversation.open(tx, welcome);
    if (state === undefined || !(await isOfTheTwo(tx, state, contact))) return;
    if (await isHere(tx, conversation, state)) return;
    await continueIn(tx, conversation, contact, state);
  }

  /** A device that works follows only one that is older: two never follow each other. */
  async function mayFollow(tx: Tx, { state }: Conversation, by: string): Promise<boolean> {
    if (state !== "ready") return true;
    const order = (await ownDevices.list(tx)).devices.map(({ id }) => toHex(id));
    return order.indexOf(by) >= 0 && order.indexOf(by) < order.indexOf(await ownDevices.self(tx));
  }

  async function isOfTheTwo(tx: Tx, state: GroupState, contact: Contact): Promise<boolean> {
    const self = (await deps.profiles.get(tx)).id;
    const people = new Set(groups.members(state).map(profileOf));
    return groups.rules(state) === undefined && people.size === 2 && people.has(self) && people.has(contact.id);
  }

  async function isHere(tx: Tx, { id, state: standing }: Conversation, state: GroupState): Promise<boolean> {
    const held = await epochs.current(tx, id);
    if (held === undefined || standing !== "ready") return false;
    const isSame = toHex(groups.groupId(held.epoch.group)) === toHex(groups.groupId(state));
    return isSame && held.number >= Number(groups.epoch(state));
  }

  async function continueIn(tx: Tx, before: Conversation, contact: Contact, group: GroupState): Promise<void> {
    const { id, store, feed } = before;
    const generation = before.generation + 1;
    await deps.rejoining.continued(tx, contact);
    await deps.generations.sawAll(tx, groups.members(group));
    await setGeneration(tx, id, generation);
    await withdrawCommits(tx, id);
    const held = await epochs.start(tx, { conversation: id, generation, store, feed, group });
    await setConversationState(tx, id, "ready");
    await deps.rejoining.expectOf(tx, contact);
    await deps.sending.enqueueAgain(tx, id);
    await deps.catchUp.look(tx, held);
    tx.after(() => deps.queue.kick());
  }

  async function resume(tx: Tx): Promise<void> {
    for (const [id] of await listMeta<Way>(tx, WAY)) {
      const conversation = await findConversation(tx, id);
      if (conversation !== undefined) begin(tx, conversation);
    }
  }

  return { told, resume };
}
