import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import type { Server } from "node:net";
import { join, resolve } from "node:path";
import { createEngine, type Engine } from "@pli/engine";
import type { PliApi } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { DatabaseError, type Database, type Dialer } from "@pli/engine/ports";
import { connectApi, serveApi, type Channel } from "@pli/engine/rpc";
import { createCrypto } from "@pli/protocol/crypto";
import { DATABASE_NAME, openDiskDatabase } from "./database.ts";
import { namedByDisk } from "./folder.ts";
import { changeKey, createKey, homeStatus, readKey, type Unlock } from "./key.ts";
import { channelPair, dialLine, linePath, listenOn } from "./line.ts";
import { takeLock, type Lock } from "./lock.ts";
import { clock, dialer as ownDialer } from "./platform.ts";

const RETRY_MS = 50;
/**
 * How long neither the lock nor a line may be had before the home counts as taken by something
 * else.
 */
const PATIENCE_MS = 15_000;

/** A profile's folder, opened. */
export interface Home {
  /** The engine, here or in the process that holds it; goes on when that one ends. */
  readonly api: PliApi;
  /** `holder`: the engine runs in this process. */
  readonly role: "holder" | "guest";
  /**
   * Rejects when the process that held the engine is gone and this one could not take over, nor
   * ever will: every call then fails with `engine_gone`, and open watches give nothing more.
   */
  readonly lost: Promise<never>;
  close(): Promise<void>;
}

/**
 * Opens a home: the first process runs its engine, the others use it over a local socket, and when
 * the first ends one of them takes over. `create` makes what is missing; `dialer`: another way to
 * stores than this machine's WebSocket. Rejects with `PliError` or `DatabaseError`:
 * `profile_missing`, `passphrase_wrong`, `locked`, `home_unsafe`, `database_…`, `disk_…`. A full
 * disk is opened like any other; where nothing may be written everything can be read, by any number
 * of processes.
 */
export async function openHome(p: HomeToOpen): Promise<Home> {
  try {
    return await openFolder(p);
  } catch (error) {
    throw namedByDisk(error);
  }
}

/**
 * Protects a home in another way; processes that run on it continue. Rejects as `openHome`, and
 * with `passphrase_too_short`.
 */
export async function changeUnlock(p: { home: string; from: Unlock; to: Unlock }): Promise<void> {
  try {
    await changeKey(await createCrypto(), prepareFolder(resolve(p.home), false), p);
  } catch (error) {
    throw namedByDisk(error);
  }
}

interface HomeToOpen {
  home: string;
  store: string;
  unlock: Unlock;
  create?: boolean;
  dialer?: Dialer;
}

async function openFolder(p: HomeToOpen): Promise<Home> {
  const home = prepareFolder(resolve(p.home), p.create === true);
  const crypto = await createCrypto();
  const key = await keyOf();
  const api = connectApi();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined); // nobody has to ask
  let holding: { lock: Lock; engine: Engine; server: Server | undefined; channels: Set<Channel> } | undefined;
  let attaching: Promise<void> = Promise.resolve();
  let closed = false;

  /** The key of an interrupted creation is used again. Creating is for whoever holds the lock. */
  async function keyOf(): Promise<Uint8Array> {
    if (homeStatus(home) !== "absent" || p.create !== true) return readKey(crypto, home, p.unlock);
    const lock = takeLock(lockPath(home));
    try {
      const raced = homeStatus(home) !== "absent";
      if (!raced && existsSync(join(home, DATABASE_NAME)))
        throw new DatabaseError("database_damaged", "its key is gone");
      if (lock === undefined && !raced) throw new DatabaseError("database_locked");
      return raced ? await readKey(crypto, home, p.unlock) : await createKey(crypto, home, p.unlock);
    } finally {
      lock?.release();
    }
  }

  /** Becomes holder or guest, whichever can be had first. */
  async function attach(): Promise<void> {
    for (const start = performance.now(); !closed; await pause(RETRY_MS)) {
      const lock = takeLock(lockPath(home));
      if (lock !== undefined) return hold(lock);
      const channel = await dialLine(linePath(home));
      if (channel !== undefined) return visit(channel);
      if (performance.now() - start > PATIENCE_MS) throw new DatabaseError("database_locked");
    }
  }

  async function hold(lock: Lock): Promise<void> {
    let engine: Engine | undefined;
    let database: Database | undefined;
    try {
      database = await openDiskDatabase(home, key, lock);
      engine = await createEngine({ database, crypto, clock, dialer: p.dialer ?? ownDialer, store: p.store });
      const served = engine;
      const channels = new Set<Channel>();
      const serve = (channel: Channel): void => {
        channels.add(channel);
        channel.onClose(() => channels.delete(channel));
        serveApi(served, channel);
      };
      const server = lock.readOnly ? undefined : await listenOn(linePath(home), serve);
      holding = { lock, engine, server, channels };
      const [mine, its] = channelPair();
      serveApi(engine, its);
      api.replaceChannel(mine);
    } catch (error) {
      await (engine ?? database)?.close();
      lock.release();
      throw error;
    }
  }

  function visit(channel: Channel): void {
    channel.onClose(() => {
      if (closed) return;
      attaching = attach();
      attaching.catch((error: unknown) => {
        lost.reject(error);
        api.close();
      });
    });
    api.replaceChannel(channel);
  }

  async function close(): Promise<void> {
    if (closed) return;
    closed = true;
    api.close();
    await attaching.catch(() => undefined); // it may be about to hold
    if (holding !== undefined) await letGo(holding);
    crypto.wipe(key);
  }

  async function letGo(held: NonNullable<typeof holding>): Promise<void> {
    const { lock, engine, server, channels } = held;
    server?.close();
    await engine.close();
    for (const channel of channels) channel.close();
    lock.release();
  }

  await attach();
  return {
    api,
    get role() {
      return holding === undefined ? "guest" : "holder";
    },
    lost: lost.promise,
    close,
  };
}

const lockPath = (home: string): string => join(home, "lock");

/**
 * The folder exists, is ours, and nobody else may look into it. A link is followed once, so that
 * the folder checked is the one used.
 */
function prepareFolder(named: string, create: boolean): string {
  if (create && !existsSync(named)) {
    mkdirSync(named, { recursive: true, mode: 0o700 });
    chmodSync(named, 0o700);
  }
  if (!existsSync(named)) throw new PliError("profile_missing");
  const home = realpathSync(named);
  if (process.platform === "win32") return home;
  const found = lstatSync(home);
  const ours = found.isDirectory() && found.uid === process.getuid?.();
  if (!ours || (found.mode & 0o077) !== 0) throw new PliError("home_unsafe");
  return home;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
