/** Runs the engine of a home in this process and serves it to the others. */
import { createEngine, type Engine } from "@pli/engine";
import { serveApi, type Channel } from "@pli/engine/rpc";
import type { Database, Dialer } from "@pli/engine/ports";
import type { Crypto } from "@pli/protocol/crypto";
import { openDiskDatabase } from "./database.ts";
import { channelPair, linePath, listenOn } from "./line.ts";
import type { Lock } from "./lock.ts";
import { clock } from "./platform.ts";

export interface Holder {
  /** To the engine, for this process. */
  readonly channel: Channel;
  /** Ends the engine and releases the lock. */
  close(): Promise<void>;
}

/** Takes over the lock: it is released by `close`, or before this rejects. */
export async function holdEngine(deps: {
  home: string;
  key: Uint8Array;
  lock: Lock;
  crypto: Crypto;
  dialer: Dialer;
  store: string;
}): Promise<Holder> {
  const { home, key, lock, crypto, dialer, store } = deps;
  let engine: Engine | undefined;
  let database: Database | undefined;
  try {
    database = await openDiskDatabase(home, key, lock);
    engine = await createEngine({ database, crypto, clock, dialer, store });
    return await serve(engine, home, lock);
  } catch (error) {
    await (engine ?? database)?.close();
    lock.release();
    throw error;
  }
}

async function serve(engine: Engine, home: string, lock: Lock): Promise<Holder> {
  const guests = new Set<Channel>();
  const connected = (guest: Channel): void => {
    guests.add(guest);
    guest.onClose(() => guests.delete(guest));
    serveApi(engine, guest);
  };
  // Where nothing may be written there can be no socket. Any number of processes then run an
  // engine.
  const server = lock.readOnly ? undefined : await listenOn(linePath(home), connected);
  const [channel, served] = channelPair();
  serveApi(engine, served);
  return {
    channel,
    close: async () => {
      server?.close();
      await engine.close();
      for (const guest of guests) guest.close();
      lock.release();
    },
  };
}
