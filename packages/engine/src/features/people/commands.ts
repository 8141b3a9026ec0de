import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import { textIn } from "../../runtime/storage/row.ts";

/** What a person does about their own name, and about the names they give. */
export function createPeopleCommands({ profiles, contacts, sending }: Kit) {
  return {
    createProfile: (tx, { name }) => profiles.create(tx, name),
    renameProfile: async (tx, { name }) => {
      const { card } = await profiles.rename(tx, name);
      for (const row of await tx.sql.all("SELECT id FROM conversations WHERE state <> 'left'")) {
        await sending.enqueue(tx, textIn(row, "id"), "control", { kind: "control", name: "card", body: card.bytes });
      }
    },
    nameContact: (tx, { contact, name }) => contacts.setGivenName(tx, contact, name),
  } satisfies Partial<CommandHandlers>;
}
