/**
 * The real worker of a tab on real files and keys, with a toy in the place of the engine: one that
 * keeps drafts.
 */
import type { PliApi, Queries } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import type { Database } from "@pli/engine/ports";
import { createCrypto } from "@pli/protocol/crypto";
import { eraseWebDatabase, openWebDatabase, webDatabaseExists } from "../src/storage/web-database.ts";
import { createLockFiles } from "../src/vault/lock-files.ts";
import { createKeyRecord, removeRecords } from "../src/vault/key-record.ts";
import { createTriesRecord } from "../src/vault/tries.ts";
import { createVault } from "../src/vault/vault.ts";
import { runTabWorker } from "../src/worker/run.ts";

runTabWorker(async ({ name }) => ({
  vault: createVault({
    record: createKeyRecord(name),
    files: createLockFiles(name),
    tries: createTriesRecord(createKeyRecord(name, "tries")),
    crypto: await createCrypto(),
  }),
  dataExists: () => webDatabaseExists(name),
  eraseData: () => eraseWebDatabase(name),
  forget: () => removeRecords(name),
  async openEngine(key) {
    const database = await openWebDatabase(name, key);
    await database.transaction((sql) => sql.run("CREATE TABLE IF NOT EXISTS draft (id TEXT PRIMARY KEY, text TEXT)"));
    return { api: toyOn(database), close: () => database.close() };
  },
}));

/**
 * `saveDraft` is kept, and given to the watchers of `conversation`. `typeCode` never ends. The
 * query `storage` counts, as `conversations`, those who watch. A profile is a draft of its name.
 */
function toyOn(database: Database): PliApi {
  const watchers = new Set<() => void>();

  async function draft(id: string): Promise<Queries["conversation"]["result"]> {
    const [row] = await database.transaction((sql) => sql.all("SELECT text FROM draft WHERE id = ?", [id]));
    return { id, draft: row?.["text"] ?? "" } as Queries["conversation"]["result"];
  }

  const toy = {
    watch(_name: string, { id }: { id: string }, listener: (value: unknown) => void) {
      const notify = (): void => void draft(id).then(listener);
      watchers.add(notify);
      notify();
      return () => watchers.delete(notify);
    },
    async createProfile({ name }: { name: string }) {
      await toy.saveDraft({ conversation: "profile", text: name });
    },
    async read(name: string, { id }: { id: string }) {
      if (name === "status") return { profile: (await draft("profile"))?.draft === "" ? undefined : {} };
      return name === "storage" ? { conversations: watchers.size } : draft(id);
    },
    onMessage: () => () => undefined,
    async saveDraft({ conversation, text }: { conversation: string; text: string }) {
      await database.transaction((sql) => sql.run("INSERT OR REPLACE INTO draft VALUES (?, ?)", [conversation, text]));
      for (const notify of watchers) notify();
      return { draft: text };
    },
    async markRead() {
      throw new PliError("conversation_unknown");
    },
    typeCode: () => new Promise<void>(() => undefined),
  };
  return toy as unknown as PliApi;
}
