import type { ContactView, ConversationView, MessageView, PliApi } from "@pli/engine/api";
import { asNameable, contactUnknown, findLiving, type Nameable } from "./contact.ts";
import type { Context } from "./context.ts";

/** Where messages stand: with a contact, whose `id` it has, or in a group, by its conversation. */
export interface Place extends Nameable {
  readonly kind: "direct" | "group";
  readonly conversation: string;
  /** It came out of a file. */
  readonly archive?: ConversationView["archive"];
}

const withContact = (contact: ContactView): Place => {
  const { id, name, given = false, conversation } = asNameable(contact);
  return { kind: "direct", id, name, given, conversation };
};
const inGroup = ({ id, name, archive }: ConversationView): Place => ({
  kind: "group",
  id,
  name,
  conversation: id,
  ...(archive && { archive }),
});

/** Every contact and every group. */
async function listPlaces(api: PliApi): Promise<Place[]> {
  const contacts = await api.read("contacts", {});
  const conversations = await api.read("conversations", {});
  return [...contacts.map(withContact), ...conversations.filter(({ kind }) => kind === "group").map(inGroup)];
}

/** The contact or group that a query means. Throws `contact_unknown` or `contact_ambiguous`. */
export async function findPlace(context: Context, api: PliApi, query: string): Promise<Place> {
  return findLiving(context, await listPlaces(api), query, () => contactUnknown(context));
}

/** Where a message stands. Where its conversation is gone, only its author is known. */
export async function placeOf(api: PliApi, { conversation, from }: MessageView): Promise<Place> {
  const found = await api.read("conversation", { id: conversation });
  if (found === undefined) return { kind: "direct", id: from, name: "?", conversation };
  return found.kind === "group"
    ? inGroup(found)
    : { kind: "direct", id: found.contact, name: found.name, conversation };
}

/** A place in JSON: the shape of docs/cli.md. */
export const placeFields = ({ archive, kind, id, name }: Place) =>
  kind === "direct"
    ? { contact: name, contactId: id }
    : { contact: null, contactId: null, group: name, groupId: id, ...(archive && { archive }) };
