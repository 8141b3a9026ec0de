import { DatabaseError, type Sql } from "@pli/engine/ports";
import { createTestDisk, openTestDatabase } from "@pli/testkit";
import { expect, it } from "vitest";
import { watchDatabase } from "../src/watched-database.ts";

/** A database that refuses every statement, and what is said of its transactions. */
function watched() {
  const told: string[] = [];
  const refuses = () => Promise.reject(new DatabaseError("database_failed", "no such table: nowhere"));
  const inner = {
    transaction: <T>(work: (sql: Sql) => Promise<T>) => work({ run: refuses, all: refuses }),
    size: async () => 0,
    close: async () => undefined,
  };
  return { told, database: watchDatabase(inner, (error) => void told.push(error.message)) };
}

it("tells of a statement that is wrong, also when its failure is swallowed", async () => {
  const { told, database } = watched();
  await database.transaction(({ run }) => run("DELETE FROM nowhere")).catch(() => undefined);
  expect(told).toEqual(["database_failed: no such table: nowhere in: DELETE FROM nowhere"]);
});

it("tells of a row that the engine cannot read, and of a mistake of the language", async () => {
  const { told, database } = watched();
  for (const error of [new DatabaseError("database_damaged", "stepp"), new TypeError("x is not a function")])
    await database.transaction(() => Promise.reject(error)).catch(() => undefined);
  expect(told).toEqual(["DatabaseError: database_damaged: stepp", "TypeError: x is not a function"]);
});

it("leaves a damaged disk, and what a test throws, to the test", async () => {
  const { told, database } = watched();
  for (const error of [new DatabaseError("database_damaged", "sqlite 11"), new Error("no")])
    await expect(database.transaction(() => Promise.reject(error))).rejects.toBe(error);
  expect(told).toEqual([]);
});

it("leaves a full disk to the test that fills it", async () => {
  const disk = createTestDisk();
  const database = await openTestDatabase(disk);
  disk.folder.limit = 0;
  const work = database.transaction(({ run }) => run("CREATE TABLE notes (text TEXT)"));
  await expect(work).rejects.toMatchObject({ code: "disk_full" });
  await database.close();
});
