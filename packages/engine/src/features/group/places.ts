import { EPOCH_MARK_BYTES, type GroupPlace, type LeafName, type Place } from "@pli/protocol/group";
import type { GroupEngine, Member } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import type { HeldEpoch } from "../../epochs/epochs.ts";

/** Where a device that holds this epoch stands in its group, for telling others. */
export function placeOf(groups: GroupEngine, { number, epoch }: HeldEpoch): GroupPlace {
  const mark = groups.epochAuthenticator(epoch.group).slice(0, EPOCH_MARK_BYTES);
  return { group: groups.groupId(epoch.group), epoch: number, mark };
}

export const placeFrom = ({ group, epoch, mark }: GroupPlace): Place => ({
  group: toHex(group),
  epoch,
  mark: toHex(mark),
});

export function leafNameOf(groups: GroupEngine, { epoch }: HeldEpoch, { encryptionKey }: Member): LeafName {
  return { group: toHex(groups.groupId(epoch.group)), encryptionKey: toHex(encryptionKey) };
}

/** This device's leaf in the epoch it holds. */
export function ownLeafOf(groups: GroupEngine, held: HeldEpoch): LeafName | undefined {
  const own = groups.members(held.epoch.group).find(({ leaf }) => leaf === held.epoch.ownLeaf);
  return own && leafNameOf(groups, held, own);
}
