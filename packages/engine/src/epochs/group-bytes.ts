import { LEAVES_PER_PART, type GroupEngine, type GroupState } from "@pli/protocol/conversation";
import { decodeCbor, encodeCbor } from "@pli/protocol/object";
import { damaged } from "../runtime/storage/row.ts";

const MAX_BYTES = 24 * 1024 * 1024;

/** The part that holds the secrets of a leaf. */
export const partOf = (leaf: number): number => Math.floor(leaf / LEAVES_PER_PART);

/** Every part of a group's leaves, in order. */
export function leafPartsOf(groups: GroupEngine, group: GroupState): Uint8Array[] {
  return Array.from({ length: groups.leafParts(group) }, (_, part) => groups.encodeLeafPart(group, part));
}

/** A whole group as one value, for one that is not in use yet. */
export function encodeGroup(groups: GroupEngine, group: GroupState): Uint8Array {
  return encodeCbor([groups.encodeState(group), ...leafPartsOf(groups, group)]);
}

export function groupFrom(groups: GroupEngine, bytes: Uint8Array): GroupState {
  const list: unknown = decodeCbor(bytes, MAX_BYTES);
  if (!Array.isArray(list)) return damaged("group");
  const [state, ...parts] = list.filter((value) => value instanceof Uint8Array);
  const group = state && groups.parseState(state, parts);
  return group?.ok === true ? group.value : damaged("group");
}
