import type { Member } from "../conversation/group.ts";
import { toHex } from "../crypto/index.ts";
import { parseCredential } from "../identity/index.ts";

/**
 * Whose a leaf is: the profile, and which of its devices, both hexadecimal; and of which generation
 * the keys are that certified it.
 */
export type Seat = { readonly profile: string; readonly device: string; readonly generation: number };

/** The seat a credential names, unverified: a leaf of a group has been verified when it came in. */
export function seatFrom(credential: Uint8Array): Seat | undefined {
  const parsed = parseCredential(credential);
  if (!parsed.ok) return undefined;
  const { profileId, deviceId, generation } = parsed.value;
  return { profile: toHex(profileId), device: toHex(deviceId), generation };
}

/**
 * The profile, hexadecimal, of a leaf of a group; undefined for a credential that is not one of
 * ours.
 */
export function profileOf(member: Pick<Member, "credential">): string | undefined {
  return seatFrom(member.credential)?.profile;
}
