/** People whom Alice, who runs `pli` in the tests, has as contacts. */
import type { ContactView } from "@pli/engine/api";
import { contactNamed, createFakeApi, type FakeApi } from "./fake-api.ts";

export const camille = contactNamed("Camille");
export const bob = contactNamed("Bob", "b0b00000".padEnd(64, "0"));

/** Alice's engine, with these contacts. */
export function withContacts(...contacts: readonly ContactView[]): FakeApi {
  const fake = createFakeApi();
  fake.data.contacts.push(...contacts);
  return fake;
}
