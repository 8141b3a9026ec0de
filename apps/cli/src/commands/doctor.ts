import type { ConversationView, PliApi, StatusView, StorageView, WaitingMessages } from "@pli/engine/api";
import type { StoreProbe } from "@pli/engine/probe";
import { nameForQuotes } from "@pli/engine/content";
import { errorSentence } from "@pli/engine/words";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { codeOf } from "../failure.ts";
import { rejoiningFields, rejoiningSaid } from "../group/rejoining.ts";
import { openHome, settled, storeOf } from "../home.ts";
import { readerOf } from "../naming.ts";
import { oneLine } from "../text/safe.ts";
import { createSizes } from "../text/size.ts";
import { fit } from "../text/width.ts";
import { awayText, waitingFields } from "../waiting.ts";
import type { HomeReport, HomeStatus } from "../world.ts";

const LARGEST_SKEW_S = 300;
const LOW_DISK = 100 * 1024 * 1024;
const OLDEST_NODE = 24;

/** A trouble of the device that is one of its profile. */
const OUT_OF_TIME = "profile_out_of_time";

const NAME_COLUMNS = 13;

export type CheckName =
  | "store"
  | "clock"
  | "versions"
  | "home"
  | "storage"
  | "profile"
  | "connection"
  | "conversations"
  | "messages";

/** One finding. `details`: the figures behind the sentence, for scripts. */
interface Check {
  name: CheckName;
  state: "ok" | "warn" | "fail";
  text: string;
  advice?: string | undefined;
  code?: string;
  details?: Record<string, unknown>;
}

/** Looks at everything Pli rests on here, says what is found and what to do. */
export async function doctor(context: Context): Promise<ExitCode> {
  const checks: Check[] = [];
  for await (const check of findings(context)) {
    checks.push(check);
    show(context, check);
  }
  if (checks.every(({ state }) => state === "ok")) context.say(`\n${context.words.doctor.allGood}`);
  return checks.some(({ state }) => state === "fail") ? EXIT.failed : EXIT.done;
}

async function* findings(context: Context): AsyncGenerator<Check> {
  const { world } = context;
  yield checkVersions(context);
  const store = await storeOf(context);
  const probe = await world.probeStore(store);
  yield checkStore(context, store, probe);
  yield checkClock(context, probe);
  const status = await world.homeStatus(context.home);
  yield await checkHome(context, status);
  if (status !== "absent") yield* insideHome(context, status, probe);
}

function show({ emit, say, words, style }: Context, check: Check): void {
  const { name, text, advice, ...more } = check;
  emit({ event: "check", name, ...more, text, ...(advice === undefined ? {} : { advice }) });
  const mark = fit(words.doctor.marks[check.state], 7);
  const painted = check.state === "ok" ? style.accent(mark) : style.warning(mark);
  say(`${painted} ${fit(words.doctor.checks[name], NAME_COLUMNS)} ${oneLine(text)}`);
  if (advice !== undefined) say(`${" ".repeat(NAME_COLUMNS + 9)}${style.dim(`→ ${oneLine(advice)}`)}`);
}

function checkVersions({ world, words }: Context): Check {
  const text = words.doctor.versions(world.versions);
  const tooOld = Number.parseInt(world.versions.node, 10) < OLDEST_NODE;
  const details = { ...world.versions };
  return tooOld
    ? { name: "versions", state: "fail", text, advice: words.doctor.versionsAdvice, details }
    : { name: "versions", state: "ok", text, details };
}

function checkStore(context: Context, address: string, probe: StoreProbe): Check {
  const { words, globals } = context;
  if (!probe.ok) {
    const text = `${address}${words.colon} ${errorSentence(globals.language, probe.error)}`;
    const advice = words.doctor.storeAdvice;
    return { name: "store", state: "fail", code: probe.error, text, advice, details: { address } };
  }
  const { software, retentionDays: days, answeredIn: ms } = probe.value;
  const text = words.doctor.store({ address, software: oneLine(software), days, ms });
  return { name: "store", state: "ok", text, details: { address, ...probe.value } };
}

function checkClock({ words }: Context, probe: StoreProbe): Check {
  if (!probe.ok) return { name: "clock", state: "warn", text: words.doctor.clockUnknown };
  const { clockSkew } = probe.value;
  const details = { clockSkew };
  if (Math.abs(clockSkew) <= LARGEST_SKEW_S)
    return { name: "clock", state: "ok", text: words.doctor.clockRight, details };
  const text = words.doctor.clockOff(Math.round(clockSkew / 60));
  return { name: "clock", state: "fail", code: "clock_wrong", text, advice: words.doctor.clockAdvice, details };
}

async function checkHome({ world, home, words, globals }: Context, status: HomeStatus): Promise<Check> {
  if (status === "absent") {
    return { name: "home", state: "warn", text: words.doctor.homeAbsent(home), advice: words.advice.makeProfile };
  }
  try {
    return homeFound(await world.inspectHome(home), home, words.doctor, globals.language);
  } catch {
    const text = words.doctor.homeUnreadable(home);
    return { name: "home", state: "fail", text, advice: words.doctor.homeUnreadableAdvice };
  }
}

function homeFound(report: HomeReport, home: string, words: Context["words"]["doctor"], language: string): Check {
  const sizes = createSizes(language);
  const [size, free] = [sizes(report.bytes), sizes(report.freeBytes)];
  const details = { ...report };
  if (report.mode !== undefined && (report.mode & 0o077) !== 0) {
    return { name: "home", state: "fail", text: words.homeOpen(home), advice: words.homeOpenAdvice(home), details };
  }
  if (report.freeBytes < LOW_DISK) {
    return { name: "home", state: "warn", text: words.diskLow(free), advice: words.diskAdvice, details };
  }
  return { name: "home", state: "ok", text: words.homeGood({ home, size, free }), details };
}

async function* insideHome(
  context: Context,
  keyed: "keyfile" | "passphrase",
  probe: StoreProbe,
): AsyncGenerator<Check> {
  try {
    const home = await openHome(context);
    try {
      const storage = await home.api.read("storage", {});
      const contacts = await home.api.read("contacts", {});
      const status = probe.ok ? await settled(context, home.api) : await home.api.read("status", {});
      yield checkStorage(context, storage, status, keyed);
      yield checkProfile(context, status, contacts.length);
      yield checkConnection(context, status);
      yield* checkOtherStores(context, status);
      yield* checkConversations(context, home.api);
      yield checkMessages(context, storage, status, await home.api.read("conversations", {}));
    } finally {
      await home.close();
    }
  } catch (thrown) {
    const code = codeOf(thrown);
    yield { name: "storage", state: "fail", code, text: errorSentence(context.globals.language, code) };
  }
}

function checkStorage(
  { words, globals }: Context,
  storage: StorageView,
  { trouble }: StatusView,
  keyed: "keyfile" | "passphrase",
): Check {
  if (trouble !== undefined && trouble !== OUT_OF_TIME) {
    return { name: "storage", state: "fail", code: trouble, text: errorSentence(globals.language, trouble) };
  }
  const size = createSizes(globals.language)(storage.databaseBytes);
  const text = words.doctor.storage({ size, messages: storage.messages, keyed: words.doctor.keyed[keyed] });
  const { databaseBytes, messages, conversations } = storage;
  return { name: "storage", state: "ok", text, details: { databaseBytes, messages, conversations, keyed } };
}

function checkProfile({ words, globals }: Context, { profile, trouble }: StatusView, contacts: number): Check {
  if (profile === undefined) {
    return { name: "profile", state: "warn", text: words.doctor.noProfile, advice: words.advice.makeProfile };
  }
  if (trouble === OUT_OF_TIME)
    return { name: "profile", state: "fail", code: trouble, text: errorSentence(globals.language, trouble) };
  return {
    name: "profile",
    state: "ok",
    text: words.doctor.profile({ name: oneLine(profile.name), contacts }),
    details: { contacts },
  };
}

function checkConnection({ words, globals }: Context, { connection }: StatusView): Check {
  const { state, store } = connection;
  const details = { state, store, ...connection.catchUp };
  if (state === "online") return { name: "connection", state: "ok", text: words.doctor.online(store), details };
  const text = words.doctor.notOnline[state](store);
  const advice = connection.error === undefined ? undefined : errorSentence(globals.language, connection.error);
  return { name: "connection", state: "warn", text, advice, details };
}

/** Conversations may live at other stores than the home one. */
function* checkOtherStores({ words }: Context, { storesAway = [], connection }: StatusView): Generator<Check> {
  const { away, awayAdvice } = words.waiting.doctor;
  for (const { store, error, ...details } of storesAway) {
    const found = { text: away(oneLine(store)), advice: awayAdvice(connection.store), details: { store, ...details } };
    yield { name: "connection", state: "warn", ...found, ...(error !== undefined && { code: error }) };
  }
}

/** Those in which this device cannot go on, one by one; when there are none, how many there are. */
async function* checkConversations(context: Context, api: PliApi): AsyncGenerator<Check> {
  const { doctor } = context.words;
  const open = (await api.read("conversations", {})).filter(({ state }) => state !== "left");
  const stopped = open.filter(({ state, blocked }) => state === "rejoining" && !blocked);
  const reader = await readerOf(api, (await api.read("status", {})).profile);
  for (const { id, kind, name, contact } of stopped) {
    const group = kind === "group" ? await api.read("group", { id }) : undefined;
    const shown = kind === "group" ? nameForQuotes(name) : reader.nameOf({ id: contact, name });
    const details = kind === "group" ? { group: name, groupId: id } : { contact: name, contactId: contact };
    if (group?.rejoining === undefined) {
      const text = kind === "group" ? doctor.rejoining(shown) : doctor.rejoiningContact(shown);
      yield { name: "conversations", state: "warn", text, details };
      continue;
    }
    const { since, hope, advice } = rejoiningSaid(context, group.rejoining, reader);
    const text = doctor.rejoiningGroup({ group: shown, since, hope: hope.join(" ") });
    const more = { ...details, ...rejoiningFields(group.rejoining) };
    yield { name: "conversations", state: "warn", text, advice, details: more };
  }
  const text = doctor.conversations(open.length);
  if (stopped.length === 0) yield { name: "conversations", state: "ok", text, details: { conversations: open.length } };
}

function checkMessages(
  context: Context,
  { counters }: StorageView,
  { pending, waitsFor = [], connection }: StatusView,
  conversations: readonly ConversationView[],
): Check {
  const { words } = context;
  const repairs = counters.rejoins + counters.forks + counters.refoundings;
  const details = { pending, ...counters, repairs };
  if (pending > 0) {
    const text = words.doctor.waiting(pending);
    const isUp = connection.state === "online";
    const then = isUp ? words.doctor.waitingOnlineAdvice : words.doctor.waitingAdvice;
    const advice = [...waitsFor.map((one) => waitingText(context, one, conversations)), then].join(" ");
    const more = {
      ...details,
      waitsFor: waitsFor.map((one) => ({ conversation: one.conversation, ...waitingFields(one) })),
    };
    return { name: "messages", state: "warn", text, advice, details: more };
  }
  const text = words.doctor.counters({ ...counters, repairs });
  const healed = counters.gaps + counters.undecryptable > 0;
  return healed
    ? { name: "messages", state: "warn", text, advice: words.doctor.countersAdvice, details }
    : { name: "messages", state: "ok", text, details };
}

/** For whom messages wait, and for what. */
function waitingText(context: Context, waiting: WaitingMessages, conversations: readonly ConversationView[]): string {
  const say = context.words.waiting.doctor;
  const name = nameForQuotes(conversations.find(({ id }) => id === waiting.conversation)?.name ?? "?");
  if (waiting.away !== undefined) return say.store(waiting.messages, name, awayText(context, waiting.away));
  return say[waiting.what === "people" ? "people" : "turn"](waiting.messages, name);
}
