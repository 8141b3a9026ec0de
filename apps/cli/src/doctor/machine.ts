/** What Pli rests on outside the profile: versions, store, clock, folder. */
import type { StoreProbe } from "@pli/engine/probe";
import type { Context } from "../context.ts";
import { oneLine } from "../text/safe.ts";
import { createSizes } from "../text/size.ts";
import { failureSentence } from "../words/failures.ts";
import type { HomeReport, HomeStatus } from "../world.ts";
import type { Check } from "./check.ts";

const LARGEST_SKEW_S = 300;
const LOW_DISK = 100 * 1024 * 1024;
const OLDEST_NODE = 24;

export function checkVersions({ world, words }: Context): Check {
  const text = words.doctor.versions(world.versions);
  const tooOld = Number.parseInt(world.versions.node, 10) < OLDEST_NODE;
  const details = { ...world.versions };
  return tooOld
    ? { name: "versions", state: "fail", text, advice: words.doctor.versionsAdvice, details }
    : { name: "versions", state: "ok", text, details };
}

export function checkStore(context: Context, address: string, probe: StoreProbe): Check {
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

export function checkClock({ words }: Context, probe: StoreProbe): Check {
  if (!probe.ok) return { name: "clock", state: "warn", text: words.doctor.clockUnknown };
  const { clockSkew } = probe.value;
  const details = { clockSkew };
  if (Math.abs(clockSkew) <= LARGEST_SKEW_S)
    return { name: "clock", state: "ok", text: words.doctor.clockRight, details };
  const text = words.doctor.clockOff(Math.round(clockSkew / 60));
  return { name: "clock", state: "fail", code: "clock_wrong", text, advice: words.doctor.clockAdvice, details };
}

export async function checkHome({ world, home, words, globals }: Context, status: HomeStatus): Promise<Check> {
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
