import type { Base } from "./base.ts";
import type { Device } from "./device.ts";
import { areKeptApart, isBeyondHelp, isBlocked, isLedAway, isUntold } from "./excuses.ts";
import { ownProblems, thiefProblems } from "./own-devices.ts";
import { directOn, groupOn, seenBy, type Case, type Seen } from "./sight.ts";
import { lost, textProblems } from "./texts.ts";

/**
 * What is not as it must be: every honest member has the same group and the same messages, and
 * nobody has more.
 */
export async function problemsOf(facts: Case): Promise<string[]> {
  const problems: string[] = [];
  const honest = facts.devices.filter(({ index, who }) => facts.isHonest(who) && !facts.gone.has(index));
  const groups: Seen[][] = [];
  for (const [number, shared] of facts.founded) {
    groups.push(await seenBy(honest, (device) => groupOn(facts, device, number, shared)));
  }
  const pairs: Seen[][] = [];
  const people = [...new Set(honest.map(({ who }) => who))];
  for (const [i, one] of people.entries()) {
    for (const other of people.slice(i + 1)) {
      if (!facts.base.areContacts(one, other)) continue;
      const pair = [one, other];
      const theirs = honest.filter(({ who }) => pair.includes(who));
      pairs.push(await seenBy(theirs, (device) => directOn(facts, device, pair)));
    }
  }
  problems.push(...groups.flatMap((seen) => disagreements(facts, honest, seen)), ...pairs.flatMap(notReady));
  problems.push(...[...groups, ...pairs].flatMap((seen) => textProblems(facts, seen)));
  problems.push(...(await ownProblems(facts, honest, [...groups, ...pairs])));
  problems.push(...(await thiefProblems(facts)));
  const waiting = new Set(
    groups.flatMap((seen) =>
      seen.flatMap((one) => (isBeyondHelp(facts, seen, one) || isBlocked(facts, seen) ? [one.device] : [])),
    ),
  );
  return [...problems, ...(await lost(facts, honest)), ...(await unsent(honest, waiting))];
}

function notReady(seen: readonly Seen[]): string[] {
  return seen.flatMap(({ device, name, state }) => (state === "ready" ? [] : [`${device.name}: ${name} is ${state}`]));
}

/**
 * Members who have not the same group, who think they are in and are not, or the other way round.
 */
function disagreements(facts: Case, honest: readonly Device[], seen: readonly Seen[]): string[] {
  const ready = seen.filter((one) => one.state === "ready" && !isLedAway(facts, seen, one));
  const problems = seen
    .filter((one) => one.state !== "ready" && one.state !== "left" && !isBeyondHelp(facts, seen, one))
    .map(({ device, name, state }) => `${device.name}: ${name} is ${state}`);
  const faces = new Map<string, string[]>();
  for (const one of ready) {
    const face = faceOf(facts.base, one);
    faces.set(face, [...(faces.get(face) ?? []), one.device.name]);
  }
  const name = seen[0]?.name ?? "";
  if (faces.size > 1 && !areKeptApart(facts, ready)) {
    problems.push(`${name} differs:${Array.from(faces, ([face, who]) => `\n    ${who.join(", ")}: ${face}`).join("")}`);
  }
  const blocked = isBlocked(facts, seen);
  problems.push(...(blocked ? [] : ready.flatMap(stillWanted)));
  return [...problems, ...(blocked ? [] : misplaced(facts, honest, seen))];
}

function stillWanted({ device, name, group }: Seen): string[] {
  const pending = group?.pending ?? [];
  return pending.map(
    ({ operation, waitsFor }) => `${device.name}: still wants "${operation.kind}" in ${name}, waiting for ${waitsFor}`,
  );
}

/** Who is in the group is in its list, and the other way round. */
function misplaced(facts: Case, honest: readonly Device[], seen: readonly Seen[]): string[] {
  const ready = seen.filter(({ state }) => state === "ready");
  const name = seen[0]?.name ?? "";
  const listed = new Set(ready.flatMap(({ group }) => group?.members.map(({ id }) => id) ?? []));
  return honest.flatMap((device) => {
    const one = seen.find((other) => other.device === device);
    const isListed = listed.has(device.profile);
    if (one?.state === "ready") return isListed ? [] : [`${device.name}: not in the list of ${name}`];
    const isOut = one === undefined || one.state === "left";
    if (!isListed || (isOut ? isUntold(facts, ready, device) : isBeyondHelp(facts, seen, one))) return [];
    return [
      `${device.name}: listed in ${name}, ${one === undefined ? "of which it knows nothing" : `where it is ${one.state}`}`,
    ];
  });
}

/** What all members must see alike. */
function faceOf(base: Base, { group, epoch }: Seen): string {
  if (group === undefined) return "";
  const { name, description, whoAdds, whoWrites, timer, newcomersRead } = group;
  const members = group.members
    .map(({ id, role, devices }) => `${base.names[base.profiles.indexOf(id)] ?? id}:${role}:${devices}`)
    .sort();
  const rules = JSON.stringify({ name, description, whoAdds, whoWrites, timer, newcomersRead });
  return `epoch ${epoch} ${members.join(" ")} ${rules}`;
}

/**
 * What is written waits where a device is beyond help, or no fresh labels can come; nowhere else.
 */
async function unsent(honest: readonly Device[], waiting: ReadonlySet<Device>): Promise<string[]> {
  const problems: string[] = [];
  for (const device of honest) {
    const status = await device.read("status", {});
    if (status === undefined || (status.pending > 0 && !waiting.has(device)))
      problems.push(`${device.name}: ${status?.pending} unsent`);
    if (status?.trouble !== undefined) problems.push(`${device.name}: ${status.trouble}`);
  }
  return problems;
}
