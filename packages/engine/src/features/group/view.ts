import { mayAdd, mayChange, mayRemove, mayWrite, rolesMayGive, type Rules } from "@pli/protocol/group";
import type { GroupMemberView, GroupView, Role, PendingChange } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import { findConversation, findPicture, findSuspects, groupName } from "../../epochs/conversations.table.ts";
import type { EpochRoles } from "../../epochs/epoch-roles.ts";
import type { Epochs } from "../../epochs/epochs.ts";
import type { Profiles } from "../../people/profile.ts";
import { trustLevel } from "../../people/contacts.table.ts";
import { findArchived } from "../archive/archives.table.ts";
import { listKnownMembers } from "./members.table.ts";
import { isLeaving, leaversIn } from "./pending-operations.table.ts";
import { shortName } from "./people.table.ts";
import { isLockedDown } from "../lockdown/lockdown.ts";
import { base64 } from "./pictures.ts";
import { isLastOwner } from "./plan.ts";
import type { GroupRejoining } from "./rejoin.ts";
import type { Successors } from "./successors.ts";

const RANK: Readonly<Record<Role, number>> = { owner: 0, admin: 1, member: 2, reader: 3 };

/**
 * A group as this person sees it, as its newest epoch has it; of one that was left, as it was then.
 */
export function createGroupView(p: {
  epochs: Epochs;
  epochRoles: EpochRoles;
  profiles: Profiles;
  pendingChanges(tx: Tx, conversation: string): Promise<PendingChange[]>;
  rejoining: Pick<GroupRejoining, "view">;
  successors: Pick<Successors, "isFounder">;
}): (tx: Tx, id: string) => Promise<GroupView | undefined> {
  async function view(tx: Tx, id: string): Promise<GroupView | undefined> {
    const conversation = await findConversation(tx, id);
    if (conversation?.kind !== "group") return undefined;
    const self = await p.profiles.get(tx);
    const held = await p.epochs.current(tx, id);
    const rules = held && p.epochRoles.rules(held);
    const picture = (await isLockedDown(tx)) ? undefined : await findPicture(tx, id);
    const members = await membersOf(tx, id, self.id, self.card.name, rules);
    const others = members.filter(({ isSelf }) => !isSelf);
    const isOnlyOwner = rules !== undefined && isLastOwner(rules, self.id, await leaversIn(tx, id));
    const suspects = await findSuspects(tx, id);
    const role = members.find(({ isSelf }) => isSelf)?.role ?? "reader";
    const rejoining = conversation.state === "rejoining" ? await p.rejoining.view(tx, id) : undefined;
    const archive = await findArchived(tx, id, self.id);
    const isActive = conversation.state === "ready" && !(await isLeaving(tx, id));
    return {
      id,
      name: await groupName(tx, id),
      description: rules?.description ?? "",
      ...(picture !== undefined && { picture: base64(picture) }),
      role,
      whoAdds: rules?.whoAdds ?? "admins",
      whoWrites: rules?.whoWrites ?? "everyone",
      timer: rules?.timer ?? 0,
      newcomersRead: rules?.newcomersRead ?? "nothing",
      members,
      pending: await p.pendingChanges(tx, id),
      may: {
        add: isActive && rules !== undefined && mayAdd(rules, self.id),
        name: isActive && rules !== undefined && mayChange(rules, self.id, "name"),
        rules: isActive && rules !== undefined && mayChange(rules, self.id, "whoAdds"),
        write: rules !== undefined && mayWrite(rules, self.id),
      },
      leaveNeedsSuccessor: isOnlyOwner && others.length > 0,
      ...(suspects && { blocked: { suspects, mayFound: await p.successors.isFounder(tx, id, self.id) } }),
      ...(archive && { archive }),
      ...(rejoining && { rejoining }),
      state: conversation.state,
    };
  }

  async function membersOf(
    tx: Tx,
    id: string,
    self: string,
    ownName: string,
    rules: Rules | undefined,
  ): Promise<GroupMemberView[]> {
    const members = (await listKnownMembers(tx, id)).map(
      ({ profile, role, devices, contact, told }): GroupMemberView => {
        const isSelf = profile === self;
        const names = [isSelf ? ownName : "", contact?.givenName, contact?.ownName, told];
        return {
          id: profile,
          name: names.find((name) => name !== undefined && name !== "") ?? shortName(profile),
          role,
          level: contact === undefined ? 1 : trustLevel(contact.level),
          isSelf,
          isContact: contact !== undefined,
          devices,
          mayRemove: !isSelf && rules !== undefined && mayRemove(rules, self, profile),
          mayBecome: rules === undefined ? [] : rolesMayGive(rules, self, profile),
        };
      },
    );
    return members.toSorted((a, b) => RANK[a.role] - RANK[b.role] || a.name.localeCompare(b.name));
  }

  return view;
}
