import { startWorker } from "./workers.ts";
import type { EncryptedDatabase } from "@pli/database";
import type { Sql } from "@pli/engine/ports";
import type { DatabaseFunctions } from "./database-worker.ts";
import { remoteOf } from "./remote.ts";
import type { Remote } from "./remote.ts";

/** A folder of OPFS and workers that open the database in it. */
export interface OpfsPlace {
  name: string;
  /** Opens it in the worker of this place. */
  open(key: Uint8Array): Promise<EncryptedDatabase>;
  /** Opens it in a worker of its own. */
  openElsewhere(key: Uint8Array): Promise<EncryptedDatabase>;
  /** Ends the first worker as a crash would. */
  kill(): void;
  remote: Remote<DatabaseFunctions>;
  files(): Promise<Map<string, Uint8Array>>;
  overwrite(file: string, bytes: Uint8Array): Promise<void>;
  stored(): Promise<Uint8Array>;
  dispose(): Promise<void>;
}

export async function createOpfsPlace(): Promise<OpfsPlace> {
  const name = `test-${crypto.randomUUID()}`;
  const workers: Worker[] = [];
  const spawn = (): Remote<DatabaseFunctions> => {
    const worker = startWorker("database-worker");
    workers.push(worker);
    return remoteOf<DatabaseFunctions>(worker);
  };
  const remote = spawn();
  const folder = async (): Promise<FileSystemDirectoryHandle> =>
    (await navigator.storage.getDirectory()).getDirectoryHandle(name);

  const files = async (): Promise<Map<string, Uint8Array>> => {
    const found = new Map<string, Uint8Array>();
    for await (const [file, handle] of (await folder()).entries())
      found.set(file, new Uint8Array(await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer()));
    return found;
  };

  const openWith = async (remote: Remote<DatabaseFunctions>, key: Uint8Array): Promise<EncryptedDatabase> => {
    await remote.open(name, key);
    return databaseOn(remote);
  };

  return {
    name,
    remote,
    open: (key) => openWith(remote, key),
    openElsewhere: (key) => openWith(spawn(), key),
    kill: () => workers[0]?.terminate(),
    files,
    async overwrite(file, bytes) {
      const stream = await (await (await folder()).getFileHandle(file)).createWritable();
      await stream.write(bytes as Uint8Array<ArrayBuffer>);
      await stream.close();
    },
    async stored() {
      return new Uint8Array(await new Blob([...(await files()).values()] as BlobPart[]).arrayBuffer());
    },
    async dispose() {
      for (const worker of workers.splice(0)) worker.terminate();
      const eraser = spawn();
      await expectGone(() => eraser.erase(name));
      workers[0]?.terminate();
    },
  };
}

/** A worker that was just ended may hold its files a moment more. */
async function expectGone(erase: () => Promise<void>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      return await erase();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function databaseOn(remote: Remote<DatabaseFunctions>): EncryptedDatabase {
  let last: Promise<unknown> = Promise.resolve();
  const transact = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => {
    await remote.begin();
    const sql: Sql = {
      all: (text, parameters) => remote.all(text, parameters),
      async run(text, parameters) {
        await remote.all(text, parameters);
      },
    };
    let value: T;
    try {
      value = await work(sql);
    } catch (error) {
      await remote.end("the work failed");
      throw error;
    }
    await remote.end();
    return value;
  };
  return {
    transaction(work) {
      const mine = last.then(() => transact(work));
      last = mine.catch(() => undefined);
      return mine;
    },
    size: () => remote.size(),
    check: () => remote.check(),
    close: () => remote.close(),
  };
}
