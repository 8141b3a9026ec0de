/** Opens the folder of a profile: one process runs its engine, the others use it. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { PliApi } from "@pli/engine/api";
import { DatabaseError, type Dialer } from "@pli/engine/ports";
import { PliError } from "@pli/engine/errors";
import { makeProfile, type Duress } from "@pli/engine/lock-record";
import { connectApi, type Channel } from "@pli/engine/rpc";
import { createCrypto, type Crypto } from "@pli/protocol/crypto";
import { namedByDisk } from "./folder.ts";
import { holdEngine, type Holder } from "./holder.ts";
import { DATABASE_NAME, homeStatus } from "./home-files.ts";
import { changeDuress, changeKey, createKey, readKey, type OpenedKey, type Unlock } from "./key.ts";
import { dialLine, greetingOf, linePath } from "./line.ts";
import { takeLock, type Lock } from "./lock.ts";
import { dialer as ownDialer } from "./platform.ts";
import { prepareHome } from "./private-folder.ts";

const RETRY_MS = 50;
/** How long to try for the lock or a line, before something else counts as holding the home. */
const PATIENCE_MS = 15_000;

/** A profile's folder, opened. */
export interface Home {
  /** The engine, here or in another process. Its calls continue when that process ends. */
  readonly api: PliApi;
  /** `holder`: the engine runs in this process. */
  readonly role: "holder" | "guest";
  /**
   * Rejects when the process that held the engine has ended and this one cannot take over, and with
   * `profile_missing` when the profile was erased. From then on every call fails with
   * `engine_gone`, and open watches are silent.
   */
  readonly lost: Promise<never>;
  close(): Promise<void>;
}

interface HomeToOpen {
  home: string;
  store: string;
  unlock: Unlock;
  /** Makes what is missing. */
  create?: boolean;
  /** Another way to stores than the WebSocket of this machine. */
  dialer?: Dialer;
}

/**
 * Opens a home. The first process runs its engine, the others use it over a local socket, and when
 * the first ends one of them takes over. Rejects with `PliError` or `DatabaseError`:
 * `profile_missing`, `passphrase_wrong`, `passphrase_paused`, `locked`, `home_unsafe`,
 * `database_…`, `disk_…`. A full disk opens like any other. Where nothing may be written, any
 * number of processes can read.
 */
export async function openHome(asked: HomeToOpen): Promise<Home> {
  try {
    return await openFolder(asked);
  } catch (error) {
    throw namedByDisk(error);
  }
}

/**
 * Changes what opens a home. Processes that run on it continue. Rejects as `openHome`, and with
 * `passphrase_too_short` and `passphrase_in_use`.
 */
export async function changeUnlock({ home, from, to }: { home: string; from: Unlock; to: Unlock }): Promise<void> {
  try {
    await changeKey(await createCrypto(), prepareHome(resolve(home), false), { from, to });
  } catch (error) {
    throw namedByDisk(error);
  }
}

/**
 * Sets the duress passphrase of a home: typed for the other one, it erases the profile there and
 * opens a fresh one of this name. Without `duress`, removes it. Rejects as `changeUnlock`, and with
 * `lock_missing` and `name_…`.
 */
export async function setDuress(p: { home: string; passphrase: string; duress?: Duress }): Promise<void> {
  const { home, passphrase, duress } = p;
  try {
    await changeDuress(await createCrypto(), prepareHome(resolve(home), false), { passphrase, duress });
  } catch (error) {
    throw namedByDisk(error);
  }
}

async function openFolder(asked: HomeToOpen): Promise<Home> {
  const home = prepareHome(resolve(asked.home), asked.create === true);
  const crypto = await createCrypto();
  const { key, name, spare } = await keyOf(crypto, home, asked);
  const api = connectApi();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined); // a caller need not listen
  let holder: Holder | undefined;
  let attaching: Promise<void> = Promise.resolve();
  let isClosed = false;
  let mayMake = asked.create === true || name !== "";

  /** Becomes holder or guest, whichever is possible first. */
  async function attach(): Promise<void> {
    for (const start = performance.now(); !isClosed; await pause(RETRY_MS)) {
      const lock = takeLock(lockPath(home));
      if (lock !== undefined) return hold(lock);
      const channel = await dialLine(linePath(home), greetingOf(key));
      if (channel !== undefined) return visit(channel);
      if (performance.now() - start > PATIENCE_MS) throw new DatabaseError("database_locked");
    }
  }

  async function hold(lock: Lock): Promise<void> {
    if (!mayMake && !databaseExists(home)) {
      lock.release();
      throw new PliError("profile_missing");
    }
    const { dialer = ownDialer, store } = asked;
    const held = await holdEngine({ home, key, spare, lock, crypto, dialer, store });
    holder = held;
    void held.gone.then(() => leave(held));
    api.replaceChannel(held.channel);
  }

  /** Ends an engine whose database is gone. */
  function leave(held: Holder): void {
    if (holder !== held) return;
    holder = undefined;
    fail(new PliError("profile_missing"));
    attaching = held.close().catch(() => undefined);
  }

  /** Uses the engine of another process until that one ends. */
  function visit(channel: Channel): void {
    channel.onClose(() => {
      if (isClosed) return;
      attaching = attach();
      attaching.catch(fail);
    });
    api.replaceChannel(channel);
  }

  function fail(error: unknown): void {
    lost.reject(error);
    api.close();
  }

  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    api.close();
    await attaching.catch(() => undefined); // it may be about to become the holder
    await holder?.close();
    crypto.wipe(key);
  }

  await attach();
  mayMake = false;
  try {
    await makeProfile(api, name);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    api,
    get role() {
      return holder === undefined ? "guest" : "holder";
    },
    lost: lost.promise,
    close,
  };
}

/**
 * The key of a home, or a new one for a new home. Only the holder of the lock makes a key. The key
 * of an interrupted creation is used again.
 */
async function keyOf(crypto: Crypto, home: string, { unlock, create }: HomeToOpen): Promise<OpenedKey> {
  if (homeStatus(home) !== "absent" || create !== true) return readKey(crypto, home, unlock);
  const lock = takeLock(lockPath(home));
  try {
    const isMade = homeStatus(home) !== "absent";
    if (!isMade && existsSync(join(home, DATABASE_NAME)))
      throw new DatabaseError("database_damaged", "its key is gone");
    if (lock === undefined && !isMade) throw new DatabaseError("database_locked");
    return isMade ? await readKey(crypto, home, unlock) : await createKey(crypto, home, unlock);
  } finally {
    lock?.release();
  }
}

/** Of a database that was lost its key file is left: that is damage, not absence. */
const databaseExists = (home: string): boolean =>
  [DATABASE_NAME, `${DATABASE_NAME}.key`].some((name) => existsSync(join(home, name)));

const lockPath = (home: string): string => join(home, "lock");

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
