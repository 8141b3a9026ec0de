/** Alice, who runs the commands of these tests. */
import type { MessageView } from "@pli/engine/api";
import { createFakeApi, groupNamed } from "../fake-api.ts";
import { createFakeWorld } from "../fake-world.ts";
import { camille } from "../people.ts";

export const idOf = (first: string): string => first.padEnd(64, "0");

/**
 * Alice, who knows Camille and is in a group with her; these messages are in their conversation.
 */
export function createAlice(...messages: MessageView[]) {
  const fake = createFakeApi();
  fake.data.contacts.push({ ...camille });
  fake.data.groups.push(groupNamed("Choir", [camille]));
  fake.data.messages.push(...messages);
  fake.does.block = ({ blocked }: { blocked: boolean }) => void Object.assign(fake.data.contacts[0] ?? {}, { blocked });
  fake.does.nameContact = ({ name }: { name: string }) =>
    void Object.assign(fake.data.contacts[0] ?? {}, { name: name === "" ? "Camille" : name });
  return createFakeWorld({ fake });
}
