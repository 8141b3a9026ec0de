import { ownersOf, roleOf } from "../rights.ts";
import type { Role, Rules } from "../rules.ts";

/**
 * Whether a group that somebody leads this device back to may be one of their own making, by who
 * gains in it: they were no owner and are one there, this person was one and is not, or it is
 * another MLS group in which no owner of before is one. It may be the true group all the same; so
 * it is doubted, and not refused for good. Profiles are in hexadecimal.
 */
export function isDoubtful(p: {
  readonly before: ReadonlyMap<string, Role>;
  readonly after: Rules;
  readonly by: string;
  readonly self: string;
  readonly isSuccessor: boolean;
}): boolean {
  const { before, after, by, self, isSuccessor } = p;
  const owners = [...before].flatMap(([profile, role]) => (role === "owner" ? [profile] : []));
  if (owners.length === 0 || owners.includes(by)) return false;
  const rises = before.has(by) && roleOf(after, by) === "owner";
  const falls = owners.includes(self) && roleOf(after, self) !== "owner";
  const isAnothers = isSuccessor && !ownersOf(after).some((owner) => owners.includes(owner));
  return rises || falls || isAnothers;
}
