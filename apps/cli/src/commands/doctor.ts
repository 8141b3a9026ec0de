import type { ConversationView, GroupView, PliApi, StatusView, StorageView, WaitingMessages } from "@pli/engine/api";
import type { StoreProbe } from "@pli/engine/probe";
import { nameForQuotes } from "@pli/engine/content";
import { failureSentence } from "../words/failures.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { codeOf } from "../failure.ts";
import { rejoiningFields, rejoiningSaid } from "../group/rejoining.ts";
import { joiningText } from "../group/show.ts";
import { lineColumns } from "../message.ts";
import { openHome, settled, storeOf } from "../home.ts";
import { readerOf, type Reader } from "../naming.ts";
import { PARTING_MS, waitingPhrase, waitingThings, type Waiting } from "../parting.ts";
import { oneLine } from "../text/safe.ts";
import { createSizes } from "../text/size.ts";
import { fit, wrap } from "../text/width.ts";
import { awayText, waitingFields } from "../waiting.ts";
import type { HomeReport, HomeStatus } from "../world.ts";

const LARGEST_SKEW_S = 300;
const LOW_DISK = 100 * 1024 * 1024;
const OLDEST_NODE = 24;

/** The only trouble that is said of the profile. All others are said of the storage. */
const OUT_OF_TIME = "profile_out_of_time";

const NAME_COLUMNS = 13;
/** Before what is found: the mark and the name. */
const MARGIN = NAME_COLUMNS + 9;
const LEAST_ROOM = 16;

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

function show({ emit, say, words, style, world }: Context, check: Check): void {
  const { name, text, advice, ...more } = check;
  emit({ event: "check", name, ...more, text, ...(advice === undefined ? {} : { advice }) });
  const mark = fit(words.doctor.marks[check.state], 7);
  const painted = check.state === "ok" ? style.accent(mark) : style.warning(mark);
  const indent = " ".repeat(MARGIN);
  const room = Math.max(LEAST_ROOM, lineColumns(world) - MARGIN);
  const [first = "", ...rest] = wrap(oneLine(text), room);
  say(`${painted} ${fit(words.doctor.checks[name], NAME_COLUMNS)} ${first}`);
  const below = advice === undefined ? [] : wrap(`→ ${oneLine(advice)}`, room).map(style.dim);
  for (const line of [...rest, ...below]) say(indent + line);
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
    const text = `${address}${words.colon} ${failureSentence(globals.language, probe.error)}`;
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
      if (probe.ok) await settled(context, home.api);
      const left = await home.api.drain({ ms: probe.ok ? PARTING_MS : 0 });
      const status = await home.api.read("status", {});
      const conversations = await home.api.read("conversations", {});
      yield checkStorage(context, storage, status, keyed);
      yield checkProfile(context, status, contacts.length);
      yield checkConnection(context, status);
      yield* checkOtherStores(context, status);
      yield* checkConversations(context, home.api, { status, conversations });
      yield checkMessages(context, storage, { left, status, conversations });
    } finally {
      await home.close();
    }
  } catch (thrown) {
    const code = codeOf(thrown);
    yield { name: "storage", state: "fail", code, text: failureSentence(context.globals.language, code) };
  }
}

function checkStorage(
  { words, globals }: Context,
  storage: StorageView,
  { trouble }: StatusView,
  keyed: "keyfile" | "passphrase",
): Check {
  if (trouble !== undefined && trouble !== OUT_OF_TIME) {
    return { name: "storage", state: "fail", code: trouble, text: failureSentence(globals.language, trouble) };
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
    return { name: "profile", state: "fail", code: trouble, text: failureSentence(globals.language, trouble) };
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
  const advice = connection.error === undefined ? undefined : failureSentence(globals.language, connection.error);
  return { name: "connection", state: "warn", text, advice, details };
}

/** Conversations may live at other stores than the home one. */
function* checkOtherStores({ words }: Context, { storesAway = [], connection }: StatusView): Generator<Check> {
  const { storeAway, awayAdvice } = words.waiting.doctor;
  for (const { store, error, ...details } of storesAway) {
    const found = {
      text: storeAway(oneLine(store)),
      advice: awayAdvice(connection.store),
      details: { store, ...details },
    };
    yield { name: "connection", state: "warn", ...found, ...(error !== undefined && { code: error }) };
  }
}

/**
 * Those in which something is not as it should be, one by one; when there are none, how many there
 * are.
 */
async function* checkConversations(
  context: Context,
  api: PliApi,
  { status, conversations }: { status: StatusView; conversations: readonly ConversationView[] },
): AsyncGenerator<Check> {
  const open = conversations.filter(({ state, blocked }) => state !== "left" && !blocked);
  const reader = await readerOf(api, status.profile);
  let amiss = 0;
  for (const conversation of open) {
    const check = await checkConversation(context, api, reader, conversation);
    if (check === undefined) continue;
    amiss += 1;
    yield { name: "conversations", state: "warn", ...check };
  }
  const text = context.words.doctor.conversations(open.length);
  if (amiss === 0) yield { name: "conversations", state: "ok", text, details: { conversations: open.length } };
}

type Finding = Pick<Check, "text" | "advice" | "details">;

async function checkConversation(
  context: Context,
  api: PliApi,
  reader: Reader,
  conversation: ConversationView,
): Promise<Finding | undefined> {
  const { doctor } = context.words;
  const { id, kind, name, contact, state } = conversation;
  if (kind === "group") {
    const found = checkGroup(context, reader, conversation, await api.read("group", { id }));
    return found && { ...found, details: { group: name, groupId: id, ...found.details } };
  }
  if (state !== "rejoining") return undefined;
  const text = doctor.rejoiningContact(reader.nameOf({ id: contact, name }));
  return { text, details: { contact: name, contactId: contact } };
}

/** A group that this device is not in yet, cannot go on in, or whose changes somebody blocks. */
function checkGroup(
  context: Context,
  reader: Reader,
  conversation: ConversationView,
  group: GroupView | undefined,
): Finding | undefined {
  const { words } = context;
  const shown = nameForQuotes(conversation.name);
  if (conversation.state === "joining")
    return { text: words.doctor.group(shown, joiningText(words, conversation) ?? words.group.states.joining) };
  if (group?.jammed !== undefined)
    return { text: words.doctor.group(shown, words.group.jammed), advice: words.group.refoundAdvice };
  if (conversation.state !== "rejoining") return undefined;
  if (group?.rejoining === undefined) return { text: words.doctor.group(shown, words.group.rejoining.silent) };
  const { since, hope, advice } = rejoiningSaid(context, group.rejoining, reader);
  const text = words.doctor.rejoiningGroup({ group: shown, since, hope: hope.join(" ") });
  return { text, advice, details: rejoiningFields(group.rejoining) };
}

/** What has not left, of which receipts are not to worry about; what came. */
function checkMessages(
  context: Context,
  { counters }: StorageView,
  p: { left: Waiting; status: StatusView; conversations: readonly ConversationView[] },
): Check {
  const { doctor } = context.words;
  const repairs = counters.rejoins + counters.forks + counters.refoundings;
  const { left } = p;
  const details = { pending: left.messages, waiting: left, ...counters, repairs };
  if (waitingThings(left) > 0) {
    const { waitsFor = [], connection } = p.status;
    const then = connection.state === "online" ? doctor.waitingOnlineAdvice : doctor.waitingAdvice;
    const advice = [...waitsFor.map((one) => waitingText(context, one, p.conversations)), then].join(" ");
    const reasons = waitsFor.map((one) => ({ conversation: one.conversation, ...waitingFields(one) }));
    const text = doctor.waiting(waitingPhrase(context, left));
    return { name: "messages", state: "warn", text, advice, details: { ...details, waitsFor: reasons } };
  }
  const text = doctor.counters({ ...counters, repairs });
  if (counters.gaps + counters.undecryptable > 0)
    return { name: "messages", state: "warn", text, advice: doctor.countersAdvice, details };
  const said = left.receipts === 0 ? text : `${text}; ${doctor.receipts(left.receipts)}`;
  return { name: "messages", state: "ok", text: said, details };
}

/** For whom messages wait, and for what. */
function waitingText(context: Context, waiting: WaitingMessages, conversations: readonly ConversationView[]): string {
  const say = context.words.waiting.doctor;
  const name = nameForQuotes(conversations.find(({ id }) => id === waiting.conversation)?.name ?? "?");
  if (waiting.away !== undefined) return say.store(waiting.messages, name, awayText(context, waiting.away));
  return say[waiting.what === "people" ? "people" : "turn"](waiting.messages, name);
}
