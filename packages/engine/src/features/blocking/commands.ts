import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Tx } from "../../runtime/context.ts";
import type { TxEvent } from "../../runtime/tx-event.ts";
import { listWithContact } from "../messages/messages.table.ts";
import type { Blocking } from "./blocking.ts";

export function createBlockingCommands(kit: Kit, { blocking, begun }: { blocking: Blocking; begun: TxEvent<Contact> }) {
  const { contacts, erasing, queue, selfMap, sending } = kit;

  async function eraseOf(tx: Tx, contact: string): Promise<void> {
    const all = await listWithContact(tx, contact);
    for (const { id } of all) await sending.takeBack(tx, id);
    await erasing.erase(tx, all);
  }

  async function unblocked(tx: Tx, contact: Contact): Promise<void> {
    await blocking.end(tx, contact);
    tx.after(queue.kick);
  }

  return {
    block: async (tx, { contact: id, blocked, erase = false }) => {
      const before = await contacts.find(tx, id);
      await contacts.setBlocked(tx, id, blocked);
      const contact = await contacts.find(tx, id);
      if (blocked && erase) await eraseOf(tx, id);
      if (contact === undefined || before?.blocked === blocked) return;
      await selfMap.set(tx, `blocked/${id}`, Uint8Array.of(blocked ? 1 : 0));
      if (!blocked) return unblocked(tx, contact);
      await blocking.begin(tx, contact);
      await begun.emit(tx, contact);
    },
  } satisfies Partial<CommandHandlers>;
}
