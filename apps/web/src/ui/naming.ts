import { createContext, useContext, useMemo } from "react";
import type { ContactView, ConversationView, Named } from "@pli/engine/api";
import { createNaming, type Naming } from "@pli/engine/content";
import { useLive } from "./client.tsx";

/** The members of the group around: one of them may be called like another. */
export const MembersContext = createContext<readonly Named[]>([]);

/**
 * What namings are made of; all but the contacts and members as text, since they come anew with
 * every message.
 */
type Acquaintance = readonly [
  contacts: readonly ContactView[] | undefined,
  groups: string,
  self: string,
  members: readonly Named[],
];

/** The namings last made: a thread has hundreds of messages before the same people. */
const made: { from: Acquaintance; naming: Naming }[] = [];
const KEPT = 4;

function namingOf(from: Acquaintance): Naming {
  const known = made.find((one) => one.from.every((part, index) => part === from[index]));
  if (known !== undefined) return known.naming;
  const [contacts = [], groups, self, members] = from;
  const naming = createNaming([
    ...(JSON.parse(self) as Named[]).map((one) => ({ ...one, own: true })),
    ...contacts.map((contact) => ({ id: contact.id, name: contact.name, own: isGiven(contact) })),
    ...(JSON.parse(groups) as Named[]),
    ...members,
  ]);
  made.unshift({ from, naming });
  made.splice(KEPT);
  return naming;
}

/** How everybody is called before the person at the screen. */
export function useNaming(): Naming {
  const members = useContext(MembersContext);
  const contacts = useLive("contacts", {});
  const conversations = useLive("conversations", {}) ?? [];
  const profile = useLive("status", {})?.profile;
  const groups = JSON.stringify(conversations.filter(({ kind }) => kind === "group").map(whoOf));
  const self = JSON.stringify(profile === undefined ? [] : [{ id: profile.id, name: profile.name }]);
  return useMemo(() => namingOf([contacts, groups, self, members]), [contacts, groups, self, members]);
}

/** Whether the person gave a contact the name it has here. */
export const isGiven = ({ name, ownName }: ContactView): boolean => name !== ownName;

/** The contacts, by identifier, that have a name the person gave them. */
export function useGiven(): ReadonlySet<string> {
  const contacts = useLive("contacts", {});
  return useMemo(() => new Set((contacts ?? []).filter(isGiven).map(({ id }) => id)), [contacts]);
}

/** Whom a conversation is with: a contact, or the group itself. */
export const whoOf = ({ id, contact, name }: Pick<ConversationView, "id" | "contact" | "name">): Named => ({
  id: contact === "" ? id : contact,
  name,
});
