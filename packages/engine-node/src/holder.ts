/** Runs the engine of a home in this process and serves it to the others. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createEngine, type Engine } from "@pli/engine";
import { serveApi, type Channel } from "@pli/engine/rpc";
import type { Database, Dialer } from "@pli/engine/ports";
import type { Crypto } from "@pli/protocol/crypto";
import { openDiskDatabase, openSpareDatabase } from "./database.ts";
import { DATABASE_NAME } from "./home-files.ts";
import { channelPair, greetingOf, linePath, listenOn } from "./line.ts";
import type { Lock } from "./lock.ts";
import { clock } from "./platform.ts";
import { evenTimes, sparePath } from "./spares.ts";

export interface Holder {
  /** To the engine, for this process. */
  readonly channel: Channel;
  /** Resolves when the database is not there any more: its profile was erased. */
  readonly gone: Promise<void>;
  /** Ends the engine and releases the lock. */
  close(): Promise<void>;
}

/** How often to look whether the database is still there. */
const LOOK_MS = 250;

/** Takes over the lock: it is released by `close`, or before this rejects. */
export async function holdEngine(deps: {
  home: string;
  key: Uint8Array;
  /** The spare of a hidden profile. */
  spare: number | undefined;
  lock: Lock;
  crypto: Crypto;
  dialer: Dialer;
  store: string;
}): Promise<Holder> {
  const { home, key, spare, lock, crypto, dialer, store } = deps;
  let engine: Engine | undefined;
  let database: Database | undefined;
  try {
    database = await (spare === undefined
      ? openDiskDatabase(home, key, lock)
      : openSpareDatabase(sparePath(home, spare), key));
    engine = await createEngine({ database, crypto, clock, dialer, store });
    return await serve(engine, { home, lock, greeting: greetingOf(key) });
  } catch (error) {
    await (engine ?? database)?.close();
    lock.release();
    throw error;
  }
}

async function serve(
  engine: Engine,
  { home, lock, greeting }: { home: string; lock: Lock; greeting: string },
): Promise<Holder> {
  const guests = new Set<Channel>();
  const connected = (guest: Channel): void => {
    guests.add(guest);
    guest.onClose(() => guests.delete(guest));
    serveApi(engine, guest);
  };
  // Where nothing may be written there can be no socket. Any number of processes then run an
  // engine.
  const server = lock.readOnly ? undefined : await listenOn(linePath(home), greeting, connected);
  if (!lock.readOnly) evenTimes(home);
  const [channel, served] = channelPair();
  serveApi(engine, served);
  const watched = whenGone(home);
  return {
    channel,
    gone: watched.gone,
    close: async () => {
      watched.stop();
      server?.close();
      try {
        await engine.close();
      } finally {
        for (const guest of guests) guest.close();
        if (!lock.readOnly) evenTimes(home);
        lock.release();
      }
    },
  };
}

/** Nobody makes another database there while this process holds the lock. */
function whenGone(home: string): { gone: Promise<void>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    if (!existsSync(join(home, DATABASE_NAME))) resolve();
  }, LOOK_MS);
  timer.unref();
  return { gone: promise, stop: () => clearInterval(timer) };
}
