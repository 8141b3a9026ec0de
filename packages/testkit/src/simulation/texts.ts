import { areKeptApart, isKeptFrom, isLastWord, isNowhere, isSilenced, isUnknown } from "./excuses.ts";
import type { Device } from "./device.ts";
import { nameOf, shownOn, type Case, type Seen, type Shown } from "./sight.ts";
import type { Sealed, Witness } from "./witness.ts";

/** What is wrong with the texts of one conversation. */
export function textProblems(facts: Case, seen: readonly Seen[]): string[] {
  return [
    ...seen.flatMap((one) => [...doubles(one), ...opened(facts, one)]),
    ...missing(facts, seen),
    ...outOfOrder(facts, seen),
  ];
}

function doubles({ device, name, shown }: Seen): string[] {
  const texts = shown.map(({ text }) => text);
  const twice = texts.filter((text, i) => texts.indexOf(text) !== i);
  return twice.map((text) => `${device.name}: ${text} is there twice in ${name}`);
}

/** Texts that were never sealed for this device, or that their author was not allowed to write. */
function opened({ base, isHonest, witness, newcomersMayRead }: Case, { device, name, shown }: Seen): string[] {
  return shown.flatMap(({ text, author }) => {
    // A hostile author may show anybody what they wrote.
    if (author === device.profile || !isHonest(base.profiles.indexOf(author))) return [];
    const seals = witness.sealed.filter((one) => nameOf(one.text) === text);
    const wasShown = (seal: Sealed): boolean =>
      newcomersMayRead && witness.joins.some((join) => join.profile === device.profile && join.shared === seal.shared);
    if (!seals.some((seal) => seal.readers.has(device.profile) || wasShown(seal))) {
      return [`${device.name}: opened ${text} in ${name}, not meant for them`];
    }
    return seals.some(({ allowed }) => allowed)
      ? []
      : [`${device.name}: shows ${text} in ${name}, by who may not write`];
  });
}

/**
 * Texts that got out and that somebody has not, who was in the conversation then and ever since.
 */
function missing(facts: Case, seen: readonly Seen[]): string[] {
  const { base, witness, isHonest } = facts;
  const problems: string[] = [];
  const out = new Map<string, string>();
  for (const { device, shown } of seen) {
    for (const { text, author, state } of shown) {
      const isHonestAuthor = isHonest(base.profiles.indexOf(author));
      const isOut = author !== device.profile || state === "sent" || state === "delivered" || state === "read";
      if (isOut && isHonestAuthor) out.set(text, author);
    }
  }
  const ready = seen.filter(({ state }) => state === "ready");
  const epochOf = (profile: string): string | undefined =>
    ready.find(({ device }) => device.profile === profile)?.epoch;
  const areApart = areKeptApart(facts, ready);
  for (const [text, author] of out) {
    if (isNowhere(facts, seen, text, author) || isLastWord(facts, text)) continue;
    const seal = witness.sealed.findLast((one) => nameOf(one.text) === text && one.author === author);
    for (const one of seen) {
      const { device, name, state, shown } = one;
      if (seal === undefined || state !== "ready" || isWriter(facts, { text, author }, device)) continue;
      const isOut = wasRemovedSince(witness, device.profile, seal) || isOutsider(witness, seen, seal);
      const isReader = seal.readers.has(device.profile) && hasLeaf(facts, seal, device);
      const isMeant = isReader && !isOut && !isUnknown(facts, device.index, text);
      if (areApart && epochOf(author) !== epochOf(device.profile)) continue;
      if (isSaidAgain(facts, seal, device.profile) || isKeptFrom(facts, seen, seal, device)) continue;
      if (isSilenced(facts, one, text, author)) continue;
      if (isMeant && !shown.some((other) => other.text === text)) {
        problems.push(`${device.name}: misses ${text} of ${base.names[base.profiles.indexOf(author)]} in ${name}`);
      }
    }
  }
  return problems;
}

/** What a device lacks of what was written on it, `lost` says. */
const isWriter = (facts: Case, { text, author }: Pick<Shown, "text" | "author">, device: Device): boolean =>
  device.profile === author && isOn(facts, text, device);

/** Whether this device could open it, and not only another of the same person. */
function hasLeaf({ ids, witness, restored }: Case, seal: Sealed, device: Device): boolean {
  const id = ids.get(device.index);
  if (id === undefined) return true;
  const since = restored.get(device.index)?.sealed ?? 0;
  return seal.devices.has(id) && witness.sealed.indexOf(seal) >= since;
}

/**
 * What was written before somebody came, and is said again because the store lost it, is not owed
 * to them.
 */
function isSaidAgain({ losses, witness }: Case, seal: Sealed, reader: string): boolean {
  const first = witness.sealed.find((one) => one.text === seal.text && one.author === seal.author);
  return losses.length > 0 && first?.readers.has(reader) === false;
}

/**
 * What somebody wrote who was put out meanwhile may come behind that, and is then not heard; nor is
 * what they wrote in a history of their own, before they found out.
 */
function isOutsider(witness: Witness, seen: readonly Seen[], seal: Sealed): boolean {
  const isIn = seen.some(({ device, state }) => device.profile === seal.author && state === "ready");
  const isApart = !isIn && witness.removals.some((one) => one.profile === seal.author && one.group === seal.group);
  return isApart || wasRemovedSince(witness, seal.author, seal);
}

function wasRemovedSince({ removals }: Witness, profile: string, seal: Sealed): boolean {
  return removals.some((one) => one.profile === profile && one.group === seal.group && one.epoch > seal.epoch);
}

/**
 * Texts of one author stand in the same order everywhere, unless the author lost some and began
 * again.
 */
function outOfOrder(facts: Case, seen: readonly Seen[]): string[] {
  const { base, isHonest, restored } = facts;
  const problems: string[] = [];
  for (const own of seen) {
    const author = own.device.profile;
    if (!isHonest(own.device.who) || restored.has(own.device.index)) continue;
    const isOwn = (one: Shown): boolean => one.author === author && isOn(facts, one.text, own.device);
    const said = own.shown.filter(isOwn).map(({ text }) => text);
    for (const other of seen) {
      if (other === own || restored.has(other.device.index)) continue;
      const heard = other.shown.filter(isOwn).map(({ text }) => text);
      const inOrder = said.filter((text) => heard.includes(text));
      const known = heard.filter((text) => said.includes(text));
      if (inOrder.join() !== known.join()) {
        const name = base.names[own.device.who];
        problems.push(`${other.device.name}: has ${name}'s ${known.join()} in ${own.name}, written ${inOrder.join()}`);
      }
    }
  }
  return problems;
}

/** Whether it was written on this one among the devices of its author. */
const isOn = ({ said }: Case, text: string, { index }: Device): boolean =>
  (said.find((one) => nameOf(one.text) === text)?.author ?? index) === index;

/** What an engine took from its person must be there, unless the device was put back to before. */
export async function lost({ said, restored }: Case, honest: readonly Device[]): Promise<string[]> {
  const problems: string[] = [];
  for (const device of honest) {
    const own = said.filter(({ author, step }) => author === device.index && step > (restored.get(author)?.step ?? -1));
    if (own.length === 0) continue;
    const there = new Set<string>();
    for (const { id } of (await device.read("conversations", {})) ?? []) {
      for (const { text } of await shownOn(device, id)) there.add(text);
    }
    const missing = own.map(({ text }) => nameOf(text)).filter((text) => !there.has(text));
    problems.push(...missing.map((text) => `${device.name}: lost its own ${text}`));
  }
  return problems;
}
