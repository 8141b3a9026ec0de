import type { GroupView, MessageView } from "@pli/engine/api";
import type { Base } from "./base.ts";
import { conversationOf, type Founded, type Said } from "./calls.ts";
import type { Device } from "./device.ts";
import type { Place, Sealed, Witness } from "./witness.ts";

/** All that is known of a run when it is judged. */
export interface Case {
  readonly base: Base;
  readonly devices: readonly Device[];
  isHonest(who: number): boolean;
  readonly witness: Witness;
  /** What engines took from their people. */
  readonly said: readonly Said[];
  /** Who was put back to an earlier state: in which step, the last time. */
  readonly restored: ReadonlyMap<number, Restored>;
  readonly founded: Founded;
  /** Whether newcomers may ever have been shown what was written before they came. */
  readonly newcomersMayRead: boolean;
}

/** A device that was put back to an earlier state. */
export interface Restored {
  /** The step that did it, the last time. */
  readonly step: number;
  /** The epochs whose keys that state has, and how many the device had begun by then in all its lives. */
  readonly epochs: ReadonlySet<string>;
  readonly begun: number;
}

/** A text as one device shows it. */
interface Shown {
  readonly text: string;
  readonly author: string;
  readonly state: MessageView["state"];
}

/** One conversation as one device has it. */
interface Seen {
  readonly device: Device;
  /** What the conversation is called in a report. */
  readonly name: string;
  readonly state: string;
  readonly shown: readonly Shown[];
  readonly group: GroupView | undefined;
  /** The epoch it stands at, with what only those who share it know. */
  readonly epoch: string;
}

/** What is not as it must be: every honest member has the same group and the same messages, and nobody has more. */
export async function problemsOf(facts: Case): Promise<string[]> {
  const problems: string[] = [];
  const honest = facts.devices.filter(({ index }) => facts.isHonest(index));
  const conversations: Seen[][] = [];
  for (const [number, shared] of facts.founded) {
    conversations.push(await seenBy(honest, (device) => groupOn(facts, device, number, shared)));
  }
  for (const [i, one] of honest.entries()) {
    for (const other of honest.slice(i + 1)) {
      if (!facts.base.areContacts(one.index, other.index)) continue;
      conversations.push(await seenBy([one, other], (device) => directOn(device, device === one ? other : one)));
    }
  }
  for (const seen of conversations) {
    problems.push(...(seen[0]?.group === undefined ? notReady(seen) : disagreements(facts, seen)));
    problems.push(...seen.flatMap((one) => [...doubles(one), ...opened(facts, one)]));
    problems.push(...missing(facts, seen), ...outOfOrder(facts, seen));
  }
  return [...problems, ...(await lost(facts, honest)), ...(await unsent(facts, honest))];
}

async function seenBy(
  devices: readonly Device[],
  look: (device: Device) => Promise<Seen | undefined>,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const device of devices) {
    const one = await look(device);
    if (one !== undefined) seen.push(one);
  }
  return seen;
}

async function groupOn({ witness }: Case, device: Device, number: number, shared: string): Promise<Seen | undefined> {
  const id = await conversationOf(device, shared);
  const group = id === undefined ? undefined : await device.read("group", { id });
  if (id === undefined || group === undefined) return undefined;
  const [row] = await device.rows(
    "SELECT number FROM epochs WHERE conversation = ? AND retired_at IS NULL ORDER BY id DESC LIMIT 1",
    [id],
  );
  const begun = witness.begun(device.index).findLast((one) => one.shared === shared && one.epoch === row?.["number"]);
  const epoch = `${begun?.epoch} ${begun?.authenticator.slice(0, 12)}`;
  return { device, name: `group ${number}`, state: group.state, shown: await shownOn(device, id), group, epoch };
}

async function directOn(device: Device, other: Device): Promise<Seen | undefined> {
  const views = (await device.read("conversations", {})) ?? [];
  const view = views.find(({ contact }) => contact === other.profile);
  if (view === undefined) return undefined;
  const name = [device.name, other.name].sort().join(" and ");
  return { device, name, state: view.state, shown: await shownOn(device, view.id), group: undefined, epoch: "" };
}

async function shownOn(device: Device, conversation: string): Promise<Shown[]> {
  const page = await device.read("messages", { conversation, limit: 10_000 });
  return (page?.messages ?? []).flatMap(({ body, from, state }) =>
    body.kind === "text" ? [{ text: nameOf(body.text), author: from, state }] : [],
  );
}

/** A text by its number: the rest is filling. */
const nameOf = (text: string): string => text.split(" ")[0] ?? text;

function notReady(seen: readonly Seen[]): string[] {
  return seen.flatMap(({ device, name, state }) => (state === "ready" ? [] : [`${device.name}: ${name} is ${state}`]));
}

/** Members who have not the same group, who think they are in and are not, or the other way round. */
function disagreements({ base, restored }: Case, seen: readonly Seen[]): string[] {
  const ready = seen.filter(({ state }) => state === "ready");
  // Whoever was put back has nobody to be brought back by when all whom they know of in it are out, or when its changes are blocked and
  // its owners are away.
  const isStuck = ({ group }: Seen): boolean => group?.jammed?.mayRefound === false;
  // Whoever owns a group alone may block its changes for good: nothing comes of what others want, and who has left stays listed.
  const isBlocked = ready.length > 0 && ready.every(isStuck);
  const isBeyondHelp = ({ device, state, group }: Seen): boolean => {
    const known = new Set(group?.members.map(({ id }) => id));
    const helpers = ready.filter((one) => known.has(one.device.profile));
    return state === "rejoining" && restored.has(device.index) && helpers.every(isStuck);
  };
  const problems = seen
    .filter((one) => one.state !== "ready" && one.state !== "left" && !isBeyondHelp(one))
    .map(({ device, name, state }) => `${device.name}: ${name} is ${state}`);
  const faces = new Map<string, string[]>();
  for (const one of ready) {
    const face = faceOf(base, one);
    faces.set(face, [...(faces.get(face) ?? []), one.device.name]);
  }
  const name = seen[0]?.name ?? "";
  if (faces.size > 1) {
    problems.push(`${name} differs:${Array.from(faces, ([face, who]) => `\n    ${who.join(", ")}: ${face}`).join("")}`);
  }
  const inside = new Set(ready.map(({ device }) => device.profile));
  const listed = new Set(ready.flatMap(({ group }) => group?.members.map(({ id }) => id) ?? []));
  for (const one of seen) {
    const { device, state } = one;
    if (inside.has(device.profile) && !listed.has(device.profile))
      problems.push(`${device.name}: not in the list of ${name}`);
    if (!inside.has(device.profile) && listed.has(device.profile) && !isBeyondHelp(one) && !isBlocked) {
      problems.push(`${device.name}: listed in ${name}, where it is ${state}`);
    }
  }
  for (const { device, group } of isBlocked ? [] : ready) {
    for (const { wanted, waitsFor } of group?.pending ?? []) {
      problems.push(`${device.name}: still wants "${wanted.kind}" in ${name}, waiting for ${waitsFor}`);
    }
  }
  return problems;
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

function doubles({ device, name, shown }: Seen): string[] {
  const texts = shown.map(({ text }) => text);
  const twice = texts.filter((text, i) => texts.indexOf(text) !== i);
  return twice.map((text) => `${device.name}: ${text} is there twice in ${name}`);
}

/** Texts that were never sealed for this device, or that their author was not allowed to write. */
function opened({ witness, newcomersMayRead }: Case, { device, name, shown }: Seen): string[] {
  return shown.flatMap(({ text, author }) => {
    if (author === device.profile) return [];
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

/** Texts that got out and that somebody has not, who was in the conversation then and ever since. */
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
  for (const [text, author] of out) {
    const seal = witness.sealed.findLast((one) => nameOf(one.text) === text && one.author === author);
    for (const { device, name, state, shown } of seen) {
      if (seal === undefined || state !== "ready" || device.profile === author) continue;
      // What somebody wrote who was put out meanwhile may come behind that, and is then not heard.
      const isOut = [device.profile, author].some((profile) => wasRemovedSince(witness, profile, seal));
      const isMeant = seal.readers.has(device.profile) && !isOut && !isForgotten(facts, device.index, seal);
      if (isMeant && !shown.some((one) => one.text === text)) {
        problems.push(`${device.name}: misses ${text} of ${base.names[base.profiles.indexOf(author)]} in ${name}`);
      }
    }
  }
  return problems;
}

/** Of a device that was put back: its keys of that epoch are nowhere any more. */
const isForgotten = (facts: Case, who: number, seal: Sealed): boolean =>
  facts.restored.has(who) && !epochsOf(facts, who).has(placeName(seal));

/** The epochs a device has begun, but for those that it forgot when it was put back. */
export function epochsOf({ witness, restored }: Pick<Case, "witness" | "restored">, who: number): ReadonlySet<string> {
  const { epochs = [], begun = 0 } = restored.get(who) ?? {};
  return new Set([...epochs, ...witness.begun(who).slice(begun).map(placeName)]);
}

const placeName = ({ group, epoch }: Place): string => `${group} ${epoch}`;

function wasRemovedSince({ removals }: Witness, profile: string, seal: Sealed): boolean {
  return removals.some((one) => one.profile === profile && one.group === seal.group && one.epoch > seal.epoch);
}

/** Texts of one author stand in the same order everywhere, unless the author lost some and began anew. */
function outOfOrder({ base, isHonest, restored }: Case, seen: readonly Seen[]): string[] {
  const problems: string[] = [];
  for (const own of seen) {
    const author = own.device.profile;
    if (!isHonest(own.device.index) || restored.has(own.device.index)) continue;
    const said = own.shown.filter((one) => one.author === author).map(({ text }) => text);
    for (const other of seen) {
      if (other === own || restored.has(other.device.index)) continue;
      const heard = other.shown.filter((one) => one.author === author).map(({ text }) => text);
      const inOrder = said.filter((text) => heard.includes(text));
      const known = heard.filter((text) => said.includes(text));
      if (inOrder.join() !== known.join()) {
        const name = base.names[own.device.index];
        problems.push(`${other.device.name}: has ${name}'s ${known.join()} in ${own.name}, written ${inOrder.join()}`);
      }
    }
  }
  return problems;
}

/** What an engine took from its person must be there, unless the device was put back to before. */
async function lost({ said, restored }: Case, honest: readonly Device[]): Promise<string[]> {
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

/** What is written waits in a group to which a device that was put back has not come back: that it must, is judged elsewhere. */
async function unsent({ restored }: Case, honest: readonly Device[]): Promise<string[]> {
  const problems: string[] = [];
  for (const device of honest) {
    const status = await device.read("status", {});
    const [waiting] = await device.rows("SELECT 1 FROM conversations WHERE kind = 'group' AND state = 'rejoining'");
    const mayWait = restored.has(device.index) && waiting !== undefined;
    if (status === undefined || (status.pending > 0 && !mayWait))
      problems.push(`${device.name}: ${status?.pending} unsent`);
    if (status?.trouble !== undefined) problems.push(`${device.name}: ${status.trouble}`);
  }
  return problems;
}
