import { parseStoreAddress } from "@pli/protocol/pairing";
import { encodeRequest, parseAnswer, WIRE_SUBPROTOCOL, WIRE_VERSION } from "@pli/protocol/wire";
import type { ErrorCode } from "../runtime/errors.ts";
import type { Clock, Dialer, Socket } from "../runtime/ports.ts";
import { socketAddress } from "./store/address.ts";

export { storeAddress } from "./store/address.ts";

/** What a store says of itself. `clockSkew`: this device's clock minus the store's, in seconds. */
export interface StoreReport {
  software: string;
  wireVersion: number;
  retentionDays: number;
  clockSkew: number;
  /** Milliseconds from dialling to its answer. */
  answeredIn: number;
}

export type StoreProbe = { ok: true; value: StoreReport } | { ok: false; error: ErrorCode };

const PATIENCE_MS = 5_000;

/**
 * Says hello to a store and hangs up: it stores nothing, follows nothing, and needs no profile
 * (protocol.md, section 3). Never rejects: `store_unreachable`, `store_slow` after five seconds,
 * `store_newer`, `store_lying` for what is no answer, `store_address_malformed`.
 */
export function probeStore(p: { dialer: Dialer; clock: Clock; store: string }): Promise<StoreProbe> {
  const store = parseStoreAddress(p.store);
  if (!store.ok) return Promise.resolve(store);
  const address = socketAddress(store.value);
  const start = p.clock.steady();
  return new Promise((resolve) => {
    const finish = (probe: StoreProbe) => {
      stopWaiting();
      socket.close();
      resolve(probe);
    };
    const stopWaiting = p.clock.after(PATIENCE_MS, () => finish({ ok: false, error: "store_slow" }));
    const socket: Socket = p.dialer.dial(address, WIRE_SUBPROTOCOL, {
      opened: () => socket.send(hello()),
      received: (frame) => finish(readWelcome(frame, p.clock.now(), p.clock.steady() - start)),
      closed: () => finish({ ok: false, error: "store_unreachable" }),
    });
  });
}

const hello = (): Uint8Array =>
  encodeRequest({ type: "hello", id: 1, minVersion: WIRE_VERSION, maxVersion: WIRE_VERSION });

function readWelcome(frame: Uint8Array, now: number, answeredIn: number): StoreProbe {
  const parsed = parseAnswer(frame);
  if (!parsed.ok) return { ok: false, error: "store_lying" };
  const answer = parsed.value;
  if (answer.type === "error") return { ok: false, error: refusal(answer.code) };
  if (answer.type !== "welcome" || answer.version !== WIRE_VERSION) return { ok: false, error: "store_lying" };
  return {
    ok: true,
    value: {
      software: answer.software,
      wireVersion: answer.version,
      retentionDays: answer.retentionDays,
      clockSkew: Math.round(now / 1000) - answer.now,
      answeredIn,
    },
  };
}

function refusal(code: string): ErrorCode {
  if (code === "unsupported_version") return "store_newer";
  return code === "too_many_requests" ? "too_many_requests" : "store_busy";
}
