import { describe, expect, test } from "vitest";
import { openConnection } from "../src/connection.ts";
import {
  createFolderVfs,
  createMemoryFolder,
  type EncryptedDatabase,
  type MemoryFolder,
  type SqliteModule,
  type SyncFile,
} from "../src/index.ts";
import { registered } from "../src/register.ts";
import { databaseContract } from "./contract.ts";
import { KEY, openIn, sqlite } from "./memory.ts";

databaseContract("a database in memory", async () => {
  const folder = createMemoryFolder();
  return {
    open: (key) => openIn(folder, key),
    stored: async () => allBytes(folder),
    dispose: async () => undefined,
  };
});

function allBytes(folder: MemoryFolder): Uint8Array {
  return Buffer.concat([...folder.files.values()]);
}

function copyOf(folder: MemoryFolder): MemoryFolder {
  const copy = createMemoryFolder();
  for (const [name, bytes] of folder.files) copy.files.set(name, bytes.slice());
  return copy;
}

/** A folder with a database of some hundred rows, closed. */
async function written(): Promise<MemoryFolder> {
  const folder = createMemoryFolder();
  const database = await openIn(folder);
  await database.transaction(async (sql) => {
    await sql.run("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)");
    for (let n = 0; n < 300; n++) await sql.run("INSERT INTO note (text) VALUES (?)", ["y".repeat(400)]);
  });
  await database.close();
  return folder;
}

/** The same, its power cut within a transaction that had begun to change the file. */
async function interrupted(): Promise<MemoryFolder> {
  const folder = await written();
  const database = await openIn(folder);
  let cut = createMemoryFolder();
  await database.transaction(async (sql) => {
    await sql.run("PRAGMA cache_size = 5");
    await sql.run("UPDATE note SET text = 'gone'");
    cut = copyOf(folder);
  });
  await database.close();
  return cut;
}

const file = (folder: MemoryFolder, name = "test.db"): Uint8Array => folder.files.get(name) ?? new Uint8Array(0);

const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "no error",
    (error: unknown) => (error as { code?: unknown }).code,
  );

const readAll = (database: EncryptedDatabase): Promise<unknown> =>
  database.transaction((sql) => sql.all("SELECT sum(length(text)) AS total FROM note"));

describe("a damaged database", () => {
  test("a flipped bit on any page is found, by the open or by the first read, never overlooked", async () => {
    const folder = await written();
    const pages = file(folder).length / 4096;
    for (let page = 0; page < pages; page++) {
      const copy = copyOf(folder);
      const at = page * 4096 + ((page * 997) % 4096);
      file(copy).set([(file(copy)[at] ?? 0) ^ 0x10], at);
      expect(await code(openAndRead(copy)), `page ${page}`).toBe("database_damaged");
    }
  });

  test.each([
    ["of zeros", (bytes: Uint8Array) => new Uint8Array(bytes.length)],
    ["emptied", () => new Uint8Array(0)],
    ["cut within the first page", (bytes: Uint8Array) => bytes.slice(0, 100)],
    ["cut at a page", (bytes: Uint8Array) => bytes.slice(0, 4096 * 3)],
    ["cut within a page", (bytes: Uint8Array) => bytes.slice(0, bytes.length - 1000)],
    ["of other bytes", (bytes: Uint8Array) => bytes.map((_, index) => index & 255)],
  ])("a file %s is damaged, and left as it is", async (_name, change) => {
    const folder = await written();
    const changed = change(file(folder));
    folder.files.set("test.db", changed.slice());
    expect(await code(openAndRead(folder))).toBe("database_damaged");
    expect(file(folder)).toEqual(changed);
  });

  test("a file that was lost is damage, not a new database", async () => {
    const folder = await written();
    folder.files.delete("test.db");
    expect(await code(openIn(folder))).toBe("database_damaged");
  });

  test("a lost or damaged key file costs nothing", async () => {
    const folder = await written();
    folder.files.delete("test.db.key");
    expect(await code(openAndRead(folder))).toBe("no error");
    expect(file(folder, "test.db.key").length).toBeGreaterThan(0);
    file(folder, "test.db.key").fill(3);
    expect(await code(openAndRead(folder))).toBe("no error");
  });

  test("check finds damage that no read has met", async () => {
    const folder = await written();
    file(folder).fill(9, 5 * 4096, 6 * 4096);
    const database = await openIn(folder);
    expect(await database.check()).toBe("damaged");
    await database.close();
  });

  async function openAndRead(folder: MemoryFolder): Promise<void> {
    const database = await openIn(folder);
    try {
      await readAll(database);
      expect(await database.check()).toBe("sound");
    } finally {
      await database.close();
    }
  }
});

describe("a full disk", () => {
  test("fails the transaction, keeps what was there, and works again when there is room", async () => {
    const folder = await written();
    const database = await openIn(folder);
    const before = await readAll(database);
    folder.limit = allBytes(folder).length + 20_000;
    const writing = database.transaction(async (sql) => {
      for (let n = 0; n < 200; n++) await sql.run("INSERT INTO note (text) VALUES (?)", ["z".repeat(1000)]);
    });
    expect(await code(writing)).toBe("disk_full");
    expect(await readAll(database)).toEqual(before);
    folder.limit = Number.MAX_SAFE_INTEGER;
    await database.transaction((sql) => sql.run("INSERT INTO note (text) VALUES ('after')"));
    expect(await database.check()).toBe("sound");
    await database.close();
  });

  test("at any byte of a transaction leaves either all of it or nothing", async () => {
    const folder = await written();
    const start = allBytes(folder).length;
    for (let room = 0; room < 60_000; room += 3_001) {
      const copy = copyOf(folder);
      copy.limit = start + room;
      const database = await openIn(copy);
      const outcome = await code(
        database.transaction(async (sql) => {
          await sql.run("UPDATE note SET text = text || text WHERE id < 30");
        }),
      );
      await database.close();
      copy.limit = Number.MAX_SAFE_INTEGER;
      const again = await openIn(copy);
      const grown = outcome === "no error" ? 29 * 400 : 0;
      expect(["no error", "disk_full"]).toContain(outcome);
      expect(await readAll(again)).toEqual([{ total: 300 * 400 + grown }]);
      expect(await again.check()).toBe("sound");
      await again.close();
    }
  });

  test("while the database is being made is said as such, and it can be made later", async () => {
    const folder = createMemoryFolder();
    folder.limit = 2000;
    expect(await code(openIn(folder))).toBe("disk_full");
    folder.limit = Number.MAX_SAFE_INTEGER;
    const database = await openIn(folder);
    await database.close();
  });
});

describe("a power cut", () => {
  test("in the middle of a transaction leaves what was committed before", async () => {
    const cut = await interrupted();
    expect(file(cut, "test.db-journal").length).toBeGreaterThan(50_000);
    const again = await openIn(cut);
    expect(await readAll(again)).toEqual([{ total: 300 * 400 }]);
    expect(await again.check()).toBe("sound");
    await again.close();
  });

  test("while the database is being made leaves one that can be made again", async () => {
    const made = createMemoryFolder();
    const cuts: MemoryFolder[] = [];
    const watched = { ...made, open: recordingOpen(made, () => cuts.push(copyOf(made))) };
    await (await openIn(watched)).close();
    expect(cuts.length).toBeGreaterThan(5);
    for (const cut of cuts) {
      const database = await openIn(cut);
      expect(await database.check()).toBe("sound");
      await database.close();
    }
  });

  function recordingOpen(folder: MemoryFolder, record: () => void): MemoryFolder["open"] {
    return (name, create) => {
      const opened = folder.open(name, create);
      return opened && { ...opened, write: (bytes, at) => (record(), opened.write(bytes, at)) };
    };
  }
});

describe("erased keys", () => {
  test("have left every file, deciphered, when the transaction that erased them is over", async () => {
    const folder = createMemoryFolder();
    const database = await openIn(folder);
    const secret = Uint8Array.from({ length: 32 }, (_, index) => 0x80 + index);
    await database.transaction(async (sql) => {
      await sql.run("CREATE TABLE chain (id INTEGER PRIMARY KEY, secret BLOB)");
      for (let n = 0; n < 500; n++) await sql.run("INSERT INTO chain (secret) VALUES (?)", [secret]);
    });
    expect(count(await deciphered(folder), secret)).toBe(500);
    await database.transaction((sql) => sql.run("UPDATE chain SET secret = zeroblob(32) WHERE id % 3 = 0"));
    expect(count(await deciphered(folder), secret)).toBe(334);
    await database.transaction((sql) => sql.run("DELETE FROM chain"));
    expect(count(await deciphered(folder), secret)).toBe(0);
    expect(file(folder, "test.db-journal").length).toBe(0);
    await database.close();
  });

  /** Every page as SQLite sees it, free ones included. */
  async function deciphered(folder: MemoryFolder): Promise<Uint8Array> {
    const copy = copyOf(folder);
    await (await openIn(copy)).close();
    const handles: number[] = [];
    const watched: SqliteModule = Object.assign(Object.create(sqlite) as SqliteModule, {
      _sqlite3_get_autocommit: (db: number) => handles.push(db),
    });
    const connection = openConnection(watched, registered(sqlite, createFolderVfs(sqlite, copy)), "test.db");
    connection.all("PRAGMA cipher = 'chacha20'");
    connection.runSecret(Buffer.from(`PRAGMA key = "x'${Buffer.from(KEY).toString("hex")}'"`));
    connection.all("SELECT count(*) FROM sqlite_schema");
    connection.inTransaction();
    const pages = serialized(handles[0] ?? 0);
    connection.close();
    expect(Buffer.from(pages).subarray(0, 15).toString()).toBe("SQLite format 3");
    expect(pages.length).toBe(file(copy).length);
    return pages;
  }

  function serialized(db: number): Uint8Array {
    const { _sqlite3_serialize: serialize, HEAPU8 } = sqlite as SqliteModule & {
      _sqlite3_serialize(db: number, schema: number, size: number, flags: number): number;
    };
    const at = serialize(db, 0, 0, 0);
    const pages = new DataView(HEAPU8.buffer, at);
    return HEAPU8.slice(at, at + 4096 * pages.getUint32(28));
  }

  function count(bytes: Uint8Array, wanted: Uint8Array): number {
    let found = 0;
    for (let at = 0; at <= bytes.length - wanted.length; at++) {
      if (wanted.every((byte, index) => bytes[at + index] === byte)) found++;
    }
    return found;
  }
});

describe("a file system that fails", () => {
  /** The folder, whose files fail the way `fail` makes them once `armed`. */
  function failing(fail: (file: SyncFile) => Partial<SyncFile>): { folder: MemoryFolder; arm: () => void } {
    const inner = createMemoryFolder();
    let armed = false;
    const open: MemoryFolder["open"] = (name, create) => {
      const opened = inner.open(name, create);
      if (opened === undefined) return undefined;
      const broken = { ...opened, ...fail(opened) };
      return Object.fromEntries(
        Object.entries(opened).map(([method, works]) => [
          method,
          (...parameters: never[]) => {
            const chosen = armed ? broken[method as keyof SyncFile] : works;
            return (chosen as (...p: never[]) => unknown)(...parameters);
          },
        ]),
      ) as unknown as SyncFile;
    };
    return { folder: { ...inner, open }, arm: () => void (armed = true) };
  }

  const broken = (): never => {
    throw new Error("EIO");
  };

  test.each([
    ["writing", { write: broken }],
    ["syncing", { sync: broken }],
    ["truncating", { truncate: broken }],
    ["reading", { read: broken }],
  ])("in %s fails the transaction with a code, and never traps", async (_name, change) => {
    const { folder, arm } = failing(() => change);
    const database = await openIn(folder);
    await database.transaction((sql) => sql.run("CREATE TABLE note (text TEXT)"));
    arm();
    const large = "x".repeat(3_000_000);
    const work = database.transaction(async (sql) => {
      await sql.run("INSERT INTO note VALUES (?)", [large]);
      await sql.all("SELECT * FROM note");
      await sql.run("PRAGMA integrity_check");
    });
    expect(await code(work)).toBe("database_failed");
    expect(["database_failed", "no error"]).toContain(await code(database.close()));
  });

  test("in reading the journal of a power cut leaves it for a better day", async () => {
    const inner = await interrupted();
    const open: MemoryFolder["open"] = (name, create) => {
      const opened = inner.open(name, create);
      return name === "test.db-journal" && opened !== undefined
        ? { ...opened, read: failingFrom(opened, 20_000) }
        : opened;
    };
    expect(await code(openIn({ ...inner, open }))).not.toBe("no error");
    const database = await openIn(inner);
    expect(await readAll(database)).toEqual([{ total: 300 * 400 }]);
    await database.close();
  });

  const failingFrom =
    (opened: SyncFile, position: number): SyncFile["read"] =>
    (into, at) =>
      at < position ? opened.read(into, at) : broken();

  test.each(["test.db", "test.db.key", "test.db-journal"])("that cannot open %s says so", async (unopenable) => {
    const inner = createMemoryFolder();
    const open: MemoryFolder["open"] = (name, create) => (name === unopenable ? undefined : inner.open(name, create));
    expect(await code(openIn({ ...inner, open }))).toBe("database_failed");
  });
});

test("two databases made alike share no page: what enciphers them is random each time", async () => {
  const [one, other] = [await written(), await written()];
  const pages = (folder: MemoryFolder): string[] =>
    Array.from({ length: file(folder).length / 4096 }, (_, page) =>
      Buffer.from(file(folder).subarray(page * 4096, page * 4096 + 4096)).toString("latin1"),
    );
  const nonces = [...pages(one), ...pages(other)].map((page) => page.slice(-32, -16));
  expect(new Set(nonces).size).toBe(nonces.length);
  expect(pages(one).some((page) => pages(other).includes(page))).toBe(false);
});

test("SQLite is not told the time: the Clock is", async () => {
  const database = await openIn(createMemoryFolder());
  expect(await database.transaction((sql) => sql.all("SELECT datetime('now') AS now"))).toEqual([{ now: null }]);
  await database.close();
});

test("a key of another length is our own mistake", async () => {
  await expect(openIn(createMemoryFolder(), KEY.slice(1))).rejects.toThrow(RangeError);
});
