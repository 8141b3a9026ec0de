import { nameOf, type Case, type Seen } from "./sight.ts";

/**
 * What no design can give, and what is therefore not asked for. Each stands in docs/protocol.md too, as what members must know.
 */

/** Who alone owns a group, of those who stay, may do to it what they want: take everybody out, block its changes, bring nobody back. */
function isLawless({ base, isHonest }: Case, seen: readonly Seen[]): boolean {
  const ready = seen.filter(({ state }) => state === "ready");
  const gone = new Set(seen.flatMap(({ state, device }) => (state === "left" ? [device.profile] : [])));
  const owners = (ready.length > 0 ? ready : seen).flatMap(({ group }) =>
    (group?.members ?? []).flatMap(({ id, role }) => (role === "owner" && !gone.has(id) ? [id] : [])),
  );
  return owners.length > 0 && owners.every((id) => !isHonest(base.profiles.indexOf(id)));
}

/**
 * A hostile owner can found a group of the same name and id with somebody who is out of the real one: it has no other owner,
 * and nobody honest in the real one has them in their list.
 */
export function isLedAway(facts: Case, seen: readonly Seen[], one: Seen): boolean {
  const others = seen.filter(({ state, epoch }) => state === "ready" && epoch !== one.epoch);
  const isListed = others.some(({ group }) => group?.members.some(({ id }) => id === one.device.profile));
  return others.length > 0 && !isListed && isLawless(facts, [one]) && !isLawless(facts, others);
}

/** Changes of a group that only its hostile owner could found again come to nothing once they block them. */
export const isBlocked = (facts: Case, seen: readonly Seen[]): boolean =>
  isLawless(facts, seen) && seen.some(({ state, group }) => state === "ready" && group?.jammed !== undefined);

/**
 * A device that cannot go on is brought back by somebody who is in the group: nobody honest is there any more of a group that
 * has a hostile owner alone, or nobody whom a device knows that was put back to an older copy.
 */
export function isBeyondHelp(facts: Case, seen: readonly Seen[], { device, state }: Seen): boolean {
  if (state !== "rejoining") return false;
  const helpers = seen.filter((one) => one.state === "ready" && facts.base.areContacts(one.device.index, device.index));
  const mayBeStuck = isLawless(facts, seen) || facts.restored.has(device.index);
  return (mayBeStuck && helpers.length === 0) || isBlocked(facts, seen);
}

/** What its author's device forgot when it was put back to an older copy, and the store lost as well, nobody can say again. */
export function isNowhere(
  { base, restored, losses, witness }: Case,
  seen: readonly Seen[],
  text: string,
  author: string,
): boolean {
  const own = seen.find(({ device }) => device.profile === author);
  const forgot = restored.has(base.profiles.indexOf(author)) && own?.shown.every((one) => one.text !== text) === true;
  return forgot && isLost({ losses, witness }, text);
}

/** A device that had read it, forgot it when it was put back, and finds it in the store no more, does not know what it lacks. */
export const isUnknown = (facts: Case, reader: number, text: string): boolean =>
  facts.restored.has(reader) && isLost(facts, text);

/** Whether the store lost every cell of it. */
function isLost({ losses, witness }: Pick<Case, "losses" | "witness">, text: string): boolean {
  const seals = [...witness.sealed.keys()].filter((i) => nameOf(witness.sealed[i]?.text ?? "") === text);
  return seals.every((i) => losses.some(({ from, to }) => from <= i && i < to));
}
