/** What this person chose and read in each conversation. */
import { fromHex, toHex } from "@pli/protocol/crypto";
import type { MessageView } from "../../api/views.ts";
import { findShared, getConversation, listMuted, setMuted } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";
import type { SelfKeys } from "../../people/self-map.ts";
import type { Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { findOrderOf } from "../messages/messages.table.ts";
import { readElsewhere } from "../messages/reading.ts";

const READ = "read-elsewhere";

/**
 * By the name that all members have for a conversation. `muted/…`: one byte, 1 or 0. `read/…`: the
 * id of the last message that was read; each device takes the later one, in its own order.
 */
export function createConversationKeys({ ownDevices }: Pick<Kit, "ownDevices">): {
  readonly keys: Readonly<Record<string, SelfKeys>>;
  /** A message has come: it may have been read on another device before. */
  received(tx: Tx, message: MessageView): Promise<void>;
} {
  const localOf = async (tx: Tx, shared: string): Promise<string | undefined> =>
    (await findShared(tx, fromHex(shared) ?? new Uint8Array(0)))?.id;

  async function readUpTo(tx: Tx, shared: string, value: Uint8Array): Promise<void> {
    const id = await localOf(tx, shared);
    const message = toHex(value);
    const order = id === undefined ? undefined : await findOrderOf(tx, id, message);
    if (id !== undefined && order !== undefined) await readElsewhere(tx, id, order);
    else await saveMeta(tx, `${READ} ${shared}`, message);
  }

  async function received(tx: Tx, { id, conversation, order }: MessageView): Promise<void> {
    if ((await ownDevices.others(tx)).length === 0) return;
    const shared = toHex((await getConversation(tx, conversation)).shared);
    if ((await findMeta<string>(tx, `${READ} ${shared}`)) !== id) return;
    await deleteMeta(tx, `${READ} ${shared}`);
    await readElsewhere(tx, conversation, order);
  }

  return {
    received,
    keys: {
      muted: {
        apply: async (tx, shared, value) => {
          const id = await localOf(tx, shared);
          if (id !== undefined) await setMuted(tx, id, value[0] === 1);
        },
        collect: async (tx) => (await listMuted(tx)).map((shared) => [toHex(shared), Uint8Array.of(1)] as const),
      },
      read: { apply: readUpTo, collect: async () => [] },
    },
  };
}
