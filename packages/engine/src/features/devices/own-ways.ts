/** What another own device needs to come into a conversation of two, and how it hears of it. */
import { encodeOwnLeaf } from "@pli/protocol/devices";
import { restFirst } from "@pli/protocol/conversation";
import { fromHex, toHex } from "@pli/protocol/crypto";
import { padObject, sealObject } from "@pli/protocol/object";
import type { Reported, SendQueue } from "../../delivery/queue/send-queue.ts";
import { findConversation, type Conversation } from "../../epochs/conversations.table.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { OwnTalk } from "./own-talk.ts";

/** The streams of the send queue in which the ways into conversations of two leave. */
export const OWN_LEAVES = "own-leaves";
const SEED_BYTES = 32;

interface Place {
  readonly conversation: string;
  readonly seed: string;
  readonly length: number;
}

export interface OwnWays {
  /** Our commit has brought own devices in: the welcome is stored for them. */
  put(tx: Tx, conversation: Conversation, held: HeldEpoch, welcome: Uint8Array): Promise<void>;
  /** It is stored: the others hear where. */
  stored(tx: Tx, item: Reported): Promise<void>;
}

export function createOwnWays(
  { crypto }: Context,
  { queue, talk }: { readonly queue: SendQueue; readonly talk: OwnTalk },
): OwnWays {
  async function put(tx: Tx, { id }: Conversation, held: HeldEpoch, welcome: Uint8Array): Promise<void> {
    const padded = padObject(welcome);
    const place = { seed: crypto.random(SEED_BYTES), length: padded.length };
    await queue.add(tx, {
      stream: `${OWN_LEAVES} ${id} ${held.number}`,
      store: held.store,
      reference: JSON.stringify({ conversation: id, seed: toHex(place.seed), length: place.length } satisfies Place),
      puts: restFirst(sealObject(crypto, place.seed, held.feed, padded)),
    });
  }

  async function stored(tx: Tx, { reference }: Reported): Promise<void> {
    const { conversation: id, seed, length } = JSON.parse(reference) as Place;
    const conversation = await findConversation(tx, id);
    if (conversation === undefined) return;
    const { shared, store, feed } = conversation;
    const body = encodeOwnLeaf({ conversation: shared, store, feed, seed: fromHex(seed) ?? damaged("seed"), length });
    await talk.say(tx, "own-leaf", body);
  }

  return { put, stored };
}
