/**
 * A person with many contacts and groups loses their only device, over a store in a process of its
 * own with the limits that it comes with: how long a backup takes until the store has it, and how
 * long an empty device takes, from the words to the last group that talks. `--contacts N`,
 * `--groups N`, `--awake N`: how many contacts run, in this process; groups are of them.
 */
import { parseArgs } from "node:util";
import type { Engine } from "@pli/engine";
import type { ConversationView } from "@pli/engine/api";
import { startStoreProcess, temporaryFolder } from "../e2e/lib/store-process.ts";
import { rounded, type Measurement } from "./measure.ts";
import { meet, meetAndStay, openEngine, startDevice, when, type Device } from "./engines.ts";

/** The others of each group. */
const GROUP_CONTACTS = 3;
const BACK = "I am back";

interface Size {
  readonly contacts: number;
  readonly groups: number;
  readonly awake: number;
}

export async function run(options: readonly string[]): Promise<Measurement[]> {
  const size = sizeFrom(options);
  const store = await startStoreProcess();
  const first = await startDevice(temporaryFolder("first"), store.origin, "written");
  await first.engine.createProfile({ name: "Alice" });
  const friends: Device[] = [];
  for (let i = 0; i < size.awake; i++) friends.push(await meetAndStay(first.engine, `Friend ${i}`, store.origin));
  for (let i = size.awake; i < size.contacts; i++) await meet(first.engine, `Contact ${i}`, store.origin);
  await foundGroups(first.engine, friends, size.groups);
  const words = (await first.engine.recoveryWords({ language: "en" })).join(" ");
  const measured = [figure(size, "a backup, until the store has it", await backup(first.engine, words))];
  await first.engine.close();
  measured.push(...(await restore(words, friends, size, store.origin)));
  for (const { engine } of friends) await engine.close();
  await store.stop();
  return measured;
}

async function foundGroups(engine: Engine, friends: readonly Device[], groups: number): Promise<void> {
  for (const friend of friends) sayYes(friend.engine);
  const awake = (await engine.read("conversations", {})).filter(({ name }) => name.startsWith("Friend"));
  for (let i = 0; i < groups; i++) {
    const some = Array.from({ length: GROUP_CONTACTS }, (_, n) => awake[(i + n) % awake.length]?.contact ?? "");
    await engine.createGroup({ name: `Group ${i}`, contacts: [...new Set(some)] });
  }
  await when(engine, "conversations", {}, (list) => groupsOf(list).every(isWhole));
  for (const friend of friends) await when(friend.engine, "conversations", {}, (list) => groupsOf(list).every(isWhole));
}

/** To every question of a contact. */
function sayYes(engine: Engine): void {
  engine.watch("groupQuestions", {}, (questions) => {
    for (const { id } of questions) engine.answerGroupQuestion({ question: id, accept: true }).catch(() => undefined);
  });
}

/** Seconds until the store has one more backup than before. */
async function backup(engine: Engine, words: string): Promise<number> {
  const before = (await engine.read("recovery", {})).backedUpAt;
  const start = performance.now();
  await engine.checkRecovery({ words });
  await when(engine, "recovery", {}, ({ backedUpAt }) => backedUpAt !== undefined && backedUpAt !== before);
  return secondsSince(start);
}

async function restore(words: string, friends: readonly Device[], size: Size, store: string): Promise<Measurement[]> {
  const fresh = await openEngine(temporaryFolder("restored"), store, "written");
  const start = performance.now();
  await fresh.restoreRecovery({ words, stolen: false });
  const listed = secondsSince(start);
  const direct = ({ kind, name, state }: ConversationView): boolean =>
    kind === "direct" && name.startsWith("Friend") && state === "ready";
  const talking = when(fresh, "conversations", {}, (list) => list.filter(direct).length === friends.length);
  const talks = talking.then(() => secondsSince(start));
  await when(fresh, "conversations", {}, (list) => groupsOf(list).every(isWhole));
  const groups = secondsSince(start);
  for (const { id } of groupsOf(await fresh.read("conversations", {})))
    await fresh.sendText({ conversation: id, text: BACK });
  for (const { engine } of friends) await when(engine, "conversations", {}, (list) => groupsOf(list).every(hasHeard));
  const heard = secondsSince(start);
  const measured = [
    figure(size, "restored: contacts and groups are listed", listed),
    figure(size, "restored: all contacts who run can be talked to", await talks),
    figure(size, "restored: in every group again", groups),
    figure(size, "restored: every group has heard a text", heard),
  ];
  await fresh.close();
  return measured;
}

const groupsOf = (list: readonly ConversationView[]): ConversationView[] => list.filter(({ kind }) => kind === "group");
const isWhole = ({ state, members }: ConversationView): boolean =>
  state === "ready" && (members ?? 0) === GROUP_CONTACTS + 1;
const hasHeard = ({ last }: ConversationView): boolean => last?.body.kind === "text" && last.body.text === BACK;

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

function figure({ contacts, groups, awake }: Size, metric: string, value: number): Measurement {
  const subject = `${contacts} contacts (${awake} run), ${groups} groups`;
  return { bench: "recovery", subject, metric, value: rounded(value), unit: "s" };
}

function sizeFrom(options: readonly string[]): Size {
  const { values } = parseArgs({
    args: [...options],
    options: {
      contacts: { type: "string", default: "1000" },
      groups: { type: "string", default: "100" },
      awake: { type: "string", default: "20" },
    },
  });
  return { contacts: Number(values.contacts), groups: Number(values.groups), awake: Number(values.awake) };
}
