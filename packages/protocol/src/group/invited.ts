/** Which invitations into groups a device follows, and where they lead it. */

/** What a device knows of the group that an invitation names, and of who sent it. */
export interface Invited {
  /** Where the device stands in the group; undefined: it has no such group. */
  readonly state: "ready" | "rejoining" | "joining" | "left" | undefined;
  /** The device was in the group, and the inviter is in none of what it knows of it. */
  readonly isStranger: boolean;
  /** The inviter may lead the device from the group that it holds to where that continues. */
  readonly leadsOn: boolean;
  /** The inviter may bring a device back that has stopped. */
  readonly helps: boolean;
}

/**
 * `ignored`; `new`: a group that was not here; `apart`: one that the device left, continued by
 * somebody who was not in it, and so another one; `again`: one that it left; `kept`: it is in the
 * group, and may have been put out without knowing; `awaited`: it leads where the device wants to
 * be.
 */
export type Lead = "ignored" | "new" | "apart" | "again" | "kept" | "awaited";

export function leadOf({ state, isStranger, leadsOn, helps }: Invited): Lead {
  if (state === undefined) return "new";
  if (state === "left") return isStranger ? "apart" : "again";
  if (isStranger && !leadsOn) return "ignored";
  if (state === "rejoining") return helps ? "awaited" : "ignored";
  return state === "ready" && !leadsOn ? "kept" : "awaited";
}
