import { utf8 } from "@pli/protocol/crypto";
import type { CommandHandlers } from "../../api/handlers.ts";
import { listConversationsNotLeft } from "../../epochs/conversations.table.ts";
import type { Kit } from "../../kit.ts";

/** What a person does about their own name, and about the names they give. */
export function createPeopleCommands({ profiles, contacts, selfMap, sending }: Kit) {
  return {
    createProfile: (tx, { name }) => profiles.create(tx, name),
    renameProfile: async (tx, { name }) => {
      const { card } = await profiles.rename(tx, name);
      for (const id of await listConversationsNotLeft(tx))
        await sending.enqueue(tx, id, "control", { kind: "control", name: "card", body: card.bytes });
    },
    nameContact: async (tx, { contact, name }) => {
      await contacts.setGivenName(tx, contact, name);
      await selfMap.set(tx, `name/${contact}`, utf8(name));
    },
  } satisfies Partial<CommandHandlers>;
}
