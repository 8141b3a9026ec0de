import { createEngine, type Engine, type EngineOptions } from "@pli/engine";
import type { Queries, QueryName } from "@pli/engine/api";
import type { Clock, Dialer, Socket, SqlRow, SqlValue } from "@pli/engine/ports";
import type { GroupEngine } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import { copyDisk, openTestDatabase, type TestDisk } from "../database.ts";
import { processClock } from "../fake-clock.ts";
import type { MemoryStore } from "../memory-store.ts";
import { createPower, type Power } from "../power.ts";
import type { Trace } from "./trace.ts";

/**
 * A person's device in a run: the real engine, on a clock, a line and a disk that can each fail.
 */
export interface Device {
  /** Its number among all devices of a run. */
  readonly index: number;
  /** Whose it is: the person's number. */
  readonly who: number;
  readonly name: string;
  readonly profile: string;
  /** Undefined while the power is off. */
  readonly engine: Engine | undefined;
  readonly power: Power | undefined;
  /** Starts from the disk, or from another. */
  start(disk?: TestDisk): Promise<void>;
  /** Ends cleanly. */
  stop(): Promise<void>;
  /**
   * The power is gone, now or earlier: nothing that ran continues. The disk is as that left it.
   */
  die(): void;
  setOnline(online: boolean): void;
  /** Somebody sets the clock of the device. */
  shiftClock(by: number): void;
  rightClock(): void;
  /** The disk as it is. */
  copy(): TestDisk;
  rows(sql: string, parameters?: SqlValue[]): Promise<SqlRow[]>;
  /**
   * What the app would show; throws when the engine does not answer at once. Undefined while the
   * power is off.
   */
  read<N extends QueryName>(name: N, parameters: Queries[N]["parameters"]): Promise<Queries[N]["result"] | undefined>;
}

export interface DeviceSetup {
  readonly index: number;
  readonly who: number;
  readonly name: string;
  readonly profile: string;
  readonly disk: TestDisk;
  readonly clock: Clock;
  readonly store: MemoryStore;
  readonly trace: Trace;
  readonly options: Partial<EngineOptions>;
  /** What each start works with. */
  kit(start: number): { crypto: Crypto; groups: GroupEngine };
}

interface Running {
  readonly engine: Engine;
  readonly power: Power;
  readonly database: Awaited<ReturnType<typeof openTestDatabase>>;
  readonly clock: DeviceClock;
}

export function createDevice(deps: DeviceSetup): Device {
  const { index, who, name, profile, trace } = deps;
  let disk = deps.disk;
  let running: Running | undefined;
  let starts = 0;
  let online = true;
  let offset = 0;
  const sockets = new Set<Socket>();

  const dialer: Dialer = {
    dial: (url, protocol, events) => {
      trace.note(`${name} dials`);
      const socket = deps.store.dial(online ? url : "", protocol, {
        opened: () => events.opened(),
        received: (frame) => {
          trace.noteBytes(`${name} <`, frame);
          events.received(frame);
        },
        closed: () => {
          sockets.delete(socket);
          events.closed();
        },
      });
      sockets.add(socket);
      const send = (frame: Uint8Array): void => {
        trace.noteBytes(`${name} >`, frame);
        socket.send(frame);
      };
      return { send, close: () => socket.close() };
    },
  };

  async function start(from = disk): Promise<void> {
    disk = from;
    starts += 1;
    const { crypto, groups } = deps.kit(starts);
    const clock = createDeviceClock(processClock(deps.clock), () => offset);
    const power = createPower(disk);
    const database = await openTestDatabase(disk);
    const starting = createEngine({
      database: power.database(database),
      crypto,
      groups,
      clock,
      dialer: power.dialer(dialer),
      store: deps.store.origin,
      options: deps.options,
    });
    const engine = await prompt(starting, `${name} starts`);
    running = { engine, power, database, clock };
  }

  /** Stopping writes too: the power may go while it does. */
  async function stop(): Promise<void> {
    const ending = running;
    if (ending === undefined) return;
    running = undefined;
    await Promise.race([ending.engine.close(), ending.power.gone]);
    ending.clock.stop();
    if (!ending.power.isCut) return;
    disk = ending.power.after;
    void ending.database.close();
  }

  function die(): void {
    if (running === undefined) return;
    const { power, clock, database } = running;
    running = undefined;
    power.cut();
    clock.stop();
    disk = power.after;
    void database.close();
  }

  return {
    index,
    who,
    name,
    profile,
    get engine() {
      return running?.engine;
    },
    get power() {
      return running?.power;
    },
    start,
    stop,
    die,
    setOnline: (next) => {
      online = next;
      if (!online) for (const socket of sockets) socket.close();
    },
    shiftClock: (by) => void (offset += by),
    rightClock: () => void (offset = 0),
    copy: () => copyDisk(disk),
    rows: async (sql, parameters) =>
      running === undefined
        ? []
        : prompt(
            running.database.transaction((open) => open.all(sql, parameters)),
            name,
          ),
    read: async (query, parameters) => {
      if (running === undefined) return undefined;
      const { engine, power } = running;
      const gone = power.gone.then(() => undefined);
      return prompt(Promise.race([engine.read(query, parameters), gone]), `${name} reads ${query}`);
    },
  };
}

/** Nothing that waits for no timer takes more turns than this. */
const TURNS = 1_000;

/** What needs no time to pass; throws when it seems never to end. */
async function prompt<T>(work: Promise<T>, what: string): Promise<T> {
  let over = false;
  const done = work.finally(() => (over = true));
  done.catch(() => undefined);
  for (let turn = 0; turn < TURNS && !over; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  if (!over) throw new Error(`${what}: no answer`);
  return done;
}

/** The clock of a device that can be wrong, and whose timers can be made never to run again. */
interface DeviceClock extends Clock {
  stop(): void;
}

function createDeviceClock(world: Clock, offset: () => number): DeviceClock {
  const waiting = new Set<() => void>();
  let stopped = false;
  return {
    now: () => world.now() + offset(),
    steady: () => world.steady(),
    after: (ms, work) => {
      if (stopped) return () => undefined;
      const cancel = world.after(ms, () => {
        waiting.delete(cancel);
        work();
      });
      waiting.add(cancel);
      return () => {
        waiting.delete(cancel);
        cancel();
      };
    },
    stop: () => {
      stopped = true;
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
  };
}
