import { DatabaseError } from "@pli/engine/ports";
import { createTestDisk, openTestDatabase } from "@pli/testkit";
import { expect, it } from "vitest";
import { watchStatements } from "../src/watched-statements.ts";

it("tells of a statement that is wrong, also when its failure is swallowed", async () => {
  const told: string[] = [];
  const refuses = () => Promise.reject(new DatabaseError("database_failed", "no such table: nowhere"));
  const database = watchStatements(
    {
      transaction: (work) => work({ run: refuses, all: refuses }),
      size: async () => 0,
      close: async () => undefined,
    },
    (error) => void told.push(error.message),
  );
  await database.transaction(({ run }) => run("DELETE FROM nowhere")).catch(() => undefined);
  expect(told).toEqual(["database_failed: no such table: nowhere in: DELETE FROM nowhere"]);
});

it("leaves a full disk to the test that fills it", async () => {
  const disk = createTestDisk();
  const database = await openTestDatabase(disk);
  disk.folder.limit = 0;
  const work = database.transaction(({ run }) => run("CREATE TABLE notes (text TEXT)"));
  await expect(work).rejects.toMatchObject({ code: "disk_full" });
  await database.close();
});
