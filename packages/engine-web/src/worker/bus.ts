import type { ErrorCode } from "@pli/engine/errors";
import type { LockKind } from "../vault/record.ts";
import type { PasskeyHint } from "../vault/vault.ts";

/**
 * What the leading tab says of this device: `starting` only while an erasure starts it again. While open it shares the
 * key, so that any tab can take over.
 */
export interface Truth {
  phase: "starting" | "locked" | "open" | "failed";
  lock: LockKind;
  passkey?: PasskeyHint;
  error?: ErrorCode;
  /** `generation` names this run of the engine: another one, another connection. */
  open?: { key: Uint8Array; generation: string };
}

/** What any tab can ask of the leader. Each may be asked twice with the effect of once. */
export type Ask = { kind: "unlock"; key: Uint8Array } | { kind: "lock" } | { kind: "relocked" } | { kind: "erase" };

/** What tabs say to each other. Only this origin hears it. */
export type BusMessage =
  | { type: "hello" }
  | { type: "truth"; leader: string; truth: Truth }
  | { type: "ask"; leader: string; id: string; ask: Ask }
  | { type: "answer"; id: string; error?: ErrorCode }
  | { type: "wipe" }
  | { type: "join"; generation: string; tab: string }
  | { type: "joined"; generation: string; tab: string };

export interface Bus {
  send(message: BusMessage): void;
}

export function createBus(name: string, listener: (message: BusMessage) => void): Bus {
  const channel = new BroadcastChannel(`${name}:bus`);
  channel.addEventListener("message", (event) => listener((event as MessageEvent<BusMessage>).data));
  return { send: (message) => channel.postMessage(message) };
}

export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
