import type { PliApi } from "@pli/engine/api";
import { isErrorCode, PliError } from "@pli/engine/errors";
import { isRefusal } from "../refusal.ts";
import type { ErrorCode } from "@pli/engine/errors";
import { makeProfile } from "@pli/engine/lock-record";
import { DatabaseError } from "@pli/engine/ports";
import type { Vault, VaultLook } from "../vault/vault.ts";
import { randomId } from "./bus.ts";
import type { LeaderRequest, LeaderState, Opening } from "./bus.ts";
import { createPause } from "./pause.ts";

export interface RunningEngine {
  api: PliApi;
  close(): Promise<void>;
}

/** What the leader needs of the device. */
export interface Device {
  vault: Vault;
  /** Opens the database with its key and runs the engine on it; `close` gives the files free. */
  openEngine(key: Uint8Array): Promise<RunningEngine>;
  dataExists(): Promise<boolean>;
  eraseData(): Promise<void>;
  /** Removes what is left once nothing is to begin again: empty files and records. */
  forget(): Promise<void>;
}

/** The one tab that runs the engine. It does one thing at a time and announces each new state. */
export interface Leader {
  /** Undefined until it has started. */
  state(): LeaderState | undefined;
  /** The engine's API, while open. */
  api(): PliApi | undefined;
  /** Opens what can be opened: with a key another tab left, or because there is no lock. */
  begin(key: Uint8Array | undefined): Promise<void>;
  /** Rejects with `PliError`. */
  handle(request: LeaderRequest): Promise<void>;
}

type Found = Omit<VaultLook, "used">;

export function createLeader(device: Device, announce: (state: LeaderState) => void): Leader {
  const { vault } = device;
  let state: LeaderState | undefined;
  let engine: RunningEngine | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const pause = createPause(vault.pass, () => void inTurn(relocked));

  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  }

  function change(next: LeaderState): void {
    state = next;
    if (next.waitMs !== undefined) pause.begin();
    else pause.end();
    announce(next);
  }

  async function begin(key: Uint8Array | undefined, name = ""): Promise<void> {
    if (engine !== undefined) return;
    let found: Found = { lock: "none" };
    try {
      const looked = await vault.look();
      if (looked === "erasing for good") return await forget();
      if (looked === "erasing") await finishErasing();
      const { used, ...known } = typeof looked === "object" ? looked : await createFirst();
      found = known;
      if (used && !(await device.dataExists())) throw new PliError("database_damaged");
      if (found.lock === "none") await open((await vault.open()).key, found);
      else if (key !== undefined) await open(key, found, { name });
      else change({ phase: "locked", ...found });
    } catch (error) {
      change({ phase: "failed", ...found, error: codeOf(error) });
    }
  }

  /** Data without a key cannot be a new device: the key is lost, and what is there stays there. */
  async function createFirst(): Promise<VaultLook> {
    if (await device.dataExists()) throw new PliError("database_damaged");
    await vault.create();
    return { lock: "none", used: false };
  }

  async function open(
    key: Uint8Array,
    found: Found,
    { name = "", isFresh = false }: { name?: string; isFresh?: boolean } = {},
  ): Promise<void> {
    engine = await device.openEngine(key);
    await makeProfile(engine.api, name);
    await vault.markUsed();
    change({ phase: "open", ...found, open: { key, generation: randomId(), ...(isFresh && { isFresh }) } });
  }

  async function close(): Promise<void> {
    const closing = engine;
    engine = undefined;
    await closing?.close();
  }

  async function unlock({ key, name, isDuress }: Opening): Promise<void> {
    await (isDuress === true ? replace(key, name ?? "") : begin(key, name));
    if (state?.phase === "failed") throw new PliError(state.error ?? "internal");
  }

  /** Puts a fresh profile in the place of one whose key is gone already. */
  async function replace(key: Uint8Array, name: string): Promise<void> {
    try {
      await lock();
      await device.eraseData();
      await vault.endDuress();
      await open(key, { lock: "passphrase" }, { name, isFresh: true });
    } catch (error) {
      change({ phase: "failed", lock: "passphrase", error: codeOf(error) });
    }
  }

  async function lock(): Promise<void> {
    if (state?.open === undefined || state.lock === "none") return;
    const { open, ...rest } = state;
    change({ ...rest, phase: "locked" });
    open.key.fill(0);
    await close();
  }

  /** Looks again at what the vault says of the lock and of its pause. */
  async function relocked(): Promise<void> {
    const found = await vault.look();
    if (state === undefined || typeof found !== "object") return;
    const { passkey: _, waitMs: __, ...rest } = state;
    const { used: ___, ...known } = found;
    change({ ...rest, ...known });
  }

  async function erase(forGood: boolean): Promise<void> {
    await vault.beginErasing({ forGood });
    state?.open?.key.fill(0);
    change({ phase: "starting", lock: "none" });
    await close();
    if (forGood) return forget();
    await finishErasing();
    await begin(undefined);
  }

  async function forget(): Promise<void> {
    await finishErasing();
    await device.forget();
    change({ phase: "starting", lock: "none", isGone: true });
  }

  async function finishErasing(): Promise<void> {
    await device.eraseData();
    await vault.finishErasing();
  }

  function act(request: LeaderRequest): Promise<void> {
    if (request.kind === "unlock") return unlock(request);
    if (request.kind === "erase") return erase(request.forGood === true);
    return { lock, relocked, tried: relocked }[request.kind]();
  }

  return {
    state: () => state,
    api: () => engine?.api,
    begin: (key) => inTurn(() => begin(key)),
    handle: (request) => inTurn(() => act(request)),
  };
}

/** The vault vouches for the key, so a database it does not open is damaged. */
export function codeOf(error: unknown): ErrorCode {
  if (error instanceof DatabaseError) return error.code === "database_wrong_key" ? "database_damaged" : error.code;
  if (error instanceof Error && "code" in error && typeof error.code === "string" && isErrorCode(error.code))
    return error.code;
  return isRefusal(error) ? "storage_blocked" : "internal";
}
