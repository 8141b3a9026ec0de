import { createContext, useContext, useMemo } from "react";
import type { ContactView, ConversationView, Named, StatusView } from "@pli/engine/api";
import { createNaming, type Naming } from "@pli/engine/content";
import { useLivePart } from "./use-live.ts";
import { useProfile } from "./profile.ts";

/** The members of the group around: one of them may be called like another. */
export const MembersContext = createContext<readonly Named[]>([]);

/** The people and groups that a naming is made of. */
type Known = readonly [
  contacts: readonly Called[],
  groups: readonly Named[],
  self: StatusView["profile"],
  members: readonly Named[],
];

type Called = Pick<ContactView, "id" | "name" | "ownName">;

/** The namings last made: a thread has hundreds of messages before the same people. */
const made: { from: Known; naming: Naming }[] = [];
const KEPT = 4;

function namingOf(from: Known): Naming {
  const known = made.find((one) => one.from.every((part, index) => part === from[index]));
  if (known !== undefined) return known.naming;
  const [contacts, groups, self, members] = from;
  const naming = createNaming([
    ...(self === undefined ? [] : [{ id: self.id, name: self.name, own: true }]),
    ...contacts.map((contact) => ({ id: contact.id, name: contact.name, own: isGiven(contact) })),
    ...groups,
    ...members,
  ]);
  made.unshift({ from, naming });
  made.splice(KEPT);
  return naming;
}

const calledOf = (contacts: readonly ContactView[]): Called[] =>
  contacts.map(({ id, name, ownName }) => ({ id, name, ownName }));
const groupsOf = (conversations: readonly ConversationView[]): Named[] =>
  conversations.filter(({ kind }) => kind === "group").map(whoOf);

const NO_CONTACTS: readonly Called[] = [];
const NO_GROUPS: readonly Named[] = [];

/** How everybody is called before the person at the screen. */
export function useNaming(): Naming {
  const members = useContext(MembersContext);
  const contacts = useLivePart("contacts", {}, calledOf).value ?? NO_CONTACTS;
  const groups = useLivePart("conversations", {}, groupsOf).value ?? NO_GROUPS;
  const self = useProfile();
  return useMemo(() => namingOf([contacts, groups, self, members]), [contacts, groups, self, members]);
}

/** Whether the person gave a contact the name it has here. */
export const isGiven = ({ name, ownName }: Called): boolean => name !== ownName;

/** The contacts, by identifier, that have a name the person gave them. */
export function useGiven(): ReadonlySet<string> {
  const contacts = useLivePart("contacts", {}, calledOf).value ?? NO_CONTACTS;
  return useMemo(() => new Set(contacts.filter(isGiven).map(({ id }) => id)), [contacts]);
}

/** Whom a conversation is with: a contact, or the group itself. */
export const whoOf = ({ id, contact, name }: Pick<ConversationView, "id" | "contact" | "name">): Named => ({
  id: contact === "" ? id : contact,
  name,
});
