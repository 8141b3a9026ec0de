/**
 * What every place a database can live in must hold to. Runs in Node and in a browser: it uses
 * nothing of either.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EncryptedDatabase } from "../src/index.ts";

/** Somewhere a database lives: a folder on disk, one in memory, OPFS. */
export interface Place {
  /** Opens, or makes, the database of this place. The one opened before was closed. */
  open(key: Uint8Array): Promise<EncryptedDatabase>;
  /** Every byte kept there, as it is stored: all files in one, in any order. */
  stored(): Promise<Uint8Array>;
  dispose(): Promise<void>;
}

const KEY = Uint8Array.from({ length: 32 }, (_, index) => (index * 73 + 5) & 255);
const OTHER_KEY = KEY.map((byte) => byte ^ 1);
const SECRET = "the minister will resign on Thursday";

export function databaseContract(name: string, createPlace: () => Promise<Place>): void {
  // oxlint-disable-next-line vitest/valid-title -- each place gives its own
  describe(name, () => {
    let place: Place;
    let database: EncryptedDatabase;

    beforeEach(async () => {
      place = await createPlace();
      database = await place.open(KEY);
      await database.transaction((sql) => sql.run("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT, body BLOB)"));
    });

    afterEach(async () => {
      await database.close();
      await place.dispose();
    });

    const write = (text: string): Promise<void> =>
      database.transaction((sql) => sql.run("INSERT INTO note (text) VALUES (?)", [text]));

    const texts = (): Promise<unknown[]> =>
      database.transaction(async (sql) => {
        const rows = await sql.all("SELECT text FROM note ORDER BY id");
        return rows.map((row) => row["text"]);
      });

    const reopen = async (): Promise<void> => {
      await database.close();
      database = await place.open(KEY);
    };

    test("gives back every kind of value as it was", async () => {
      const values = [null, 0, -1, 1.5, 2 ** 31, -(2 ** 40) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
      const strings = ["", "é😀", "a\0b", "\uFEFFx", SECRET];
      const blobs = [new Uint8Array(0), Uint8Array.of(0, 255, 0), new Uint8Array(100_000).fill(7)];
      const all = [...values, ...strings, ...blobs];
      const back = await database.transaction(async (sql) => {
        const found: unknown[] = [];
        for (const value of all) found.push((await sql.all("SELECT ? AS value", [value]))[0]?.["value"]);
        return found;
      });
      expect(back).toEqual(all);
      expect(back.at(-3)).toBeInstanceOf(Uint8Array);
    });

    test("keeps what a transaction wrote", async () => {
      await write("one");
      await write("two");
      await reopen();
      expect(await texts()).toEqual(["one", "two"]);
      expect(await database.check()).toBe("sound");
    });

    test("keeps nothing of a transaction whose work fails", async () => {
      await write("one");
      const failing = database.transaction(async (sql) => {
        await sql.run("INSERT INTO note (text) VALUES ('half')");
        throw new Error("stop");
      });
      await expect(failing).rejects.toThrow("stop");
      await reopen();
      expect(await texts()).toEqual(["one"]);
    });

    test("every roll-back restores all there was, however large the transaction", async () => {
      const contents = async (): Promise<string> => {
        const [sum] = await database.transaction((sql) =>
          sql.all("SELECT count(*) AS n, total(length(text)) AS length, total(id * length(text)) AS mixed FROM note"),
        );
        return JSON.stringify([sum, await database.check()]);
      };
      const restored: boolean[] = [];
      for (let round = 0; round < 40; round++) {
        const before = await contents();
        const work = database.transaction(async (sql) => {
          await sql.run(`PRAGMA cache_size = ${round % 3 === 0 ? 3 : 200}`);
          for (let row = 0; row < 1 + (round % 7) * 6; row++) {
            const text = "x".repeat(200 + ((round * row * 37) % 900));
            await sql.run("INSERT INTO note (text) VALUES (?)", [text]);
          }
          await sql.run("UPDATE note SET text = text || 'y' WHERE id % 5 = ?", [round % 5]);
          await sql.run("DELETE FROM note WHERE id % 11 = ?", [round % 11]);
          if (round % 2 === 0) throw new Error("undo");
        });
        await work.catch(() => undefined);
        if (round % 2 === 0) restored.push((await contents()) === before);
        if (round % 8 === 0) await reopen();
      }
      expect(restored).toEqual(Array.from({ length: 20 }, () => true));
    });

    test("runs transactions one at a time, in the order they were asked for", async () => {
      const seen: string[] = [];
      const slow = async (name: string): Promise<void> =>
        database.transaction(async (sql) => {
          seen.push(`${name} in`);
          for (let turn = 0; turn < 5; turn++) await sql.all("SELECT 1");
          seen.push(`${name} out`);
        });
      await Promise.all([slow("a"), slow("b"), slow("c")]);
      expect(seen).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
    });

    test("a failed statement is reported and the next transaction works", async () => {
      await expect(database.transaction((sql) => sql.run("INSERT INTO nowhere VALUES (1)"))).rejects.toMatchObject({
        code: "database_failed",
      });
      await write("after");
      expect(await texts()).toEqual(["after"]);
    });

    test("a constraint undoes the whole transaction and quotes no value", async () => {
      await write("one");
      const error: unknown = await database
        .transaction(async (sql) => {
          await sql.run("INSERT INTO note (text) VALUES (?)", ["two"]);
          await sql.run("INSERT INTO note (id, text) VALUES (1, ?)", [SECRET]);
        })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "database_failed" });
      expect(String(error)).not.toContain(SECRET);
      expect(await texts()).toEqual(["one"]);
    });

    test("statements of a transaction that is over are refused", async () => {
      const leaked = await database.transaction(async (sql) => ({ sql }));
      await expect(leaked.sql.run("DELETE FROM note")).rejects.toMatchObject({ code: "database_failed" });
    });

    test("after close, everything is refused", async () => {
      await database.close();
      await expect(database.transaction(async () => 1)).rejects.toMatchObject({ code: "database_failed" });
      await database.close();
      database = await place.open(KEY);
    });

    test("remembered statements follow a change of schema", async () => {
      await write("one");
      const all = (): Promise<unknown> => database.transaction((sql) => sql.all("SELECT * FROM note"));
      expect(await all()).toEqual([{ id: 1, text: "one", body: null }]);
      await database.transaction((sql) => sql.run("ALTER TABLE note ADD COLUMN more TEXT DEFAULT 'new'"));
      expect(await all()).toEqual([{ id: 1, text: "one", body: null, more: "new" }]);
    });

    test("searches terms parted by spaces, and what is deleted leaves the index at once", async () => {
      await database.transaction(async (sql) => {
        await sql.run(`CREATE VIRTUAL TABLE word USING fts5 (text, tokenize = "ascii tokenchars '+'")`);
        await sql.run("INSERT INTO word (word, rank) VALUES ('secure-delete', 1)");
        await sql.run("INSERT INTO word (rowid, text) VALUES (1, '東 京 c + 🎉'), (2, 'other')");
      });
      await reopen();
      for (const wanted of ['"東 京"', '"+"', '"🎉"*']) {
        const hits = await database.transaction((sql) =>
          sql.all("SELECT rowid FROM word WHERE word MATCH ?", [wanted]),
        );
        expect(hits).toEqual([{ rowid: 1 }]);
      }
      const holding = (): Promise<unknown[]> =>
        database.transaction((sql) =>
          sql.all("SELECT 1 AS found FROM word_data WHERE instr(block, CAST('東' AS BLOB)) > 0"),
        );
      expect(await holding()).toHaveLength(1);
      await database.transaction((sql) => sql.run("DELETE FROM word WHERE rowid = 1"));
      expect(await holding()).toEqual([]);
    });

    test("a search that is malformed is not quoted in the error", async () => {
      await database.transaction((sql) => sql.run("CREATE VIRTUAL TABLE word USING fts5 (text)"));
      const error: unknown = await database
        .transaction((sql) => sql.all("SELECT text FROM word WHERE word MATCH ?", [`"${SECRET}`]))
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "database_failed" });
      expect(String(error)).not.toContain("minister");
    });

    test("a wrong key is refused, says so, and is not in the error", async () => {
      await write("one");
      await database.close();
      const error: unknown = await place.open(OTHER_KEY).catch((reason: unknown) => reason);
      database = await place.open(KEY);
      expect(error).toMatchObject({ code: "database_wrong_key" });
      expect(String((error as Error).stack)).not.toMatch(/05[0-9a-f]{62}|04[0-9a-f]{62}/);
      expect(await texts()).toEqual(["one"]);
    });

    test("nothing written can be read in what is stored", async () => {
      for (let n = 0; n < 50; n++) await write(`${SECRET} ${n}`);
      expect(contains(await place.stored(), SECRET)).toBe(false);
      expect(contains(await place.stored(), "CREATE TABLE")).toBe(false);
      expect(contains(await place.stored(), "SQLite format")).toBe(false);
    });

    test("nothing can be read in what is stored half-way through a large transaction, journal included", async () => {
      await database.transaction(async (sql) => {
        for (let n = 0; n < 2000; n++) await sql.run("INSERT INTO note (text) VALUES (?)", [SECRET.repeat(30)]);
      });
      await database.transaction(async (sql) => {
        await sql.run("PRAGMA cache_size = 10");
        await sql.run("UPDATE note SET text = text || 'x'");
        const stored = await place.stored();
        expect(stored.length).toBeGreaterThan(3_000_000);
        expect(contains(stored, SECRET)).toBe(false);
      });
    });

    test("says how large it is", async () => {
      const before = await database.size();
      await database.transaction((sql) => sql.run("INSERT INTO note (body) VALUES (zeroblob(500000))"));
      expect((await database.size()) - before).toBeGreaterThan(490_000);
    });
  });
}

/** Whether a text occurs in bytes, as one byte a character. */
export function contains(bytes: Uint8Array, ascii: string): boolean {
  const wanted = Uint8Array.from(ascii, (char) => char.charCodeAt(0));
  const first = wanted[0] ?? 0;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
}
