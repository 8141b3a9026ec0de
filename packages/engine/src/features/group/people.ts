import { parseCard, MAX_CARD_BYTES } from "@pli/protocol/identity";
import { toHex } from "@pli/protocol/crypto";
import { restFirst, type Pointer } from "@pli/protocol/conversation";
import { sealObject } from "@pli/protocol/object";
import type { Context, Tx } from "../../runtime/context.ts";
import { FEED } from "../../delivery/port.ts";
import type { Delivery } from "../../delivery/port.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import type { Generations } from "../../people/generations.ts";
import { isNewerCard } from "../../people/newer-card.ts";
import type { Profile } from "../../people/profile.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { fetchLazily } from "../../delivery/feed/lazily.ts";
import { groupsOf } from "./members.table.ts";
import { findPerson, nameOf, saveCard, saveCardPointer } from "./people.table.ts";
import { replaceInChanges } from "../messages/messages.table.ts";
import { SEED_BYTES, type Talk } from "./talk.ts";

/**
 * A card that was stored longer ago is stored again before others hear of it: then the feed has
 * just shown it to them, and nobody asks the store for it.
 */
const CARD_FRESH_MS = 600_000;
/** Cards fetched at once. */
const AT_ONCE = 4;

/**
 * The people of groups who are not contacts: their names as told, until their own signed cards are
 * here.
 */
export interface People {
  /** Where somebody says that their own card is: fetched when there is time. */
  pointed(tx: Tx, profile: string, store: string, card: Pointer): Promise<void>;
  /** Their own signed card. Gives the two names when it changes one that was known. */
  showed(tx: Tx, profile: string, card: Uint8Array): Promise<{ from: string; to: string } | undefined>;
  /** Puts our card where members of our groups can fetch it, and tells this group. */
  announce(tx: Tx, conversation: string, profile: Profile): Promise<void>;
  /** The same without telling anybody: who founds a group is not alone in it for long. */
  introduce(tx: Tx, store: string, profile: Profile): Promise<void>;
  /** Nothing more is fetched of what this person told. */
  forget(profile: string): void;
}

export function createPeople(
  context: Context,
  deps: { generations: Generations; talk: Talk; queue: SendQueue; delivery(store: string): Delivery },
): People {
  const { budgets, clock, crypto } = context;
  /** Cards to fetch, by whose they are: of what somebody says again and again the last counts. */
  const waiting = new Map<string, () => Promise<void>>();
  let running = 0;

  async function pointed(tx: Tx, profile: string, store: string, card: Pointer): Promise<void> {
    await saveCardPointer(tx, profile, card);
    if (!(await budgets.take(tx, "downloads", profile, MAX_CARD_BYTES))) return;
    tx.after(() => {
      waiting.set(profile, () => fetchCard(profile, store, card));
      if (running < AT_ONCE) void fetchWaiting();
    });
  }

  async function fetchWaiting(): Promise<void> {
    running += 1;
    for (const [profile, fetch] of waiting) {
      waiting.delete(profile);
      await fetch().catch(() => undefined);
    }
    running -= 1;
  }

  async function fetchCard(profile: string, store: string, { seed }: Pointer): Promise<void> {
    const card = await fetchLazily(clock, deps.delivery(store), { seed, maxBytes: MAX_CARD_BYTES });
    if (card !== undefined) await context.transact((tx) => showed(tx, profile, card));
  }

  async function showed(tx: Tx, profile: string, bytes: Uint8Array): Promise<{ from: string; to: string } | undefined> {
    const card = parseCard(crypto, bytes);
    if (!card.ok || toHex(card.value.id) !== profile) return undefined;
    if (card.value.generation < (await deps.generations.of(tx, profile))) return undefined;
    const known = await findPerson(tx, profile);
    const before = known?.card && parseCard(crypto, known.card);
    if (before?.ok === true && !isNewerCard(card.value, before.value, clock.now())) return undefined;
    if (known === undefined || known.name === "") await nameInHistory(tx, profile, card.value.name);
    await saveCard(tx, profile, { name: card.value.name, bytes });
    await deps.generations.saw(tx, profile, card.value.generation);
    tx.changed("conversations", "contacts");
    const from = before?.ok === true ? before.value.name : undefined;
    return from === undefined || from === card.value.name ? undefined : { from, to: card.value.name };
  }

  /** Lines written before the name was known get it, and messages are shown with it. */
  async function nameInHistory(tx: Tx, profile: string, name: string): Promise<void> {
    const unnamed = await nameOf(tx, profile);
    for (const conversation of await groupsOf(tx, profile)) {
      const [before, after] = [unnamed, name].map((one) => JSON.stringify({ id: profile, name: one })) as [
        string,
        string,
      ];
      await replaceInChanges(tx, conversation, before, after);
    }
  }

  async function announce(tx: Tx, conversation: string, profile: Profile): Promise<void> {
    const { store } = await deps.talk.conversation(tx, conversation);
    const card = await ownPointer(tx, store, profile);
    await deps.talk.send(tx, conversation, { name: "group-card", card });
  }

  /**
   * One object for all groups of a store that hear of it at one time, while the card is the same.
   */
  async function ownPointer(tx: Tx, store: string, profile: Profile): Promise<Pointer> {
    const hash = toHex(crypto.sha256(profile.card.bytes));
    const key = cardKey(store);
    const kept = await findMeta<OwnCard>(tx, key);
    const length = profile.card.bytes.length;
    if (kept?.hash === hash && clock.since(kept.at) < CARD_FRESH_MS)
      return { seed: deps.talk.bytes(kept.seed), length };
    const seed = crypto.random(SEED_BYTES);
    await deps.queue.add(tx, {
      stream: key,
      store,
      reference: "",
      puts: restFirst(sealObject(crypto, seed, FEED, profile.card.bytes)),
    });
    const own: OwnCard = { hash, seed: toHex(seed), at: clock.now() };
    await saveMeta(tx, key, own);
    await saveCard(tx, profile.id, profile.card);
    await saveCardPointer(tx, profile.id, { seed, length });
    return { seed, length };
  }

  return {
    pointed,
    showed,
    announce,
    introduce: async (tx, store, profile) => void (await ownPointer(tx, store, profile)),
    forget: (profile) => void waiting.delete(profile),
  };
}

/** Where our card stands in a store, since when, and of which card it is. */
interface OwnCard {
  readonly hash: string;
  readonly seed: string;
  readonly at: number;
}

/** Where the object with our own card is at a store. */
const cardKey = (store: string): string => `card ${store}`;

/** A store has moved, and the object with our card with it. */
export async function moveOwnCard(tx: Tx, from: string, to: string): Promise<void> {
  const card = await findMeta<OwnCard>(tx, cardKey(from));
  if (card !== undefined && (await findMeta(tx, cardKey(to))) === undefined) await saveMeta(tx, cardKey(to), card);
  await deleteMeta(tx, cardKey(from));
}
