import type { Database, Dialer, Socket } from "@pli/engine/ports";
import { copyDisk, type TestDisk } from "./database.ts";

/**
 * The power of one device. Once it is cut, nothing more happens there: no transaction begins or
 * returns, no frame leaves or arrives. `after` is the disk as it was at that moment.
 */
export interface Power {
  /**
   * Cuts it as soon as this many more transactions that write are durable: before anything follows
   * from the last one.
   */
  cutAfter(writes: number): void;
  cut(): void;
  readonly isCut: boolean;
  /** Resolves when it is cut. */
  readonly gone: Promise<void>;
  /** The disk as the cut left it. */
  readonly after: TestDisk;
  /** Every statement that its database was given, with how many parameters. */
  readonly statements: ReadonlyMap<string, number>;
  database(inner: Database): Database;
  dialer(inner: Dialer): Dialer;
}

const WRITES = /^\s*(?:INSERT|UPDATE|DELETE)/i;
/** A new one each time, so that nothing else holds what waits for it. */
const never = (): Promise<never> => new Promise(() => undefined);

export function createPower(disk: TestDisk): Power {
  const sockets = new Set<Socket>();
  const statements = new Map<string, number>();
  let left = Number.POSITIVE_INFINITY;
  let after: TestDisk | undefined;
  let tell = (): void => undefined;
  const gone = new Promise<void>((resolve) => (tell = resolve));

  function cut(): void {
    if (after !== undefined) return;
    after = copyDisk(disk);
    for (const socket of sockets) socket.close();
    tell();
  }

  async function transaction<T>(inner: Database, work: Parameters<Database["transaction"]>[0]): Promise<T> {
    if (after !== undefined) return never();
    let wrote = false;
    const value = await inner.transaction((sql) => {
      const note = (text: string, parameters: readonly unknown[] = []): void => {
        statements.set(text, parameters.length);
        wrote ||= WRITES.test(text);
      };
      return work({
        run: (text, parameters) => (note(text, parameters), sql.run(text, parameters)),
        all: (text, parameters) => (note(text, parameters), sql.all(text, parameters)),
      });
    });
    if (after !== undefined) return never();
    if (wrote) left -= 1;
    if (left > 0) return value as T;
    cut();
    return never();
  }

  return {
    cutAfter: (writes) => void (left = writes),
    cut,
    get isCut() {
      return after !== undefined;
    },
    gone,
    statements,
    get after() {
      if (after === undefined) throw new Error("the power is on");
      return after;
    },
    database: (inner) => ({
      transaction: (work) => transaction(inner, work),
      size: () => (after === undefined ? inner.size() : never()),
      close: () => inner.close(),
    }),
    dialer: (inner) => ({
      dial: (url, protocol, events) => {
        const alive = (): boolean => after === undefined;
        const socket = inner.dial(alive() ? url : "", protocol, {
          opened: () => alive() && events.opened(),
          received: (frame) => alive() && events.received(frame),
          closed: () => alive() && events.closed(),
        });
        sockets.add(socket);
        return {
          send: (frame) => void (alive() && socket.send(frame)),
          close: () => socket.close(),
        };
      },
    }),
  };
}
