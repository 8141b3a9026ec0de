import type { Device } from "./device.ts";
import { isLastWord } from "./excuses.ts";
import { ROLL } from "./aftermath.ts";
import { nameOf, shownOn, type Case, type Seen } from "./sight.ts";

/**
 * The devices of a person are alike: their list, what the person chose on any of them, and what was
 * said.
 */
export async function ownProblems(
  facts: Case,
  honest: readonly Device[],
  conversations: readonly (readonly Seen[])[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const who of new Set(honest.map((device) => device.who))) {
    const own = honest.filter((device) => device.who === who);
    if (facts.ids.size > 0) problems.push(...(await notAlike(facts, own)));
    if (own.length > 1)
      problems.push(
        ...conversations.flatMap((seen) =>
          notOneTranscript(
            facts,
            own,
            seen.filter(({ device }) => device.who === who),
          ),
        ),
      );
  }
  return problems;
}

/**
 * Who has a stolen device opens nothing of what is said at the end, and nobody hears what it says
 * then.
 */
export async function thiefProblems({ devices, gone, said, isHonest }: Case): Promise<string[]> {
  const problems: string[] = [];
  if (gone.size === 0) return problems;
  const last = said.filter(({ step }) => step >= ROLL);
  const byThief = last.filter(({ author }) => gone.has(author)).map(({ text }) => nameOf(text));
  const byOthers = last.filter(({ author }) => !gone.has(author)).map(({ text }) => nameOf(text));
  for (const device of devices) {
    const isOut = gone.has(device.index);
    if (device.engine === undefined || !isHonest(device.who)) continue;
    const wrong = new Set(isOut ? byOthers : byThief);
    for (const { id } of (await device.read("conversations", {})) ?? [])
      for (const { text } of await shownOn(device, id))
        if (wrong.has(text)) problems.push(`${device.name}: has ${text}, ${isOut ? "and is out" : "of who is out"}`);
  }
  return problems;
}

/**
 * Their list names each of them and nobody else; contacts, names, blocks, mutes and settings are
 * the same.
 */
async function notAlike(facts: Case, own: readonly Device[]): Promise<string[]> {
  const faces = new Map<string, string[]>();
  const problems: string[] = [];
  const ids = own.map(({ index }) => facts.ids.get(index) ?? "?").toSorted();
  for (const device of own) {
    const listed = (await device.read("devices", {})) ?? [];
    const has = listed.map(({ id }) => id).toSorted();
    if (has.join() !== ids.join())
      problems.push(`${device.name}: lists ${namesOf(facts, has)}, not ${namesOf(facts, ids)}`);
    const contacts = (await device.read("contacts", {})) ?? [];
    const conversations = (await device.read("conversations", {})) ?? [];
    const direct = conversations.filter(({ kind, state }) => kind === "direct" && state !== "left");
    const face = JSON.stringify([
      listed.map(({ id, name }) => `${id} ${name}`).toSorted(),
      contacts.map(({ id, name, level, blocked }) => `${id} ${name} ${level} ${blocked}`).toSorted(),
      direct.map(({ contact, muted }) => `${contact} ${muted}`).toSorted(),
      await device.read("settings", {}),
    ]);
    faces.set(face, [...(faces.get(face) ?? []), device.name]);
  }
  if (faces.size > 1)
    problems.push(
      `own devices differ:${Array.from(faces, ([face, who]) => `\n    ${who.join(", ")}: ${face}`).join("")}`,
    );
  return problems;
}

const namesOf = ({ ids, devices }: Case, listed: readonly string[]): string =>
  listed.map((id) => devices.filter(({ index }) => ids.get(index) === id).map(({ name }) => name)[0] ?? id).join(", ");

/**
 * What one of them shows of a conversation that all are in, all do: with what was said before they
 * were linked.
 */
function notOneTranscript(facts: Case, own: readonly Device[], seen: readonly Seen[]): string[] {
  const ready = seen.filter(({ state }) => state === "ready");
  if (seen.length === 0 || seen.some(({ state }) => state === "left")) return [];
  const absent = own.filter((device) => !seen.some((one) => one.device === device));
  const all = new Set(ready.flatMap(({ shown }) => shown.map(({ text }) => text)));
  const lacking = ready.flatMap(({ device, name, shown }) =>
    [...all]
      .filter((text) => !isLastWord(facts, text) && !shown.some((one) => nameOf(one.text) === text))
      .map((text) => `${device.name}: has not ${text} in ${name}, which another own device has`),
  );
  return [...lacking, ...absent.map((device) => `${device.name}: knows nothing of ${seen[0]?.name}`)];
}
