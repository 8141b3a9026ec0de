import { PliError } from "@pli/engine/errors";

/** One value in IndexedDB, replaced whole and durably. */
export interface KeyRecord {
  read(): Promise<unknown>;
  write(value: unknown): Promise<void>;
  remove(): Promise<void>;
}

const STORE = "vault";
const KEY = "record";

export function createKeyRecord(name: string): KeyRecord {
  return {
    read: () => within(name, "readonly", (store) => store.get(KEY)),
    async write(value) {
      await within(name, "readwrite", (store) => store.put(value, KEY));
    },
    async remove() {
      await within(name, "readwrite", (store) => store.delete(KEY));
    },
  };
}

async function within<T>(
  name: string,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open(name);
  try {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = act(transaction.objectStore(STORE));
    await finished(transaction);
    return request.result;
  } finally {
    database.close();
  }
}

function open(name: string): Promise<IDBDatabase> {
  // Null where it is turned off.
  if ((indexedDB as IDBFactory | null) === null) return Promise.reject(new PliError("storage_blocked"));
  const request = indexedDB.open(name, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE));
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(whyClosed(request.error)));
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
