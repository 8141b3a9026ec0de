/** The worker of the web app: the engine on this browser's files, keys, clock and sockets. */
import { createEngine } from "@pli/engine";
import { createCrypto } from "@pli/protocol/crypto";
import { createWebClock, createWebDialer } from "../adapters.ts";
import { removeLeftovers } from "../storage/leftovers.ts";
import { eraseWebDatabase, openWebDatabase, webDatabaseExists } from "../storage/web-database.ts";
import { createLockFiles } from "../vault/lock-files.ts";
import { createKeyRecord, removeRecords } from "../vault/key-record.ts";
import { createTriesRecord } from "../vault/tries.ts";
import { createVault } from "../vault/vault.ts";
import { runTabWorker } from "./run.ts";

runTabWorker(async ({ store, name, profiles }) => {
  if (profiles !== undefined) void removeLeftovers(profiles);
  const crypto = await createCrypto();
  return {
    vault: createVault({
      record: createKeyRecord(name),
      files: createLockFiles(name),
      tries: createTriesRecord(createKeyRecord(name, "tries")),
      crypto,
    }),
    dataExists: () => webDatabaseExists(name),
    eraseData: () => eraseWebDatabase(name),
    forget: () => removeRecords(name),
    async openEngine(key) {
      const database = await openWebDatabase(name, key);
      const close = (): Promise<void> => database.close();
      try {
        const engine = await createEngine({
          database,
          crypto,
          store,
          clock: createWebClock(),
          dialer: createWebDialer(),
        });
        const stop = async (): Promise<void> => {
          try {
            await engine.close();
          } finally {
            await close();
          }
        };
        return { api: engine, close: stop };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
});
