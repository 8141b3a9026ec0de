import { PliError } from "@pli/engine/errors";

/** One value in IndexedDB, replaced whole and durably. */
export interface KeyRecord {
  read(): Promise<unknown>;
  write(value: unknown): Promise<void>;
  /** Replaces it by what `next` makes of it, in one transaction. `next` must not throw. */
  update(next: (value: unknown) => unknown): Promise<void>;
  remove(): Promise<void>;
}

const STORE = "vault";

/** `key`: the sealed key of this device; `tries`: how often a passphrase was wrong. */
type RecordName = "key" | "tries";
const KEYS: Record<RecordName, string> = { key: "record", tries: "tries" };

export function createKeyRecord(name: string, record: RecordName = "key"): KeyRecord {
  const key = KEYS[record];
  return {
    read: () => reading(name, (store) => store.get(key)),
    async write(value) {
      await writing(name, (store) => store.put(value, key));
    },
    async update(next) {
      await writing(name, (store) => {
        const found = store.get(key);
        found.addEventListener("success", () => store.put(next(found.result), key));
        return found;
      });
    },
    async remove() {
      await writing(name, (store) => store.delete(key));
    },
  };
}

/** Removes the whole database of records. */
export function removeRecords(name: string): Promise<void> {
  const request = indexedDB.deleteDatabase(name);
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve());
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB did not delete")));
  });
}

type Act<T> = (store: IDBObjectStore) => IDBRequest<T>;

/**
 * Where there is no database, nothing is read, and none is made: it may be of a removed profile.
 */
async function reading<T>(name: string, act: Act<T>): Promise<T | undefined> {
  const database = await open(name, (request) => request.transaction?.abort());
  return database && within(database, "readonly", act);
}

async function writing<T>(name: string, act: Act<T>): Promise<T> {
  const database = await open(name, ({ result }) => result.createObjectStore(STORE));
  if (database === undefined) throw new Error("IndexedDB did not open");
  return within(database, "readwrite", act);
}

async function within<T>(database: IDBDatabase, mode: IDBTransactionMode, act: Act<T>): Promise<T> {
  try {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = act(transaction.objectStore(STORE));
    await finished(transaction);
    return request.result;
  } finally {
    database.close();
  }
}

/** `begin`: what is done with a database that was not there. Undefined: it gave it up. */
function open(name: string, begin: (request: IDBOpenDBRequest) => unknown): Promise<IDBDatabase | undefined> {
  // Null where it is turned off.
  if ((indexedDB as IDBFactory | null) === null) return Promise.reject(new PliError("storage_blocked"));
  const request = indexedDB.open(name, 1);
  request.addEventListener("upgradeneeded", () => begin(request));
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => {
      if (request.error?.name === "AbortError") resolve(undefined);
      else reject(whyClosed(request.error));
    });
  });
}

/** Also what older browsers say in a private window. */
function whyClosed(error: DOMException | null): Error {
  if (error?.name === "InvalidStateError") return new PliError("storage_blocked");
  return error ?? new Error("IndexedDB did not open");
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener("complete", () => resolve());
    transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("IndexedDB gave up")));
  });
}
