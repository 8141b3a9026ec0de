import { ROLES, type Role, type Rules } from "./rules.ts";

/** What an owner alone may change, and what an admin may change too. */
export type RulesField = "name" | "description" | "picture" | "timer" | "whoAdds" | "whoWrites" | "newcomersRead";

const OF_ADMINS: ReadonlySet<RulesField> = new Set(["name", "description", "picture", "timer"]);
/** The roles that an admin gives and takes. */
const BELOW_ADMINS: ReadonlySet<Role> = new Set(["member", "reader"]);

/** Whether this role leads a group: its people are believed alone, and are asked and act first. */
export const isLeader = (role: Role | undefined): boolean => role === "owner" || role === "admin";

export function roleOf(rules: Rules, profile: string): Role {
  return rules.roles.get(profile) ?? "member";
}

/**
 * Whether what somebody writes is shown. Messages that the group needs (leaving, cards, repair) are
 * always taken.
 */
export function mayWrite(rules: Rules, by: string): boolean {
  return rules.whoWrites === "admins" ? leads(rules, by) : roleOf(rules, by) !== "reader";
}

/**
 * Whether somebody may bring in people. Back those who lost the thread, and asked them to,
 * everybody may.
 */
export function mayAdd(rules: Rules, by: string): boolean {
  return leads(rules, by) || (rules.whoAdds === "members" && roleOf(rules, by) === "member");
}

/**
 * Whether somebody may put out the devices of somebody else; everybody may put out other devices of
 * their own.
 */
export function mayRemove(rules: Rules, by: string, whom: string): boolean {
  if (by === whom || isOwner(rules, by)) return true;
  return roleOf(rules, by) === "admin" && !isOwner(rules, whom);
}

export function mayChange(rules: Rules, by: string, field: RulesField): boolean {
  return isOwner(rules, by) || (roleOf(rules, by) === "admin" && OF_ADMINS.has(field));
}

/** Whether somebody may make of somebody who is `from` somebody who is `to`. */
export function mayGive(rules: Rules, by: string, from: Role, to: Role): boolean {
  if (isOwner(rules, by)) return true;
  return roleOf(rules, by) === "admin" && BELOW_ADMINS.has(from) && BELOW_ADMINS.has(to);
}

/**
 * The other roles that `by` may give to a member of the group. The only owner can be given none: a
 * successor comes first.
 */
export function rolesMayGive(rules: Rules, by: string, whom: string): Role[] {
  const from = roleOf(rules, whom);
  if (from === "owner" && ownersOf(rules).length === 1) return [];
  return ROLES.filter((to) => to !== from && mayGive(rules, by, from, to));
}

export function ownersOf(rules: Rules): string[] {
  return [...rules.roles].flatMap(([profile, role]) => (role === "owner" ? [profile] : []));
}

/**
 * Who becomes the owner when the last one goes without naming another: the first admin who stays,
 * or else the first member, or the first reader. `present`: the people of the group by rising leaf,
 * those who have been in it longest first. Undefined: an owner stays.
 */
export function heirOf(rules: Rules, present: readonly string[], gone: ReadonlySet<string>): string | undefined {
  const staying = present.filter((profile) => !gone.has(profile));
  const first = (role: Role): string | undefined => staying.find((profile) => roleOf(rules, profile) === role);
  return first("owner") === undefined ? (first("admin") ?? first("member") ?? first("reader")) : undefined;
}

/**
 * The rules once these people are out: their roles are dropped with them, and the heir is the
 * owner. The same object when nothing changes.
 */
export function rulesAfter(rules: Rules, removed: Iterable<string>, heir?: string): Rules {
  const roles = new Map(rules.roles);
  for (const profile of removed) roles.delete(profile);
  if (heir !== undefined) roles.set(heir, "owner");
  return heir === undefined && roles.size === rules.roles.size ? rules : { ...rules, roles };
}

function isOwner(rules: Rules, profile: string): boolean {
  return roleOf(rules, profile) === "owner";
}

const leads = (rules: Rules, profile: string): boolean => isLeader(roleOf(rules, profile));
