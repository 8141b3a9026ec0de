/** A group of Alice, for the tests of `pli group`. */
import type { GroupChange, GroupQuestionView, GroupView, PendingChange } from "@pli/engine/api";
import { CAMILLE, createFakeApi, groupNamed, lineOf, ME, NOW } from "../fake-api.ts";
import { camille, bob } from "../people.ts";

export const alice = { id: ME, name: "Alice" };

/** What a group is to somebody who only reads it. */
export const reader: Partial<GroupView> = {
  role: "reader",
  may: { add: false, name: false, rules: false, write: false },
};

/** Alice, with these contacts, in a group of her and Camille. */
export function withGroup(more: Partial<GroupView> = {}) {
  const fake = createFakeApi();
  fake.data.contacts.push(camille, bob);
  const group = groupNamed("Les voisins", [camille], more);
  fake.data.groups.push(group);
  const wanted = (
    change: PendingChange["operation"],
    waitsFor: PendingChange["waitsFor"] = "turn",
  ): { change: string } => {
    group.pending.push({ id: "7", operation: change, since: NOW, waitsFor });
    return { change: "7" };
  };
  /** The change is in effect: the history says so. */
  const inEffect = (...changes: GroupChange[]): void => {
    group.pending.splice(0);
    for (const change of changes) fake.data.messages.push(lineOf(change, fake.data.messages.length + 1, alice));
    fake.changed();
  };
  return { fake, group, wanted, inEffect };
}

export const invited = (more: Partial<GroupQuestionView> = {}): GroupQuestionView => ({
  id: "beefcafe".padEnd(32, "0"),
  from: { id: CAMILLE, name: "Camille" },
  why: "offered",
  at: NOW,
  name: "Chorale",
  members: 12,
  until: NOW + 14 * 86_400_000,
  ...more,
});
