import type { PliApi } from "@pli/engine/api";
import { serveApi } from "@pli/engine/rpc";
import { PliError } from "@pli/engine/errors";
import type { ErrorCode } from "@pli/engine/errors";
import { channelFromPort } from "../channels.ts";
import type { HostCall, WorkerMessage } from "../host.ts";
import type { OpenedVault, Vault, VaultSecret } from "../vault/vault.ts";
import { createBus, randomId } from "./bus.ts";
import type { BusMessage, LeaderRequest, LeaderState } from "./bus.ts";
import { createLeaderRequests, type LeaderRequests } from "./leader-requests.ts";
import { codeOf, createLeader } from "./leader.ts";
import type { Device, Leader } from "./leader.ts";
import { forever, holdForLife, leaderName, lifeName } from "./lifetime.ts";
import { createPageLink } from "./page-link.ts";
import { createServing } from "./serving.ts";
import { createSights } from "./sights.ts";

export interface Tab {
  call(call: HostCall): Promise<void>;
  /** One more line to another tab of the app. */
  meet(port: MessagePort): void;
  /** Somebody touched this tab, at that time. */
  touched(at: number): void;
  /** These places are in sight in this tab now. */
  sees(places: readonly string[]): void;
}

/** How long a tab waits to find another one before its page says that the database is locked. */
const ALONE_MS = 8000;

interface TabOptions {
  name: string;
  device: Device;
  toPage: (message: WorkerMessage, ports: MessagePort[]) => void;
}

/**
 * The worker of one tab. All tabs queue for one lock: the tab that holds it leads and runs the
 * engine, the others relay their page to it. When the leader ends, however it ends, the platform
 * gives the lock to the next.
 */
export async function startTab({ name, device, toPage }: TabOptions): Promise<Tab> {
  const id = randomId();
  const serving = createServing();
  const link = createPageLink(toPage);
  const sights = createSights((places) => toPage({ type: "sight", places }, []));
  const bus = createBus(name, id, { onTabFound, onMessage, onTabGone });
  const requests = createLeaderRequests((leader, requestId, request) => {
    if (leader === id) void answer(request, (error) => requests.onAnswer(requestId, error));
    else bus.send(leader, { type: "ask", id: requestId, ask: request });
  });
  let ownSight: readonly string[] = [];
  let mine: Leader | undefined;
  let key: Uint8Array | undefined;
  let shown: LeaderState | undefined;

  await holdForLife(lifeName(name, id));
  void navigator.locks.request(leaderName(name), () => {
    mine = createLeader(device, announce);
    if (shown?.isGone !== true) void mine.begin(key?.slice());
    return forever();
  });
  setTimeout(failAlone, ALONE_MS);

  function announce(state: LeaderState): void {
    if (state.open === undefined) serving.stop();
    bus.sendAll({ type: "truth", truth: state });
    follow(id, state);
  }

  function onTabFound(tab: string): void {
    const state = mine?.state();
    if (state !== undefined) bus.send(tab, { type: "truth", truth: state });
    if (ownSight.length > 0) bus.send(tab, { type: "sight", places: ownSight });
  }

  function onTabGone(tab: string): void {
    serving.forget(tab);
    sights.forget(tab);
  }

  function onMessage(tab: string, message: BusMessage, port: MessagePort | undefined): void {
    switch (message.type) {
      case "truth":
        return follow(tab, message.truth);
      case "ask":
        if (mine === undefined) return;
        return void answer(message.ask, (error) =>
          bus.send(tab, { type: "answer", id: message.id, ...(error && { error }) }),
        );
      case "answer":
        return requests.onAnswer(message.id, message.error);
      case "wipe":
        return forgetKey();
      case "join":
        return serve(message.generation, tab, port);
      case "activity":
        return toPage(message, []);
      case "sight":
        return sights.set(tab, message.places);
    }
  }

  /** Takes over the state that the leading tab announced. */
  function follow(leader: string, state: LeaderState): void {
    const previous = key;
    key = state.open?.key.slice();
    previous?.fill(0);
    shown = state;
    if (state.open === undefined) link.disconnect();
    else if (link.generation() !== state.open.generation) connect(leader, state.open.generation);
    toPage(stateMessage(state, mine !== undefined), []);
    requests.onLeader(leader);
  }

  function forgetKey(): void {
    key?.fill(0);
    key = undefined;
  }

  /**
   * Without a line to the leader a tab can do nothing: a browser without service workers, or
   * another page's lock.
   */
  function failAlone(): void {
    if (mine !== undefined || shown !== undefined || bus.tabs() > 0) return;
    toPage(stateMessage({ phase: "failed", lock: "none", error: "database_locked" }, false), []);
  }

  /** The page speaks to the leader's worker itself: this one only hands over both ends. */
  function connect(leader: string, generation: string): void {
    const api = mine?.api();
    link.connect(generation, (port) => {
      if (api === undefined) {
        bus.send(leader, { type: "join", generation }, [port]);
        return () => undefined;
      }
      return serveAt(port, api);
    });
  }

  /** Serves the engine to another tab, if the run that it asks for is still the present one. */
  function serve(generation: string, tab: string, port: MessagePort | undefined): void {
    const api = mine?.api();
    const isCurrent = mine?.state()?.open?.generation === generation;
    if (api !== undefined && isCurrent && port !== undefined) serving.serve(api, tab, port);
    else port?.close();
  }

  async function answer(request: LeaderRequest, reply: (error?: ErrorCode) => void): Promise<void> {
    try {
      await mine?.handle(request);
      reply();
    } catch (error) {
      reply(codeOf(error));
    }
  }

  async function call(call: HostCall): Promise<void> {
    switch (call.name) {
      case "unlock":
        if (shown?.phase === "open") return;
        return requests.send({ kind: "unlock", ...(await opened(device.vault, call.secret, requests)) });
      case "confirm":
        return confirm(await opened(device.vault, call.secret, requests), key, requests);
      case "lock":
        if (shown?.lock === "none") return;
        forgetKey();
        bus.sendAll({ type: "wipe" });
        return requests.send({ kind: "lock" });
      case "setLock":
        await device.vault.relock(inUse(key), call.lock);
        return requests.send({ kind: "relocked" });
      case "setDuress":
        inUse(key);
        return device.vault.setDuress(call.duress);
      case "erase":
        return requests.send({ kind: "erase", ...(call.forGood && { forGood: true }) });
    }
  }

  return {
    call,
    meet: (port) => bus.add(port),
    touched: (at) => bus.sendAll({ type: "activity", at }),
    sees(places) {
      ownSight = places;
      bus.sendAll({ type: "sight", places });
    },
  };
}

/** Serves the engine at a port, until the returned function is called. */
function serveAt(port: MessagePort, api: PliApi): () => void {
  const channel = channelFromPort(port);
  serveApi(api, channel);
  return () => channel.close();
}

function inUse(key: Uint8Array | undefined): Uint8Array {
  if (key === undefined) throw new PliError("locked");
  return key;
}

/**
 * Rejects unless what was given opens what is open. A duress passphrase does what it does anywhere.
 */
async function confirm(given: OpenedVault, key: Uint8Array | undefined, requests: LeaderRequests): Promise<void> {
  if (given.isDuress) return requests.send({ kind: "unlock", ...given });
  const isSame = key !== undefined && isEqual(given.key, key);
  given.key.fill(0);
  if (!isSame) throw new PliError("locked");
}

/** Looks at every byte, so that the time tells nothing. */
const isEqual = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.reduce((different, byte, at) => different | (byte ^ (other[at] ?? 0)), 0) === 0;

/** The key. After a passphrase that was wrong or too early every tab says how long to wait. */
async function opened(vault: Vault, secret: VaultSecret, requests: LeaderRequests): Promise<OpenedVault> {
  try {
    return await vault.open(secret);
  } catch (error) {
    // A leader of an older version does not answer this.
    if ("passphrase" in secret) void requests.send({ kind: "tried" });
    throw error;
  }
}

function stateMessage(
  { phase, lock, isGone, error, passkey, waitMs, open }: LeaderState,
  leader: boolean,
): WorkerMessage {
  const state = {
    phase,
    lock,
    leader,
    ...(isGone && { isGone }),
    ...(error && { error }),
    ...(waitMs !== undefined && { waitMs }),
    ...(open?.isFresh && { isFresh: true }),
  };
  return { type: "state", state, ...(passkey && { passkey }) };
}
