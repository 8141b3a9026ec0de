/** How people and groups are called for the person who reads. */
import type { ContactView, ConversationView, GroupView, PliApi } from "@pli/engine/api";
import { createNaming, type Naming } from "@pli/engine/content";
import type { Profile } from "./home.ts";
import { columnsOf, cut } from "./text/width.ts";

/** The person who reads: their profile id, and how everybody is called for them. */
export interface Reader extends Naming {
  readonly self: string | undefined;
}

/** Whom a reader knows, as far as it is at hand. */
export interface Acquaintance {
  readonly profile: Profile | undefined;
  readonly contacts: readonly ContactView[];
  readonly conversations?: readonly ConversationView[];
  readonly group?: GroupView | undefined;
}

export function createReader({ profile, contacts, conversations = [], group }: Acquaintance): Reader {
  const groups = conversations.filter(({ kind }) => kind === "group");
  const naming = createNaming([
    ...(profile === undefined ? [] : [{ id: profile.id, name: profile.name, own: true }]),
    ...contacts.map((contact) => ({ id: contact.id, name: contact.name, own: isGiven(contact) })),
    ...groups,
    ...(group?.members ?? []),
  ]);
  return { self: profile?.id, nameOf: naming.nameOf, partsOf: naming.partsOf };
}

/** The reader of one conversation, or without one of the list of all. */
export async function readerOf(api: PliApi, profile: Profile | undefined, conversation?: string): Promise<Reader> {
  const contacts = await api.read("contacts", {});
  if (conversation === undefined)
    return createReader({ profile, contacts, conversations: await api.read("conversations", {}) });
  return createReader({ profile, contacts, group: await api.read("group", { id: conversation }) });
}

/** A name of `nameOf`, cut to `columns`. The identifier at its end stays whole if it fits. */
export function cutName(name: string, columns: number): string {
  const id = / \[[^\]“”]*\]$/u.exec(name)?.[0] ?? "";
  const room = columns - columnsOf(id);
  return room > 0 ? cut(name.slice(0, name.length - id.length), room) + id : cut(name, columns);
}

/** Whether this person gave a contact the name it has here. */
export const isGiven = ({ name, ownName }: ContactView): boolean => name !== ownName;
