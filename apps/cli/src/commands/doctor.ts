import type { StoreProbe } from "@pli/engine/probe";
import { lineColumns, type Context } from "../context.ts";
import type { Check } from "../doctor/check.ts";
import { checkConversations } from "../doctor/conversations.ts";
import { checkClock, checkHome, checkStore, checkVersions } from "../doctor/machine.ts";
import { checkMessages } from "../doctor/messages.ts";
import { checkConnection, checkOtherStores, checkProfile, checkStorage } from "../doctor/profile.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { codeOf } from "../failure.ts";
import { openHome, settled, storeOf } from "../home.ts";
import { extra } from "../line/errors.ts";
import { PARTING_MS } from "../parting.ts";
import { oneLine } from "../text/safe.ts";
import { fit, wrap } from "../text/width.ts";
import { failureSentence } from "../words/failures.ts";
import type { Command } from "./command.ts";

const NAME_COLUMNS = 13;
/** The mark and the name stand before what is found. */
const MARGIN = NAME_COLUMNS + 9;
const LEAST_ROOM = 16;

/** Looks at everything that Pli rests on here, and says what is found and what to do. */
export const doctor: Command<"doctor"> = {
  name: "doctor",
  read: (words) => extra(words, 0) ?? {},
  run: examine,
};

async function examine(context: Context): Promise<ExitCode> {
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
