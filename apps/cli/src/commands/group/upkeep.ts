/** Keeping a group in order: its keys, its pending changes, its end. */
import { findMemberIds } from "../../group/find.ts";
import { extra } from "../../line/errors.ts";
import { atLeastOne, groupChange, ofGroup } from "./change.ts";

/** Makes new encryption keys for this device. */
export const keys = groupChange<{ what: "keys"; group: string }>({
  what: "keys",
  kind: "keys",
  read: ofGroup((group, words) => extra(words, 0) ?? { what: "keys", group }),
  ask: async ({ api, group: { id: conversation } }) => ({
    conversation,
    ...(await api.renewGroupKeys({ conversation })),
  }),
});

/** Makes a successor group, without those who block the changes of this one. */
export const refound = groupChange<{ what: "refound"; group: string; without: readonly string[] }>({
  what: "refound",
  kind: "successorGroup",
  options: { without: { type: "string" } },
  read: ofGroup((group, words, { lists }) => {
    const without = lists.get("without") ?? [];
    if (without.length === 0) return extra(words, 0) ?? { what: "refound", group, without };
    // `--without A B --without C` names all three.
    return { what: "refound", group, without: [...without, ...words] };
  }),
  ask: async (about, action) => {
    const conversation = about.group.id;
    const without = await findMemberIds(about, action.without);
    return { conversation, ...(await about.api.foundSuccessorGroup({ conversation, without })) };
  },
});

/** Takes back a change that has not left yet. */
export const cancel = groupChange<{ what: "cancel"; group: string; change: string }>({
  what: "cancel",
  kind: "cancel",
  read: ofGroup(
    (group, words) =>
      atLeastOne(words, "CHANGE") ?? extra(words, 1) ?? { what: "cancel", group, change: words[0] ?? "" },
  ),
  ask: async ({ api, group: { id: conversation } }, { change }) => {
    await api.cancelChange({ conversation, change });
    return { conversation };
  },
});

/** Deletes a group that was left from this device, or gives up joining one. */
export const deleteGroup = groupChange<{ what: "delete"; group: string }>({
  what: "delete",
  kind: "delete",
  read: ofGroup((group, words) => extra(words, 0) ?? { what: "delete", group }),
  ask: async ({ api, group: { id: conversation } }) => {
    await api.deleteConversation({ conversation });
    return { conversation };
  },
});
