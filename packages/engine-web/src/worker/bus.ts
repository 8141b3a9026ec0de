import { isErrorCode } from "@pli/engine/errors";
import type { ErrorCode } from "@pli/engine/errors";
import { hexOf } from "../hex.ts";
import type { LockKind } from "../vault/record.ts";
import type { PasskeyHint } from "../vault/vault.ts";
import { lifeName } from "./lifetime.ts";

/**
 * What the leading tab says of this device: `starting` only while an erasure starts it again. While
 * open it shares the key, so that any tab can take over.
 */
export interface LeaderState {
  phase: "starting" | "locked" | "open" | "failed";
  lock: LockKind;
  /** Erased for good: nothing starts again, in no tab. */
  isGone?: true;
  passkey?: PasskeyHint;
  /** What was left of the pause after wrong passphrases as this was said, in ms. */
  waitMs?: number;
  error?: ErrorCode;
  /**
   * `generation` names this run of the engine: another one, another connection. `isFresh`: another
   * profile was there before, whose addresses lead nowhere.
   */
  open?: { key: Uint8Array; generation: string; isFresh?: true };
}

/** Opens the data with a key. `isDuress`: erases what is there first. */
export interface Opening {
  kind: "unlock";
  key: Uint8Array;
  /** Of the profile to make where there is none; "" for nothing. */
  name?: string;
  isDuress?: boolean;
}

/** What any tab can request of the leader. Each may arrive twice with the effect of once. */
export type LeaderRequest =
  | Opening
  | { kind: "lock" }
  | { kind: "relocked" }
  /** Somebody tried a passphrase, and it was wrong or too early. */
  | { kind: "tried" }
  /** `forGood`: nothing begins again in its place. */
  | { kind: "erase"; forGood?: boolean };

/**
 * What tabs say to each other. Tabs of two versions may meet, so these names stay. With `join`
 * comes a port, at which the engine is to be served.
 */
export type BusMessage =
  | { type: "truth"; truth: LeaderState }
  | { type: "ask"; id: string; ask: LeaderRequest }
  | { type: "answer"; id: string; error?: ErrorCode }
  | { type: "wipe" }
  | { type: "join"; generation: string }
  | { type: "activity"; at: number }
  | { type: "sight"; places: readonly string[] };

/**
 * The first thing that is said on a line, by both ends: which tab is there, and which set of data
 * it shows. Two tabs that show different ones have nothing more to say to each other.
 */
interface Hello {
  type: "hello";
  tab: string;
  name: string;
}

/**
 * The lines between this tab and each other one, given by the service worker to tabs of the app
 * alone.
 */
export interface Bus {
  /** One more line; two tabs may have several. */
  add(port: MessagePort): void;
  /** To a tab that is known; to any other it does nothing. */
  send(tab: string, message: BusMessage, ports?: MessagePort[]): void;
  sendAll(message: BusMessage): void;
  /** How many others are known. */
  tabs(): number;
}

export interface BusEvents {
  onTabFound(tab: string): void;
  onMessage(tab: string, message: BusMessage, port: MessagePort | undefined): void;
  /** The tab ended, however it did. */
  onTabGone(tab: string): void;
}

export function createBus(name: string, self: string, events: BusEvents): Bus {
  const known = new Map<string, MessagePort[]>();

  function listen(port: MessagePort): void {
    let tab: string | undefined;
    port.addEventListener("message", ({ data, ports }: MessageEvent<unknown>) => {
      if (tab === undefined) {
        const hello = parseHello(data);
        if (hello !== undefined && hello.name !== name) return port.close();
        tab = hello?.tab;
        if (tab !== undefined) greet(tab, port);
        return;
      }
      const message = parseBusMessage(data);
      if (message !== undefined && known.has(tab)) events.onMessage(tab, message, ports[0]);
    });
    port.start();
  }

  function greet(tab: string, port: MessagePort): void {
    const lines = known.get(tab);
    if (lines !== undefined) return void lines.push(port);
    known.set(tab, [port]);
    void navigator.locks.request(lifeName(name, tab), () => forget(tab));
    events.onTabFound(tab);
  }

  function forget(tab: string): void {
    for (const port of known.get(tab) ?? []) port.close();
    known.delete(tab);
    events.onTabGone(tab);
  }

  return {
    add(port) {
      port.postMessage({ type: "hello", tab: self, name } satisfies Hello);
      listen(port);
    },
    // Always over the same line, so that what is said keeps its order.
    send: (tab, message, ports = []) => known.get(tab)?.[0]?.postMessage(message, ports),
    sendAll(message) {
      for (const [port] of known.values()) port?.postMessage(message);
    },
    tabs: () => known.size,
  };
}

export function randomId(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(12)));
}

function parseHello(value: unknown): Hello | undefined {
  if (!isRecord(value) || value["type"] !== "hello") return undefined;
  const { tab, name } = value;
  return isId(tab) && typeof name === "string" ? { type: "hello", tab, name } : undefined;
}

/**
 * What another tab said, if it is well formed: a tab of another version of the app may say
 * something else.
 */
export function parseBusMessage(value: unknown): BusMessage | undefined {
  return isRecord(value) && isBusMessage(value) ? (value as unknown as BusMessage) : undefined;
}

function isBusMessage(value: Record<string, unknown>): boolean {
  switch (value["type"]) {
    case "truth":
      return isLeaderState(value["truth"]);
    case "ask":
      return isId(value["id"]) && isLeaderRequest(value["ask"]);
    case "answer":
      return isId(value["id"]) && isError(value["error"]);
    case "wipe":
      return true;
    case "join":
      return isId(value["generation"]);
    case "activity":
      return Number.isFinite(value["at"]);
    case "sight":
      return isPlaces(value["places"]);
    default:
      return false;
  }
}

const PHASES: ReadonlySet<unknown> = new Set(["starting", "locked", "open", "failed"]);
const LOCKS: ReadonlySet<unknown> = new Set(["none", "passphrase", "passkey"]);
const KEYLESS_REQUESTS: ReadonlySet<unknown> = new Set(["lock", "relocked", "tried", "erase"]);
const KEY_BYTES = 32;
/** More than any name of a profile. */
const MAX_NAME = 256;
/** WebAuthn allows no longer name of a credential. */
const MAX_CREDENTIAL = 1023;

function isLeaderState(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { phase, lock, isGone, passkey, waitMs, error, open } = value;
  const isOpen = isRecord(open) && isKey(open["key"]) && isId(open["generation"]);
  return (
    PHASES.has(phase) &&
    LOCKS.has(lock) &&
    isMaybeBoolean(isGone) &&
    (passkey === undefined || isPasskey(passkey)) &&
    (waitMs === undefined || isWait(waitMs)) &&
    isError(error) &&
    (phase === "open" ? isOpen : open === undefined)
  );
}

function isLeaderRequest(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kind, key, forGood, name, isDuress } = value;
  if (![forGood, isDuress].every(isMaybeBoolean)) return false;
  if (kind !== "unlock") return KEYLESS_REQUESTS.has(kind);
  return isKey(key) && (name === undefined || (typeof name === "string" && name.length <= MAX_NAME));
}

const isMaybeBoolean = (value: unknown): boolean => value === undefined || typeof value === "boolean";

function isPasskey(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { credential, salt } = value;
  return credential instanceof Uint8Array && credential.length <= MAX_CREDENTIAL && isKey(salt);
}

/** Longer than any pause. */
const MAX_WAIT_MS = 86_400_000;
const isWait = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= MAX_WAIT_MS;

/** More than a screen shows at once. */
const MAX_PLACES = 8;
const MAX_ADDRESS = 256;

function isPlaces(value: unknown): boolean {
  const isAddress = (place: unknown): boolean => typeof place === "string" && place.length <= MAX_ADDRESS;
  return Array.isArray(value) && value.length <= MAX_PLACES && value.every(isAddress);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isId = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{24}$/.test(value);
const isKey = (value: unknown): boolean => value instanceof Uint8Array && value.length === KEY_BYTES;
const isError = (value: unknown): boolean => value === undefined || (typeof value === "string" && isErrorCode(value));
