/**
 * Requests of this device to the others of its person: one is open at a time, each at a place of
 * its day that was not used (docs/protocol.md, sections 7.5 and 7.6).
 */
import { restFirst } from "@pli/protocol/conversation";
import { fromHex, toHex, type KeyPair } from "@pli/protocol/crypto";
import { sealObject } from "@pli/protocol/object";
import { FEED, type ObjectAnswer } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import { withdrawItems } from "../../delivery/queue/send-queue.table.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { today } from "../direct/feed-days.ts";

/** A device asks again when it has heard nothing for so long: the store still has the first one. */
const AGAIN_DAYS = 7;
/** A device that is put back to the same copy again and again writes so much, and no more. */
const A_DAY = 32;

interface Place {
  readonly day: number;
  readonly index: number;
}

/** A request that nobody has answered yet. Secret. */
interface Open extends Place {
  readonly kemKey: string;
  readonly kemSecret: string;
}

/** A request as it leaves, and where its answer is awaited. */
export interface Written {
  readonly store: string;
  readonly bytes: Uint8Array;
  readonly seeds: { readonly request: Uint8Array; readonly answer: Uint8Array };
  readonly maxAnswer: number;
}

export interface Requests {
  /** Opens the next one of today, in place of the one that is open. */
  open(tx: Tx): Promise<void>;
  close(tx: Tx): Promise<void>;
  isOpen(tx: Tx): Promise<boolean>;
  /** One that nobody answered for long is made again; one that came to nothing too. */
  look(tx: Tx): Promise<void>;
}

export function createRequests(
  { clock, crypto, transact }: Context,
  deps: {
    /** Of its rows and streams. */
    readonly name: string;
    readonly queue: SendQueue;
    readonly watches: Watches;
    /** Undefined: there is nothing to ask. */
    write(tx: Tx, place: Place, kem: KeyPair): Promise<Written | undefined>;
    /** False: it is no answer, and the device asks again. The request is closed by now. */
    answered(tx: Tx, place: Place, kem: KeyPair, answer: Uint8Array): Promise<boolean>;
  },
): Requests {
  const { name, queue, watches } = deps;
  const [stream, openKey, lastKey] = [`${name}-request`, `${name}-open`, `${name}-last`];

  queue.serve(stream, { created: async (tx) => tx.after(queue.kick), taken: openNext });
  watches.onObject(stream, { take: (_, place, answer) => transact((tx) => takeAnswer(tx, place, answer)) });

  const find = (tx: Tx): Promise<Open | undefined> => findMeta<Open>(tx, openKey);

  /** The last one is not open any more: its place is taken. */
  async function openNext(tx: Tx): Promise<void> {
    if ((await find(tx)) !== undefined) await open(tx);
  }

  async function open(tx: Tx): Promise<void> {
    await close(tx);
    const day = today(clock);
    const last = await findMeta<Place>(tx, lastKey);
    const index = last?.day === day ? last.index + 1 : 0;
    if (index >= A_DAY) return;
    const [place, kem] = [{ day, index }, crypto.kemKeyPair()];
    const written = await deps.write(tx, place, kem);
    if (written === undefined) return;
    const { store, bytes, seeds, maxAnswer } = written;
    await saveMeta(tx, lastKey, place);
    const keys = { kemKey: toHex(kem.publicKey), kemSecret: toHex(kem.secretKey) };
    await saveMeta(tx, openKey, { ...place, ...keys } satisfies Open);
    tx.changed("devices");
    const puts = restFirst(sealObject(crypto, seeds.request, FEED, bytes));
    await queue.add(tx, { stream: `${stream} `, store, reference: "request", puts });
    const answer = { store, seed: seeds.answer, maxBytes: maxAnswer };
    await watches.add(tx, { owner: `${stream} `, name: nameOf(place), ...answer });
  }

  async function close(tx: Tx): Promise<void> {
    await deleteMeta(tx, openKey);
    tx.changed("devices");
    await watches.remove(tx, `${stream} `);
    await withdrawItems(tx, `${stream} `, () => true);
  }

  async function takeAnswer(tx: Tx, place: string, answer: ObjectAnswer): Promise<void> {
    const asked = await find(tx);
    await watches.done(tx, `${stream} `, place);
    if (answer.type !== "object" || asked === undefined || nameOf(asked) !== place) return;
    const { day, index } = asked;
    await close(tx);
    if (!(await deps.answered(tx, { day, index }, kemOf(asked), answer.bytes))) await open(tx);
  }

  async function look(tx: Tx): Promise<void> {
    const asked = await find(tx);
    if (asked === undefined || Math.abs(today(clock) - asked.day) >= AGAIN_DAYS) await open(tx);
  }

  return { open, close, isOpen: async (tx) => (await find(tx)) !== undefined, look };
}

const nameOf = ({ day, index }: Place): string => `${day} ${index}`;
const kemOf = ({ kemKey, kemSecret }: Open): KeyPair => ({
  publicKey: fromHex(kemKey) ?? damaged("request"),
  secretKey: fromHex(kemSecret) ?? damaged("request"),
});
