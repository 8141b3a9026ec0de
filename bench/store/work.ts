/** The work every system does. Each measurement returns figures of one round. */
import { percentile } from "../measure.ts";
import { freshKey, freshValue, numberOf } from "./cells.ts";
import type { PeerClient, RunningPeer } from "./peer.ts";
import { pause } from "./server-process.ts";

export interface Figure {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
}

const WRITERS = 64;
const WARM_UP_SHARE = 0.3;
const DELIVERIES_PER_SECOND = 200;
const SETTLE_MS = 200;
const KEYS = 200_000;
const SILENCE_MS = 10_000;

interface Puts {
  readonly figures: readonly Figure[];
  /** How many were put in all, warm-up included. */
  readonly done: number;
}

/** Keeps a fair sample of all keys put. */
const remember = (keys: Buffer[], key: Buffer): void => {
  if (keys.length < KEYS) keys.push(key);
  else if (Math.random() < 0.1) keys[Math.floor(Math.random() * KEYS)] = key;
};

/**
 * 64 writers, each of which puts a fresh value as soon as the last is answered, for this many
 * seconds after a warm-up.
 */
export const measurePuts = async (peer: RunningPeer, seconds: number, keys: Buffer[]): Promise<Puts> => {
  const put = async (client: PeerClient): Promise<void> => {
    const key = freshKey();
    await client.put(key, freshValue());
    remember(keys, key);
  };
  const { times, elapsed, server, client, done } = await loop(peer, seconds, put);
  const figures = [
    { metric: "puts", value: times.length / elapsed, unit: "1/s" },
    { metric: "puts p50", value: percentile(times, 0.5), unit: "ms" },
    { metric: "puts p99", value: percentile(times, 0.99), unit: "ms" },
    { metric: "puts, server CPU", value: server, unit: "cores" },
    { metric: "puts per core of the server", value: perCore(times.length / elapsed, server), unit: "1/s" },
    { metric: "puts, client CPU", value: client, unit: "cores" },
  ];
  return { figures, done };
};

/** 64 readers of keys known to be there, chosen at random. */
export const measureGets = async (peer: RunningPeer, seconds: number, keys: readonly Buffer[]): Promise<Figure[]> => {
  const get = async (client: PeerClient): Promise<void> => {
    const key = keys[Math.floor(Math.random() * keys.length)] as Buffer;
    const value = await client.get?.(key);
    if (value?.length !== 4096) throw new Error("a value that was put cannot be got");
  };
  const { times, elapsed, server, client } = await loop(peer, seconds, get);
  return [
    { metric: "gets", value: times.length / elapsed, unit: "1/s" },
    { metric: "gets p50", value: percentile(times, 0.5), unit: "ms" },
    { metric: "gets p99", value: percentile(times, 0.99), unit: "ms" },
    { metric: "gets, server CPU", value: server, unit: "cores" },
    { metric: "gets per core of the server", value: perCore(times.length / elapsed, server), unit: "1/s" },
    { metric: "gets, client CPU", value: client, unit: "cores" },
  ];
};

/** /proc counts CPU in hundredths of a second: less than one is none. */
const perCore = (rate: number, cores: number): number => (cores === 0 ? 0 : rate / cores);

interface Loop {
  readonly times: readonly number[];
  readonly elapsed: number;
  /** Cores' worth of CPU that server and client used meanwhile. */
  readonly server: number;
  readonly client: number;
  readonly done: number;
}

const loop = async (peer: RunningPeer, seconds: number, once: (client: PeerClient) => Promise<void>): Promise<Loop> => {
  const clients = await Promise.all(Array.from({ length: WRITERS }, () => peer.connect()));
  let times: number[] = [];
  let running = true;
  let done = 0;
  const work = async (client: PeerClient): Promise<void> => {
    while (running) {
      const before = performance.now();
      await once(client);
      times.push(performance.now() - before);
      done += 1;
    }
  };
  const all = Promise.all(clients.map(work));
  await Promise.race([all, pause(seconds * 1000 * WARM_UP_SHARE)]);
  times = [];
  const [before, cpu, ownCpu] = [performance.now(), peer.process.cpu(), process.cpuUsage()];
  await Promise.race([all, pause(seconds * 1000)]);
  const elapsed = (performance.now() - before) / 1000;
  const measured = times;
  const own = process.cpuUsage(ownCpu);
  const server = (peer.process.cpu() - cpu) / elapsed;
  running = false;
  await all;
  await Promise.all(clients.map((client) => client.close()));
  return { times: measured, elapsed, server, client: (own.user + own.system) / 1e6 / elapsed, done };
};

/** From the call of a put to the value's arrival at a follower, 200 puts a second evenly spaced. */
export const measureDelivery = async (peer: RunningPeer, seconds: number): Promise<Figure[]> => {
  const sent = new Map<number, number>();
  const waits: number[] = [];
  const follower = await peer.follow?.("now", (value) => {
    const before = sent.get(numberOf(value));
    if (before !== undefined) waits.push(performance.now() - before);
  });
  const client = await peer.connect({ followed: true });
  await pause(SETTLE_MS);
  const warmUp = Math.round(DELIVERIES_PER_SECOND * seconds * WARM_UP_SHARE);
  const count = warmUp + DELIVERIES_PER_SECOND * seconds;
  const puts: Promise<void>[] = [];
  const started = performance.now();
  for (let n = 1; n <= count; n += 1) {
    const due = started + (n * 1000) / DELIVERIES_PER_SECOND;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    sent.set(-n, performance.now());
    puts.push(client.put(freshKey(), freshValue(-n)));
  }
  await Promise.all(puts);
  for (const end = performance.now() + 5000; waits.length < count && performance.now() < end;) await pause(5);
  if (waits.length !== count) throw new Error(`${count} values were put and ${waits.length} delivered`);
  await follower?.stop();
  await client.close();
  const measured = waits.slice(warmUp);
  return [
    { metric: "delivered p50", value: percentile(measured, 0.5), unit: "ms" },
    { metric: "delivered p99", value: percentile(measured, 0.99), unit: "ms" },
  ];
};

/**
 * A new reader takes a number of values from the oldest on; those that do not come count as lost.
 */
export const measureCatchUp = async (
  peer: RunningPeer,
  count: number,
  keys: readonly Buffer[],
): Promise<{ figures: Figure[]; lost: number }> => {
  const before = performance.now();
  const { arrived, last } =
    peer.readMany === undefined
      ? await followUntil(peer, count)
      : await peer.readMany(count, keys).then(() => ({ arrived: count, last: performance.now() }));
  const rate = (arrived * 1000) / (last - before);
  return { figures: [{ metric: "catch-up", value: rate, unit: "1/s" }], lost: count - arrived };
};

/** Ends when all have arrived, or when nothing has for a while. */
const followUntil = async (peer: RunningPeer, count: number): Promise<{ arrived: number; last: number }> => {
  let [arrived, last] = [0, Number.POSITIVE_INFINITY];
  const follower = await peer.follow?.("start", () => {
    if (arrived === count) return;
    arrived += 1;
    last = performance.now();
  });
  if (arrived === 0) last = performance.now();
  while (arrived < count && performance.now() - last < SILENCE_MS) await pause(2);
  await follower?.stop();
  return { arrived, last };
};

/** Puts values as fast as the system takes them: 64 writers with 16 puts each under way. */
export const fill = async (peer: RunningPeer, count: number, keys: Buffer[]): Promise<void> => {
  const clients = await Promise.all(Array.from({ length: WRITERS }, () => peer.connect()));
  let left = count;
  const work = async (client: PeerClient): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const key = freshKey();
      await client.put(key, freshValue());
      remember(keys, key);
    }
  };
  await Promise.all(clients.flatMap((client) => Array.from({ length: 16 }, () => work(client))));
  await Promise.all(clients.map((client) => client.close()));
};
