import { serveApi } from "@pli/engine/rpc";
import { PliError } from "@pli/engine/errors";
import type { ErrorCode } from "@pli/engine/errors";
import { bridge, channelFromBroadcast, channelFromPort } from "../channels.ts";
import type { HostCall, WorkerMessage } from "../host.ts";
import { createAsks } from "./asks.ts";
import { createBus, randomId } from "./bus.ts";
import type { Ask, BusMessage, Truth } from "./bus.ts";
import { codeOf, createLeader } from "./leader.ts";
import type { Device, Leader } from "./leader.ts";
import { createServing, lifeName, lineName } from "./serving.ts";

export interface Tab {
  call(call: HostCall): Promise<void>;
}

/** One connection of the page to a run of the engine. */
interface Link {
  generation: string;
  start(): void;
  stop(): void;
}

/**
 * The worker of one tab. All tabs queue for one lock: who holds it leads and runs the engine, the others relay their
 * page to it. When the leader goes, by its own will or not, the platform gives the lock to the next.
 */
export async function startTab(p: {
  name: string;
  device: Device;
  toPage: (message: WorkerMessage, ports: MessagePort[]) => void;
}): Promise<Tab> {
  const { name, device, toPage } = p;
  const id = randomId();
  const bus = createBus(name, hear);
  const serving = createServing(name);
  const asks = createAsks((leader, askId, ask) => {
    if (leader === id) void answer(ask, (error) => asks.answered(askId, error));
    else bus.send({ type: "ask", leader, id: askId, ask });
  });
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
  bus.send({ type: "hello" });

  function announce(truth: Truth): void {
    if (truth.open === undefined) serving.stop();
    bus.send({ type: "truth", leader: id, truth });
    believe(id, truth);
  }

  function hear(message: BusMessage): void {
    switch (message.type) {
      case "hello": {
        const truth = mine?.truth();
        if (truth !== undefined) bus.send({ type: "truth", leader: id, truth });
        return;
      }
      case "truth":
        return believe(message.leader, message.truth);
      case "ask":
        if (message.leader !== id) return;
        return void answer(message.ask, (error) =>
          bus.send({ type: "answer", id: message.id, ...(error && { error }) }),
        );
      case "answer":
        return asks.answered(message.id, message.error);
      case "wipe":
        return forgetKey();
      case "join":
        return welcome(message.generation, message.tab);
      case "joined":
        if (message.tab === id && link?.generation === message.generation) link.start();
    }
  }

  function believe(leader: string, truth: Truth): void {
    const previous = key;
    key = truth.open?.key.slice();
    previous?.fill(0);
    shown = truth;
    if (truth.open === undefined) unlink();
    else if (link?.generation !== truth.open.generation) relink(truth.open.generation);
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

  /** The page's end of the connection goes to it once there is somebody at the other. */
  function relink(generation: string): void {
    unlink();
    const { port1, port2 } = new MessageChannel();
    const channel = channelFromPort(port1);
    link = { generation, start: () => toPage({ type: "connect" }, [port2]), stop: () => channel.close() };
    const api = mine?.api();
    if (api === undefined) {
      bridge(channel, channelFromBroadcast(lineName(name, generation, id)));
      bus.send({ type: "join", generation, tab: id });
    } else {
      serveApi(api, channel);
      link.start();
    }
  }

  function unlink(): void {
    if (link === undefined) return;
    link.stop();
    link = undefined;
    toPage({ type: "disconnect" }, []);
  }

  function welcome(generation: string, tab: string): void {
    const api = mine?.api();
    if (api === undefined || mine?.truth()?.open?.generation !== generation) return;
    serving.serve(api, generation, tab);
    bus.send({ type: "joined", generation, tab });
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
          bus.send({ type: "wipe" });
          return asks.ask({ kind: "lock" });
        case "setLock":
          if (key === undefined) throw new PliError("locked");
          await device.vault.relock(key, call.lock);
          return asks.ask({ kind: "relocked" });
        case "erase":
          return asks.ask({ kind: "erase" });
      }
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
