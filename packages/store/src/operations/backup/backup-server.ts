import { rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { Log } from "../../base/event-log.ts";
import type { Storage } from "../../storage/storage.ts";
import { encodeBlockPage, encodeCellPage } from "./page.ts";
import { snapshotOf } from "./snapshot.ts";

/**
 * Serves the data of a running store to a back-up, on a socket in the file system that only its
 * owner can open:
 *
 * - `/snapshot`: the state of the store
 * - `/cells?feed&from&max` and `/blocks?day&after&max`: as Storage reads them
 *
 * Everything else is 404. What the storage cannot read is 500.
 */
export interface BackupServer {
  close(): void;
}

/** Cells in an answer. A busy store takes its time for each answer. */
export const MAX_CELLS = 512;
const MAX_BLOCKS = 16;

/**
 * The caller holds the lock on the data, so an existing socket is left from a process that died.
 * Rejects with the system's error.
 */
const openBackupServer = async (options: {
  readonly storage: Storage;
  readonly feeds: number;
  readonly path: string;
  readonly failed: (error: unknown) => void;
}): Promise<BackupServer> => {
  const { storage, feeds, path, failed } = options;
  const read = async (url: URL): Promise<string | Buffer | undefined> => {
    const number = (name: string, max = Number.MAX_SAFE_INTEGER): number =>
      Math.min(max, Number(/^\d{1,16}$/.exec(url.searchParams.get(name) ?? "")?.[0] ?? 0));
    const [feed, day] = [number("feed"), number("day")];
    switch (url.pathname) {
      case "/snapshot":
        return JSON.stringify(snapshotOf(storage, feeds));
      case "/cells":
        return feed < feeds
          ? encodeCellPage(await storage.read(feed, number("from"), number("max", MAX_CELLS)))
          : undefined;
      case "/blocks":
        return encodeBlockPage(await storage.blocksOn(day, number("after"), number("max", MAX_BLOCKS)));
      default:
        return undefined;
    }
  };
  const answer = async (target: string, response: ServerResponse): Promise<void> => {
    try {
      const body = await read(new URL(target, "http://store"));
      response.writeHead(body === undefined ? 404 : 200).end(body);
    } catch (error) {
      failed(error);
      response.writeHead(500).end();
    }
  };
  const server = createServer((request, response) => void answer(request.url ?? "/", response));
  rmSync(path, { force: true });
  await listenPrivately(server, path);
  return {
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

/** Undefined without a path, and when the socket cannot be used: the store runs without it then. */
export const openBackups = async (options: {
  readonly storage: Storage;
  readonly feeds: number;
  readonly path: string | undefined;
  readonly failed: (error: unknown) => void;
  readonly log: Log;
}): Promise<BackupServer | undefined> => {
  const { path, log } = options;
  if (path === undefined) return undefined;
  try {
    return await openBackupServer({ ...options, path });
  } catch (error) {
    log("warn", "backup_socket_unusable", { file: path, code: (error as NodeJS.ErrnoException).code ?? "internal" });
    return undefined;
  }
};

/**
 * Makes the socket, which only its owner can read and write from its first moment. It is bound
 * within the call, and no other file is made under this mask.
 */
const listenPrivately = (server: Server, path: string): Promise<void> =>
  new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    const before = process.umask(0o177);
    server.listen(path, resolve);
    process.umask(before);
  });
