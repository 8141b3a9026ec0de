import { openSqliteStorage } from "../../src/engines/sqlite/sqlite-storage.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { randomCell, randomLabel } from "./client.ts";
import { testFolder } from "./folder.ts";

export const DAY = 20_000;

export const cellPut = () => ({ kind: "cell" as const, label: randomLabel(), bytes: randomCell() });
export const filledStorage = async (cells: number): Promise<Storage> => {
  const storage = openSqliteStorage({ folder: testFolder(), feeds: 1 });
  await storage.commit(Array.from({ length: cells }, cellPut), DAY);
  return storage;
};

export const commitCells = (storage: Storage, count: number) =>
  storage.commit(Array.from({ length: count }, cellPut), DAY);

/** The same storage, whose commits wait for `release`. */
export const heldBack = (storage: Storage): { readonly held: Storage; readonly release: () => void } => {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const held: Storage = { ...storage, commit: async (puts, day) => promise.then(() => storage.commit(puts, day)) };
  return { held, release };
};
