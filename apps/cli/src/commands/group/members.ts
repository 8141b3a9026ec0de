import type { GroupView, PliApi, Role } from "@pli/engine/api";
import type { Context } from "../../context.ts";
import { codeOf, Failure } from "../../failure.ts";
import type { Asked } from "../../group/asked.ts";
import { findContactIds, findMemberIds } from "../../group/find.ts";
import { extra, missing, wordsWrong } from "../../line/errors.ts";
import { atLeastOne, groupChange, ofGroup } from "./change.ts";

const ROLES: readonly Role[] = ["owner", "admin", "member", "reader"];

export const add = groupChange<{ what: "add"; group: string; contacts: readonly string[] }>({
  what: "add",
  kind: "add",
  read: ofGroup((group, contacts) => atLeastOne(contacts, "CONTACT") ?? { what: "add", group, contacts }),
  ask: async ({ context, api, group: { id: conversation } }, action) => {
    const contacts = await findContactIds(context, api, action.contacts);
    return { conversation, ...(await api.addToGroup({ conversation, contacts })) };
  },
});

export const remove = groupChange<{ what: "remove"; group: string; members: readonly string[] }>({
  what: "remove",
  kind: "remove",
  read: ofGroup((group, members) => atLeastOne(members, "MEMBER") ?? { what: "remove", group, members }),
  ask: async (about, action) => {
    const conversation = about.group.id;
    const members = await findMemberIds(about, action.members);
    return { conversation, ...(await about.api.removeFromGroup({ conversation, members })) };
  },
});

export const role = groupChange<{ what: "role"; group: string; member: string; role: Role }>({
  what: "role",
  kind: "role",
  read: ofGroup((group, [member, typed, ...rest]) => {
    if (member === undefined) return missing("MEMBER");
    if (typed === undefined) return missing(ROLES.join("|"));
    const known = ROLES.find((one) => one === typed);
    return (
      extra(rest, 0) ?? (known === undefined ? wordsWrong(typed, ROLES) : { what: "role", group, member, role: known })
    );
  }),
  ask: async (about, action) => {
    const conversation = about.group.id;
    const [member = ""] = await findMemberIds(about, [action.member]);
    return { conversation, ...(await about.api.setRole({ conversation, member, role: action.role })) };
  },
});

export const leave = groupChange<{ what: "leave"; group: string; successor: string | undefined }>({
  what: "leave",
  kind: "leave",
  options: { successor: { type: "string" } },
  read: ofGroup(
    (group, words, { options }) => extra(words, 0) ?? { what: "leave", group, successor: options.get("successor") },
  ),
  ask: async (about, { successor }) => {
    const [member] = successor === undefined ? [] : await findMemberIds(about, [successor]);
    await leaveGroup(about.context, about.api, { conversation: about.group.id, ...(member && { successor: member }) });
    return askedToLeave(about.api, about.group);
  },
});

async function leaveGroup(context: Context, api: PliApi, leaving: Parameters<PliApi["leaveGroup"]>[0]): Promise<void> {
  try {
    await api.leaveGroup(leaving);
  } catch (thrown) {
    if (codeOf(thrown) !== "owner_needed") throw thrown;
    throw new Failure("owner_needed", { advice: context.words.group.successor, cause: thrown });
  }
}

/** Leaving is pending, or done at once where this person was alone. */
async function askedToLeave(api: PliApi, { id: conversation }: GroupView): Promise<Asked> {
  const after = await api.read("group", { id: conversation });
  const pending = after?.pending.find(({ operation }) => operation.kind === "leave");
  return { conversation, ...(pending !== undefined && after?.state !== "left" && { change: pending.id }) };
}
