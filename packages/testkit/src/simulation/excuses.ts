import type { Device } from "./device.ts";
import { nameOf, type Case, type Seen } from "./sight.ts";
import type { Sealed } from "./witness.ts";

/**
 * What no design can give, and what is therefore not asked for. Each stands in docs/protocol.md
 * too, as what members must know.
 */

/**
 * Who alone owns a group, of those who stay, may do to it what they want: take everybody out, block
 * its changes, bring nobody back.
 */
function isLawless({ base, isHonest }: Case, seen: readonly Seen[]): boolean {
  const ready = seen.filter(({ state }) => state === "ready");
  const gone = new Set(seen.flatMap(({ state, device }) => (state === "left" ? [device.profile] : [])));
  const owners = (ready.length > 0 ? ready : seen).flatMap(({ group }) =>
    (group?.members ?? []).flatMap(({ id, role }) => (role === "owner" && !gone.has(id) ? [id] : [])),
  );
  return owners.length > 0 && owners.every((id) => !isHonest(base.profiles.indexOf(id)));
}

/**
 * Somebody hostile can lead a person who is out of the group into another one with its name and id:
 * one that has no honest owner, or a history that nobody honest beside them has been in. Nobody
 * honest in the real group has them in their list.
 */
export function isLedAway(facts: Case, seen: readonly Seen[], one: Seen): boolean {
  const others = seen.filter(({ state, epoch }) => state === "ready" && epoch !== one.epoch);
  if (others.length === 0 || isListed(others, one) || isLawless(facts, others)) return false;
  return isLawless(facts, [one]) || isOnlyHostile(facts, one);
}

const isListed = (others: readonly Seen[], { device }: Seen): boolean =>
  others.some(({ group }) => group?.members.some(({ id }) => id === device.profile));

/** Whether nobody honest beside this device has ever been in its epoch. */
function isOnlyHostile({ devices, isHonest, witness }: Case, { device, epoch }: Seen): boolean {
  const others = devices.filter(({ index, who }) => isHonest(who) && index !== device.index);
  return !others.some(({ index }) =>
    witness.begun(index).some((one) => `${one.epoch} ${one.authenticator.slice(0, 12)}` === epoch),
  );
}

/**
 * Whom a hostile member keeps apart, and who know nobody honest in the other part, cannot find out:
 * neither part reads what the other writes, only a contact can be asked, and everybody who knows
 * both parts is hostile.
 */
export function areKeptApart({ base, isHonest }: Case, ready: readonly Seen[]): boolean {
  const hasHostile = ({ group }: Seen): boolean =>
    group?.members.some(({ id }) => !isHonest(base.profiles.indexOf(id))) === true;
  const areTogether = (one: Seen, other: Seen): boolean =>
    one.epoch === other.epoch || !base.areContacts(one.device.who, other.device.who);
  return ready.every((one) => hasHostile(one) && ready.every((other) => areTogether(one, other)));
}

/**
 * Changes of a group that only its hostile owner could found again come to nothing once they block
 * them.
 */
export const isBlocked = (facts: Case, seen: readonly Seen[]): boolean =>
  isLawless(facts, seen) && seen.some(({ state, group }) => state === "ready" && group?.blocked !== undefined);

/**
 * A device that cannot go on is brought back by somebody who is in the group: nobody honest is
 * there any more of a group that has a hostile owner alone, or nobody whom a device knows that was
 * put back to an older copy. Nobody ends a membership alone: where only one says to a person that
 * they are out, they see that, and leave by themselves.
 */
export function isBeyondHelp(facts: Case, seen: readonly Seen[], one: Seen): boolean {
  const { device, state, group } = one;
  if (state !== "rejoining") return false;
  const ready = seen.filter((other) => other.state === "ready");
  const helpers = ready.filter((other) => facts.base.areContacts(other.device.who, device.who));
  const mayBeStuck = isLawless(facts, seen) || facts.restored.has(device.index);
  const isSaidOut = helpers.length > 0 && !isListed(ready, one) && (group?.rejoining?.refusedBy ?? []).length > 0;
  return (mayBeStuck && helpers.length === 0) || isSaidOut || isBlocked(facts, seen);
}

/**
 * Who added somebody and keeps the welcome, and is the only one there who knows them, keeps them
 * out.
 */
export const isUntold = (facts: Case, ready: readonly Seen[], newcomer: Device): boolean =>
  !ready.some(({ device }) => facts.base.areContacts(device.who, newcomer.who));

/**
 * Who added somebody and kept the welcome, kept them from what was said meanwhile too: the contact
 * who brings them in tells them as much of it as was said to that contact.
 */
export function isKeptFrom(
  { base, witness, isHonest }: Case,
  seen: readonly Seen[],
  seal: Sealed,
  reader: Device,
): boolean {
  const wasIn = witness.begun(reader.index).some(({ group, epoch }) => group === seal.group && epoch <= seal.epoch);
  const canTell = ({ device, state }: Seen): boolean =>
    state === "ready" && isHonest(device.who) && base.areContacts(device.who, reader.who);
  return !wasIn && !seen.some((one) => canTell(one) && seal.readers.has(one.device.profile));
}

/**
 * What its author's device forgot when it was put back to an older copy, and the store lost as
 * well, nobody can say again.
 */
export function isNowhere(
  { restored, losses, witness }: Case,
  seen: readonly Seen[],
  text: string,
  author: string,
): boolean {
  const own = seen.filter(({ device }) => device.profile === author);
  const isShown = own.some(({ shown }) => shown.some((one) => one.text === text));
  const forgot = own.some(({ device }) => restored.has(device.index)) && !isShown;
  return forgot && isLost({ losses, witness }, text);
}

/**
 * What a device wrote last before it was removed, and did not yet know to be stored, may come
 * behind the removal: nobody hears it then, or those who had not seen the removal.
 */
export function isLastWord({ gone, said }: Case, text: string): boolean {
  const last = gone.get(said.find((one) => nameOf(one.text) === text)?.author ?? -1);
  return last !== undefined && !last.sent.has(text);
}

/**
 * A device that had read it, forgot it when it was put back, and finds it in the store no more,
 * does not know what it lacks.
 */
export const isUnknown = (facts: Case, reader: number, text: string): boolean =>
  facts.restored.has(reader) && isLost(facts, text);

/**
 * Whose author may not write any more, and of which the store lost what this device could open, is
 * not said again: nobody could tell it from a new one.
 */
export function isSilenced(facts: Case, { device, group }: Seen, text: string, author: string): boolean {
  const role = group?.members.find(({ id }) => id === author)?.role;
  const leads = role === "owner" || role === "admin";
  if (group === undefined || (role !== "reader" && (group.whoWrites === "everyone" || leads))) return false;
  const begun = new Set(facts.witness.begun(device.index).map(({ authenticator }) => authenticator));
  return isLost(facts, text, ({ authenticator }) => begun.has(authenticator));
}

/** Whether the store lost every cell of it; `counts`: of those that are meant. */
function isLost(
  { losses, witness }: Pick<Case, "losses" | "witness">,
  text: string,
  counts: (seal: Sealed) => boolean = () => true,
): boolean {
  return witness.sealed.every((seal, i) => {
    const isOther = nameOf(seal.text) !== text || !counts(seal);
    return isOther || losses.some(({ from, to }) => from <= i && i < to);
  });
}
