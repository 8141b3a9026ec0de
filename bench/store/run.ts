/** The store beside the systems people would deploy instead, on the same work, in one run. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensurePackages } from "../../scripts/debian.mjs";
import { freshKey, freshValue } from "./cells.ts";
import { DISK_PACKAGES, measureDisk } from "./disk.ts";
import { measureEngine } from "./engine.ts";
import { folderBytes } from "./folder-bytes.ts";
import type { Options } from "./options.ts";
import { ENGINES } from "@pli/store";
import type { Peer, Place, RunningPeer, Work } from "./peer.ts";
import type { Series } from "./series.ts";
import { killAll } from "./server-process.ts";
import { fill, measureCatchUp, measureDelivery, measureGets, measurePuts } from "./work.ts";

export const DISK = "disk (fio)";
const FIRST_PORT = 21_000;
const PORTS_EACH = 10;
const root = join(import.meta.dirname, "../..");

/** What came of a run so far. */
export interface Outcome {
  readonly series: Series;
  /** A sentence for each system that failed, by its name: it is left out from there on. */
  readonly failures: Map<string, string>;
}

interface Run extends Outcome {
  readonly folder: string;
  readonly options: Options;
  readonly roundOver: () => void;
}

/** Of a million values filled in, or of anything else asked of one system at a time. */
const LIMIT_MS = 15 * 60_000;

interface Subject {
  readonly peer: Peer;
  readonly place: Place;
  /** Keys it is known to hold. */
  readonly keys: Buffer[];
}

/**
 * Adds every figure of every round to the outcome, and calls back after each. A system that fails,
 * loses a value or stands still is left out from there on. Throws when one cannot be installed.
 */
export const measureAll = async (
  peers: readonly Peer[],
  options: Options,
  outcome: Outcome,
  roundOver: () => void,
): Promise<void> => {
  ensurePackages([...DISK_PACKAGES, ...new Set(peers.flatMap((peer) => peer.packages))]);
  const results = join(root, "test-results");
  mkdirSync(results, { recursive: true });
  const run = { folder: mkdtempSync(join(results, "store-")), options, ...outcome, roundOver };
  // Servers that refuse to be root must reach their folders in it.
  chmodSync(run.folder, 0o711);
  try {
    await measureRunning(run, peers);
    await measureKilled(run, peers);
  } finally {
    await killAll();
    rmSync(run.folder, { recursive: true, force: true });
  }
};

const say = (text: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);

/** Those of the peers that do any of this work, each with a folder and ports of its own. */
const subjectsFor = (run: Run, peers: readonly Peer[], works: readonly Work[], name: string): Subject[] =>
  peers
    .filter((peer) => worksOf(run, peer).some((work) => works.includes(work)))
    .map((peer, i) => {
      const folder = join(run.folder, `${name}-${peer.name}`);
      mkdirSync(folder, { mode: 0o755 });
      return { peer, place: { folder, port: FIRST_PORT + i * PORTS_EACH }, keys: [] };
    });

const worksOf = ({ options }: Run, peer: Peer): Work[] => options.works.filter((work) => peer.works.includes(work));

/**
 * Does one piece of work with one system, unless that has failed before; says whether it was done.
 */
const tryWith = async (run: Run, { name }: Peer, what: string, work: () => Promise<void>): Promise<boolean> => {
  if (run.failures.has(name)) return false;
  say(`${what}: ${name}`);
  try {
    await withinLimit(work());
    return true;
  } catch (error) {
    const failure = `${name} failed at "${what}": ${String(error).split("\n")[0]}`;
    say(failure);
    run.failures.set(name, failure);
    return false;
  }
};

const withinLimit = async (work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${LIMIT_MS / 60_000} minutes`)), LIMIT_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Each round begins with another system. */
const rotated = <T>(all: readonly T[], round: number): T[] => {
  const by = round % Math.max(1, all.length);
  return [...all.slice(by), ...all.slice(0, by)];
};

/** Puts, gets and delivery: all systems run the whole time, and take turns. */
const measureRunning = async (run: Run, peers: readonly Peer[]): Promise<void> => {
  const { options, series } = run;
  const subjects = subjectsFor(run, peers, ["puts", "gets", "delivery"], "running");
  const running: { subject: Subject; server: RunningPeer }[] = [];
  for (const subject of subjects) {
    await tryWith(run, subject.peer, "starting", async () => {
      const server = await subject.peer.start(subject.place);
      running.push({ subject, server });
      series.add(subject.peer.name, [{ metric: "memory, empty", value: server.process.memory() / 1e6, unit: "MB" }]);
    });
  }
  for (let round = 0; round < options.rounds; round += 1) {
    if (options.works.includes("puts")) await measureWithoutWire(run, peers);
    for (const { subject, server } of rotated(running, round)) {
      const work = (): Promise<void> => takeTurn(run, subject, server);
      if (!(await tryWith(run, subject.peer, `round ${round + 1}`, work))) await server.process.kill();
    }
    run.roundOver();
  }
  await killAll();
  for (const { place } of subjects) rmSync(place.folder, { recursive: true });
};

/** The disk, and our engines by themselves: what a server over them could reach at best. */
const measureWithoutWire = async ({ folder, options, series }: Run, peers: readonly Peer[]): Promise<void> => {
  series.add(DISK, await measureDisk(folder));
  for (const engine of ENGINES.filter((name) => peers.some((peer) => peer.name === `pli-${name}`))) {
    series.add(`engine ${engine}, no wire`, await measureEngine(folder, engine, options.seconds));
  }
};

const takeTurn = async (run: Run, { peer, keys }: Subject, server: RunningPeer): Promise<void> => {
  const { seconds } = run.options;
  const works = worksOf(run, peer);
  if (works.includes("puts")) run.series.add(peer.name, (await measurePuts(server, seconds, keys)).figures);
  if (works.includes("gets") && keys.length === 0) await fill(server, run.options.caughtUp, keys);
  if (works.includes("gets")) run.series.add(peer.name, await measureGets(server, seconds, keys));
  if (works.includes("delivery")) run.series.add(peer.name, await measureDelivery(server, seconds));
};

/**
 * Restart and catch-up: each system is filled and killed; then they take turns to start on what
 * they left.
 */
const measureKilled = async (run: Run, peers: readonly Peer[]): Promise<void> => {
  const subjects = subjectsFor(run, peers, ["catch-up", "restart"], "killed");
  for (const subject of subjects) {
    await tryWith(run, subject.peer, `filling with ${filledWith(run, subject.peer)}`, () => fillAndKill(run, subject));
    await killAll();
  }
  for (let round = 0; round < run.options.rounds; round += 1) {
    for (const subject of rotated(subjects, round)) {
      await tryWith(run, subject.peer, `start ${round + 1}`, () => startAgain(run, subject));
      await killAll();
    }
    run.roundOver();
  }
};

const fillAndKill = async (run: Run, { peer, place, keys }: Subject): Promise<void> => {
  const count = filledWith(run, peer);
  const server = await peer.start(place);
  await fill(server, count, keys);
  await server.process.kill();
  run.series.add(peer.name, [
    { metric: "stored", value: count, unit: "values" },
    { metric: "disk per value", value: folderBytes(place.folder) / count, unit: "B" },
  ]);
};

const filledWith = (run: Run, peer: Peer): number =>
  Math.min(
    peer.most ?? Number.POSITIVE_INFINITY,
    worksOf(run, peer).includes("restart") ? run.options.stored : run.options.caughtUp,
  );

const startAgain = async (run: Run, { peer, place, keys }: Subject): Promise<void> => {
  const works = worksOf(run, peer);
  const before = performance.now();
  const server = await peer.start(place);
  const client = await server.connect();
  await client.put(freshKey(), freshValue());
  if (works.includes("restart")) {
    const seconds = (performance.now() - before) / 1000;
    run.series.add(peer.name, [
      { metric: "restart", value: seconds, unit: "s" },
      { metric: "memory, restarted", value: server.process.memory() / 1e6, unit: "MB" },
    ]);
  }
  const count = Math.min(run.options.caughtUp, filledWith(run, peer));
  if (works.includes("catch-up")) {
    const { figures, lost } = await measureCatchUp(server, count, keys);
    if (lost > 0 && peer.mayLose !== true) throw new Error(`${peer.name} lost ${lost} values of ${count}`);
    const losses = peer.mayLose === true ? [{ metric: "lost by SIGKILL", value: lost / count, unit: "share" }] : [];
    run.series.add(peer.name, [...figures, ...losses]);
    if (peer.consumes === true) await fill(server, count, []);
  }
};
