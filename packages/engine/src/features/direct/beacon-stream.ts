/** What is put at beacons goes its own way: it must not wait behind messages. */
import { restFirst } from "@pli/protocol/conversation";
import { sealObject } from "@pli/protocol/object";
import { FEED } from "../../delivery/port.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { listReferences } from "../../delivery/queue/send-queue.table.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Context, Tx } from "../../runtime/context.ts";

export const BEACON = "beacon";
export const beaconStream = (conversation: string): string => `${BEACON} ${conversation}`;

/** Whether what founds this conversation again has yet to leave. */
export const isBeaconOnItsWay = async (tx: Tx, conversation: string): Promise<boolean> =>
  (await listReferences(tx, beaconStream(conversation))).length > 0;

/** What is put at a beacon, and of an answer by which secret of the two it was asked for. */
const ANSWER = "answer ";
export const answerTo = (tag: string): string => `${ANSWER}${tag}`;
/** The tag of that secret; undefined: it is a request. */
export const answeredTag = (reference: string): string | undefined =>
  reference.startsWith(ANSWER.trimEnd()) ? reference.slice(ANSWER.length) : undefined;

/** `seed`: of the beacon that is asked or answered at. */
export async function putAtBeacon(
  { crypto }: Pick<Context, "crypto">,
  queue: SendQueue,
  tx: Tx,
  p: { contact: Contact; what: string; seed: Uint8Array; bytes: Uint8Array },
): Promise<void> {
  await queue.add(tx, {
    stream: beaconStream(p.contact.conversation),
    store: p.contact.store,
    reference: p.what,
    puts: restFirst(sealObject(crypto, p.seed, FEED, p.bytes)),
  });
}
