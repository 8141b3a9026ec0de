import { MESSAGE_ROW_BYTES } from "../../runtime/budgets.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import type { Contact, Contacts } from "../../people/contacts.ts";
import { deleteMeta, findMeta, listMeta, saveMeta } from "../../runtime/storage/meta.ts";
import type { Dropped } from "../../epochs/contents.ts";
import { findConversation, type Conversation } from "../../epochs/conversations.table.ts";
import type { Stores } from "../../delivery/stores.ts";
import { rememberErased, wasErased } from "../messages/erasing.ts";
import type { Messages } from "../messages/messages.ts";
import type { Receipts } from "../receipts/receipts.ts";
import type { Rejoining } from "../direct/rejoin.ts";

/** How many times at which one contact was blocked are known: the last ones. */
const KNOWN_TIMES = 16;

/**
 * A blocked contact is not read, and does not learn it: between the two it is as if this device
 * were off. Their cells are opened, as anybody's, so that the two are in step afterwards. What is
 * in them is dropped for good, also when it is sent again. Nothing leaves to them, and when the
 * block ends only what waited leaves.
 */
export interface Blocking {
  /** What is owed to them waits from now on. */
  begin(tx: Tx, contact: Contact): Promise<void>;
  /** What waited leaves; of what they wrote meanwhile a line tells how much it was. */
  end(tx: Tx, contact: Contact): Promise<void>;
  /**
   * Whether what this author wrote there is shown to nobody. `sentAt`: as they say; not known of
   * what stands in an object.
   */
  isUnheard(tx: Tx, conversation: Conversation, author: string, sentAt?: number): Promise<boolean>;
  /** It came, and is dropped. `message`: its id and content, where they are known. */
  drop(tx: Tx, conversation: Conversation, author: string, message?: Dropped): Promise<void>;
  /** All that was in the feed of this store before has been read. */
  caughtUp(tx: Tx, store: string): Promise<void>;
}

/** From when to when a contact was blocked. */
interface Time {
  readonly from: number;
  readonly to: number;
  /** The MLS group of the two when it ended: what comes in a later one may be said again. */
  readonly generation: number;
  /** It ended while the feed was not read to its end: what still comes may be of that time. */
  readonly isBehind?: true;
}

/** Since when somebody is blocked, and how much of theirs was dropped since. */
interface Open {
  readonly from: number;
  readonly dropped: number;
}

export function createBlocking(
  context: Context,
  deps: {
    contacts: Contacts;
    messages: Messages;
    receipts: Receipts;
    rejoining: Rejoining;
    stores: Pick<Stores, "isCaughtUp">;
  },
): Blocking {
  const { budgets, clock } = context;
  const { contacts, messages } = deps;

  async function begin(tx: Tx, contact: Contact): Promise<void> {
    await saveMeta(tx, openKey(contact.conversation), { from: clock.now(), dropped: 0 } satisfies Open);
    await deps.rejoining.pause(tx, contact);
  }

  async function end(tx: Tx, contact: Contact): Promise<void> {
    const { conversation: id, store } = contact;
    const conversation = await findConversation(tx, id);
    const { from, dropped } = await openOf(tx, id);
    const time: Time = {
      from,
      to: clock.now(),
      generation: conversation?.generation ?? 0,
      ...(!deps.stores.isCaughtUp(store) && { isBehind: true }),
    };
    await deleteMeta(tx, openKey(id));
    await saveMeta(tx, timesKey(id), [...(await timesOf(tx, id)), time].slice(-KNOWN_TIMES));
    if (dropped > 0) await messages.noteBlocked(tx, id, contact.id, dropped);
    await deps.rejoining.resume(tx, contact);
  }

  async function isUnheard(tx: Tx, conversation: Conversation, author: string, sentAt?: number): Promise<boolean> {
    if ((await contacts.find(tx, author))?.blocked === true) return true;
    if (conversation.kind === "group" || sentAt === undefined) return false;
    return (await timesOf(tx, conversation.id)).some(
      ({ from, to, generation, isBehind }) =>
        from <= sentAt && sentAt < to && (isBehind === true || generation !== conversation.generation),
    );
  }

  /**
   * In a group no receipt is due. Between two it is, as from a device that was off, when the block
   * has ended.
   */
  async function drop(tx: Tx, conversation: Conversation, author: string, message?: Dropped): Promise<void> {
    if (conversation.kind === "group") return messages.noteBlocked(tx, conversation.id, author, 1);
    if (message !== undefined && !(await remember(tx, author, message))) return;
    const isBlocked = (await contacts.find(tx, author))?.blocked === true;
    if (!isBlocked) return messages.noteBlocked(tx, conversation.id, author, 1);
    const open = await openOf(tx, conversation.id);
    await saveMeta(tx, openKey(conversation.id), { ...open, dropped: open.dropped + 1 } satisfies Open);
  }

  /** False: it was dropped before, or is more than one person may cause. */
  async function remember(tx: Tx, author: string, { id, content }: Dropped): Promise<boolean> {
    if (await wasErased(context, tx, author, content)) return false;
    if (!(await budgets.take(tx, "bytes", author, content.length + MESSAGE_ROW_BYTES))) return false;
    await rememberErased(context, tx, author, content);
    await deps.receipts.note(tx, author, [id], "delivered");
    return true;
  }

  async function caughtUp(tx: Tx, store: string): Promise<void> {
    for (const [id, times] of await listMeta<readonly Time[]>(tx, TIMES)) {
      if (!times.some(({ isBehind }) => isBehind) || (await findConversation(tx, id))?.store !== store) continue;
      const read = times.map(({ from, to, generation }): Time => ({ from, to, generation }));
      await saveMeta(tx, timesKey(id), read);
    }
  }

  const timesOf = async (tx: Tx, id: string): Promise<readonly Time[]> =>
    (await findMeta<Time[]>(tx, timesKey(id))) ?? [];

  const openOf = async (tx: Tx, id: string): Promise<Open> =>
    (await findMeta<Open>(tx, openKey(id))) ?? { from: clock.now(), dropped: 0 };

  return { begin, end, isUnheard, drop, caughtUp };
}

const TIMES = "blocked-times";
const timesKey = (conversation: string): string => `${TIMES} ${conversation}`;
const openKey = (conversation: string): string => `blocked-now ${conversation}`;
