import { MAX_PICTURE_BYTES, type Rules } from "@pli/protocol/group";
import { fromBase64Url, toBase64Url, toHex } from "@pli/protocol/crypto";
import { restFirst } from "@pli/protocol/conversation";
import { sealObject } from "@pli/protocol/object";
import type { Context, Tx } from "../../runtime/context.ts";
import { findPicture, savePicture, type Conversation } from "../../epochs/conversations.table.ts";
import { PliError } from "../../runtime/errors.ts";
import { FEED } from "../../delivery/port.ts";
import type { Delivery } from "../../delivery/port.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import type { PicturePlace } from "./pending-operations.table.ts";
import { fetchLazily } from "../../delivery/feed/lazily.ts";
import { SEED_BYTES } from "./talk.ts";

/** The first bytes of the image formats that every client shows. */
const MAGIC: readonly (readonly number[])[] = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  [0x52, 0x49, 0x46, 0x46],
];

/** The pictures of groups: stored as objects, named by the rules, kept on this device. */
export interface Pictures {
  /**
   * Puts a picture into the store for a group. Rejects with `picture_malformed`,
   * `picture_too_large`.
   */
  add(tx: Tx, conversation: Conversation, base64: string): Promise<PicturePlace>;
  /** Keeps a picture that came with the roster, if it is the one the rules name. */
  keep(tx: Tx, conversation: string, rules: Rules, picture: Uint8Array): Promise<void>;
  /** The rules name a picture, or none: what is kept follows. */
  follow(tx: Tx, conversation: string, store: string, rules: Rules): Promise<void>;
}

export function createPictures(
  context: Context,
  deps: { queue: SendQueue; delivery(store: string): Delivery },
): Pictures {
  const { crypto } = context;

  async function add(tx: Tx, { id, store }: Conversation, base64: string): Promise<PicturePlace> {
    const bytes = fromBase64Url(base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""));
    if (bytes === undefined || !isPicture(bytes)) throw new PliError("picture_malformed");
    if (bytes.length > MAX_PICTURE_BYTES) throw new PliError("picture_too_large");
    const seed = crypto.random(SEED_BYTES);
    await deps.queue.add(tx, {
      stream: `picture ${id}`,
      store,
      reference: "",
      puts: restFirst(sealObject(crypto, seed, FEED, bytes)),
    });
    await savePicture(tx, id, bytes);
    return { seed: toHex(seed), length: bytes.length, hash: toHex(crypto.sha256(bytes)) };
  }

  async function keep(tx: Tx, conversation: string, { picture }: Rules, bytes: Uint8Array): Promise<void> {
    const isIt = picture !== undefined && crypto.equal(crypto.sha256(bytes), picture.hash);
    if (isIt && isPicture(bytes)) await savePicture(tx, conversation, bytes);
  }

  async function follow(tx: Tx, conversation: string, store: string, rules: Rules): Promise<void> {
    const { picture } = rules;
    const known = await findPicture(tx, conversation);
    if (picture === undefined) return known === undefined ? undefined : savePicture(tx, conversation, undefined);
    if (known !== undefined && crypto.equal(crypto.sha256(known), picture.hash)) return;
    if (!(await context.budgets.take(tx, "downloads", conversation, picture.length))) return;
    tx.after(() => void fetch(conversation, store, rules, picture.seed).catch(() => undefined));
  }

  async function fetch(conversation: string, store: string, rules: Rules, seed: Uint8Array): Promise<void> {
    const picture = await fetchLazily(context.clock, deps.delivery(store), { seed, maxBytes: MAX_PICTURE_BYTES });
    if (picture !== undefined) await context.transact((tx) => keep(tx, conversation, rules, picture));
  }

  return { add, keep, follow };
}

function isPicture(bytes: Uint8Array): boolean {
  return MAGIC.some((magic) => magic.every((byte, i) => bytes[i] === byte));
}

/** Standard base64, as a data URL has it. */
export function base64(bytes: Uint8Array): string {
  const url = toBase64Url(bytes).replaceAll("-", "+").replaceAll("_", "/");
  return url.padEnd(Math.ceil(url.length / 4) * 4, "=");
}
