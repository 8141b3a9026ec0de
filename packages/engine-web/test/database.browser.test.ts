import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { databaseContract } from "../../database/test/contract.ts";
import { createOpfsPlace } from "./opfs-place.ts";
import type { OpfsPlace } from "./opfs-place.ts";

const KEY = new Uint8Array(32).fill(1);

databaseContract("the database in the origin private file system", createOpfsPlace);

describe("the files of the database in the origin private file system", () => {
  let place: OpfsPlace;
  beforeEach(async () => {
    place = await createOpfsPlace();
  });
  afterEach(() => place.dispose());

  const withNote = async (text: string): Promise<void> => {
    const database = await place.open(KEY);
    await database.transaction(async (sql) => {
      await sql.run("CREATE TABLE note (text TEXT)");
      await sql.run("INSERT INTO note VALUES (?)", [text]);
    });
  };
  const NOTES = "SELECT text FROM note";

  test("when damaged are called damaged and left as they are", async () => {
    await withNote("kept");
    await place.remote.close();
    const damaged = new Uint8Array((await place.files()).get("pli.db") ?? []).fill(7, 0, 2048);
    await place.overwrite("pli.db", damaged);
    await expect(place.open(KEY)).rejects.toMatchObject({ code: "database_damaged" });
    expect((await place.files()).get("pli.db")).toEqual(damaged);
  });

  test("are held by one worker alone, and free once that worker is gone", async () => {
    await withNote("from the first");
    const opening = place.openElsewhere(KEY);
    expect(await Promise.race([opening.then(() => "open"), place.remote.size().then(() => "waits")])).toBe("waits");
    place.kill();
    const second = await opening;
    expect(await second.transaction((sql) => sql.all(NOTES))).toEqual([{ text: "from the first" }]);
  });

  test("lose what a worker killed in the middle of a transaction had written, and nothing else", async () => {
    await withNote("before");
    await place.remote.begin();
    await place.remote.all("PRAGMA cache_size = 4");
    await place.remote.all(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 3000) INSERT INTO note SELECT hex(zeroblob(200)) FROM n",
    );
    expect((await place.files()).get("pli.db")?.length).toBeGreaterThan(500_000);
    place.kill();
    const second = await place.openElsewhere(KEY);
    expect(await second.transaction((sql) => sql.all(NOTES))).toEqual([{ text: "before" }]);
    expect(await second.check()).toBe("sound");
  });

  test("are there once something was written, and not after they were erased", async () => {
    expect(await place.remote.exists(place.name)).toBe(false);
    await withNote("x");
    await place.remote.close();
    expect(await place.remote.exists(place.name)).toBe(true);
    await place.remote.erase(place.name);
    expect(await place.remote.exists(place.name)).toBe(false);
  });
});
