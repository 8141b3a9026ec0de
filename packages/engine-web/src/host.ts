import type { PliApi } from "@pli/engine/api";
import type { ErrorCode } from "@pli/engine/errors";
import type { LockKind } from "./vault/record.ts";
import type { PasskeyHint, VaultLock, VaultSecret } from "./vault/vault.ts";

/** What this device lets the app do at the moment; the same in every tab but for `leader`. */
export interface HostState {
  /** `locked`: waits for `unlock`. `failed`: `error` says why; nothing was deleted. */
  phase: "starting" | "locked" | "open" | "failed";
  lock: LockKind;
  error?: ErrorCode;
  /** The pause after wrong passphrases, in ms from now. It passes while a tab is open. */
  waitMs?: number;
  /** Whether the engine runs in this tab. */
  leader: boolean;
  /** Starting, and erased for good: nothing starts here again, and the page is to be left. */
  isGone?: boolean;
  /** Open, and another profile was there before: addresses of its conversations lead nowhere. */
  isFresh?: boolean;
}

/** What an app can ask of the device it runs on. Failures reject with `PliError`. */
export interface HostApi {
  /** Gives the state now and after each change, until the returned function is called. */
  watchHost(listener: (state: HostState) => void): () => void;
  /**
   * Resolves once open, in every tab. Rejects with `passphrase_wrong`, `passphrase_paused` or
   * `passkey_unavailable`.
   */
  unlock(secret: { passphrase: string } | { passkey: true }): Promise<void>;
  /**
   * Whether the person can open this device again: resolves when what they give opens what is open
   * now. Rejects as `unlock` does, and counts tries with it.
   */
  confirm(secret: { passphrase: string } | { passkey: true }): Promise<void>;
  /** Forgets the key in every tab. Without a lock it does nothing. */
  lock(): Promise<void>;
  /** Changes how this device locks; it must be open. A passphrase has at least 8 characters. */
  setLock(lock: { kind: "none" } | { kind: "passphrase"; passphrase: string } | { kind: "passkey" }): Promise<void>;
  /**
   * Sets a duress passphrase while a passphrase locks, or without one removes it. Given to `unlock`
   * or `confirm`, it erases this profile, its key first, and opens a fresh one of this name.
   */
  setDuress(duress?: { name: string; passphrase: string }): Promise<void>;
  /** Whether this browser can make a passkey that opens a copy of the recovery secret. */
  canKeepRecovery(): Promise<boolean>;
  /**
   * Makes such a passkey, which its keeper lists by this name, and gives what it gives: for
   * `makePasskeyCopy`. Rejects with `passkey_unanswered` or `passkey_without_secret`.
   */
  createRecoveryPasskey(name: string): Promise<string>;
  /** The same of a passkey that there is, for `restoreByPasskey`. */
  readRecoveryPasskey(): Promise<string>;
  /**
   * Removes everything of this profile from this device, then starts again as new; with `forGood`
   * nothing starts again, and every page is to be left.
   */
  erase(how?: { forGood: boolean }): Promise<void>;
  /** Notifies the other tabs of the app that somebody touched this one, at that time. */
  notifyActivity(at: number): void;
  /** Gives the time at which another tab was touched, until the returned function is called. */
  watchActivity(listener: (at: number) => void): () => void;
  /**
   * Notifies the other tabs which places of the app (addresses) are in sight in this one, until the
   * next call.
   */
  notifySight(places: readonly string[]): void;
  /**
   * Gives the places that are in sight in the other tabs, now and after each change, until the
   * returned function is called.
   */
  watchSight(listener: (places: readonly string[]) => void): () => void;
}

export interface PliClient {
  api: PliApi;
  host: HostApi;
}

/**
 * Page to its worker. The first message is `start`. With `meet` comes one end of a line to another
 * tab of the app.
 */
export type PageMessage =
  | { type: "start"; store: string; name: string; profiles?: readonly string[] }
  | { type: "call"; id: number; call: HostCall }
  | { type: "meet" }
  | { type: "touched"; at: number }
  | { type: "sight"; places: readonly string[] };

export type HostCall =
  | { name: "unlock"; secret: VaultSecret }
  | { name: "lock" }
  | { name: "confirm"; secret: VaultSecret }
  | { name: "setLock"; lock: VaultLock }
  | { name: "setDuress"; duress?: { name: string; passphrase: string } }
  | { name: "erase"; forGood: boolean };

/**
 * Worker to its page. With `connect` comes a port that speaks the engine's RPC; `disconnect` ends
 * the last one.
 */
export type WorkerMessage =
  | { type: "state"; state: HostState; passkey?: PasskeyHint }
  | { type: "connect" }
  | { type: "disconnect" }
  | { type: "activity"; at: number }
  | { type: "sight"; places: readonly string[] }
  | { type: "done"; id: number; error?: ErrorCode };
