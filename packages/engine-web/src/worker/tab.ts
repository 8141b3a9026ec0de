import { serveApi } from "@pli/engine/rpc";
import { PliError } from "@pli/engine/errors";
import type { ErrorCode } from "@pli/engine/errors";
import { channelFromPort } from "../channels.ts";
import type { HostCall, WorkerMessage } from "../host.ts";
import { createAsks } from "./asks.ts";
import { createBus, lifeName, randomId } from "./bus.ts";
import type { Ask, BusMessage, Truth } from "./bus.ts";
import { codeOf, createLeader } from "./leader.ts";
import type { Device, Leader } from "./leader.ts";
import { createServing } from "./serving.ts";

export interface Tab {
  call(call: HostCall): Promise<void>;
  /** One more line to another tab of the app. */
  meet(port: MessagePort): void;
  /** Somebody touched this tab, at that time. */
  touched(at: number): void;
  /** These places are in sight in this tab now. */
  sees(places: readonly string[]): void;
}

/** One connection of the page to a run of the engine. */
interface Link {
  generation: string;
  stop(): void;
}

/** Another tab leads, and none was met: after so long the person is told. */
const ALONE_MS = 8000;

/**
 * The worker of one tab. All tabs queue for one lock: who holds it leads and runs the engine, the
 * others relay their page to it. When the leader goes, by its own will or not, the platform gives
 * the lock to the next.
 */
export async function startTab(p: {
  name: string;
  device: Device;
  toPage: (message: WorkerMessage, ports: MessagePort[]) => void;
}): Promise<Tab> {
  const { name, device, toPage } = p;
  const id = randomId();
  const serving = createServing();
  const bus = createBus(name, id, { met, heard, left });
  const asks = createAsks((leader, askId, ask) => {
    if (leader === id) void answer(ask, (error) => asks.answered(askId, error));
    else bus.send(leader, { type: "ask", id: askId, ask });
  });
  const sights = new Map<string, readonly string[]>();
  let ownSight: readonly string[] = [];
  let mine: Leader | undefined;
  let key: Uint8Array | undefined;
  let shown: Truth | undefined;
  let link: Link | undefined;

  await holdForLife(lifeName(name, id));
  void navigator.locks.request(`${name}:leader`, () => {
    mine = createLeader(device, announce);
    void mine.begin(key?.slice());
    return forever();
  });
  setTimeout(tellAlone, ALONE_MS);

  function announce(truth: Truth): void {
    if (truth.open === undefined) serving.stop();
    bus.sendAll({ type: "truth", truth });
    believe(id, truth);
  }

  function met(tab: string): void {
    const truth = mine?.truth();
    if (truth !== undefined) bus.send(tab, { type: "truth", truth });
    if (ownSight.length > 0) bus.send(tab, { type: "sight", places: ownSight });
  }

  function left(tab: string): void {
    serving.forget(tab);
    if (sights.has(tab)) sees(tab, []);
  }

  /** What is in sight in another tab. */
  function sees(tab: string, places: readonly string[]): void {
    if (places.length > 0) sights.set(tab, places);
    else sights.delete(tab);
    toPage({ type: "sight", places: [...new Set([...sights.values()].flat())] }, []);
  }

  function heard(tab: string, message: BusMessage, port: MessagePort | undefined): void {
    switch (message.type) {
      case "truth":
        return believe(tab, message.truth);
      case "ask":
        if (mine === undefined) return;
        return void answer(message.ask, (error) =>
          bus.send(tab, { type: "answer", id: message.id, ...(error && { error }) }),
        );
      case "answer":
        return asks.answered(message.id, message.error);
      case "wipe":
        return forgetKey();
      case "join":
        return welcome(message.generation, tab, port);
      case "activity":
        return toPage(message, []);
      case "sight":
        return sees(tab, message.places);
    }
  }

  function believe(leader: string, truth: Truth): void {
    const previous = key;
    key = truth.open?.key.slice();
    previous?.fill(0);
    shown = truth;
    if (truth.open === undefined) unlink();
    else if (link?.generation !== truth.open.generation) relink(leader, truth.open.generation);
    tellPage();
    asks.leaderIs(leader);
  }

  function tellPage(): void {
    if (shown === undefined) return;
    const { phase, lock, error, passkey } = shown;
    const state = { phase, lock, leader: mine !== undefined, ...(error && { error }) };
    toPage({ type: "state", state, ...(passkey && { passkey }) }, []);
  }

  function forgetKey(): void {
    key?.fill(0);
    key = undefined;
  }

  /**
   * Without a line to the leader a tab can do nothing: a browser without service workers, or
   * another page's lock.
   */
  function tellAlone(): void {
    if (mine !== undefined || shown !== undefined || bus.tabs() > 0) return;
    toPage({ type: "state", state: { phase: "failed", lock: "none", leader: false, error: "database_locked" } }, []);
  }

  /** The page speaks to the leader's worker itself: this one only hands over both ends. */
  function relink(leader: string, generation: string): void {
    unlink();
    const { port1, port2 } = new MessageChannel();
    const api = mine?.api();
    if (api === undefined) {
      link = { generation, stop: () => undefined };
      bus.send(leader, { type: "join", generation }, [port1]);
    } else {
      const channel = channelFromPort(port1);
      link = { generation, stop: () => channel.close() };
      serveApi(api, channel);
    }
    toPage({ type: "connect" }, [port2]);
  }

  function unlink(): void {
    if (link === undefined) return;
    link.stop();
    link = undefined;
    toPage({ type: "disconnect" }, []);
  }

  function welcome(generation: string, tab: string, port: MessagePort | undefined): void {
    const api = mine?.api();
    const current = mine?.truth()?.open?.generation === generation;
    if (api !== undefined && current && port !== undefined) serving.serve(api, tab, port);
    else port?.close();
  }

  async function answer(ask: Ask, reply: (error?: ErrorCode) => void): Promise<void> {
    try {
      await mine?.handle(ask);
      reply();
    } catch (error) {
      reply(codeOf(error));
    }
  }

  return {
    async call(call) {
      switch (call.name) {
        case "unlock":
          if (shown?.phase === "open") return;
          return asks.ask({ kind: "unlock", key: await device.vault.open(call.secret) });
        case "lock":
          if (shown?.lock === "none") return;
          forgetKey();
          bus.sendAll({ type: "wipe" });
          return asks.ask({ kind: "lock" });
        case "setLock":
          if (key === undefined) throw new PliError("locked");
          await device.vault.relock(key, call.lock);
          return asks.ask({ kind: "relocked" });
        case "erase":
          return asks.ask({ kind: "erase" });
      }
    },
    meet: (port) => bus.add(port),
    touched: (at) => bus.sendAll({ type: "activity", at }),
    sees(places) {
      ownSight = places;
      bus.sendAll({ type: "sight", places });
    },
  };
}

/** Takes a lock and keeps it until this worker ends, however it ends. */
function holdForLife(lock: string): Promise<void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(lock, () => {
        resolve();
        return forever();
      })
      .catch(reject);
  });
}

function forever(): Promise<never> {
  return new Promise(() => undefined);
}
