import { DatabaseError } from "@pli/engine/ports";
import { type Connection, openConnection } from "./connection.ts";
import { databaseFrom, type EncryptedDatabase } from "./database.ts";
import { registered } from "./register.ts";
import type { SqliteModule } from "./sqlite.ts";
import type { SqliteVfs } from "./vfs.ts";

export const KEY_BYTES = 32;

export interface OpenDatabase {
  readonly module: SqliteModule;
  /**
   * A synchronous VFS, with every file it needs at hand: the database, `-journal`, `.key` and
   * `.key-journal`.
   */
  readonly vfs: SqliteVfs;
  /** Name of the file in the VFS. */
  readonly name: string;
  /** 32 random bytes, copied; the caller wipes its own. */
  readonly key: Uint8Array;
}

/**
 * Opens the encrypted database `name`, or makes it when neither it nor its key file is there. Every
 * page is ChaCha20-Poly1305 under the raw key; so is the journal; temporary tables stay in memory;
 * what is deleted, or replaced by as many bytes, is overwritten in the same transaction. (Rows that
 * SQLite moved earlier, to balance its pages, may have left a copy in the slack of a page, under
 * the database's key, until that page is written again.)
 *
 * Beside it stands `name.key`, a one-page database under the same key, written once the other
 * exists. It tells a wrong key (`database_wrong_key`: neither opens) from damage
 * (`database_damaged`: only it opens), and a new database from one whose file was emptied or lost.
 * When only it is damaged, everything works.
 */
export async function openDatabase(p: OpenDatabase): Promise<EncryptedDatabase> {
  if (p.key.length !== KEY_BYTES) throw new RangeError("a database key is 32 bytes");
  const cipherVfs = registered(p.module, p.vfs);
  const main = openKeyed(p, cipherVfs, p.name);
  try {
    settle(main, { state: witnessState(p, cipherVfs), write: () => writeWitness(p, cipherVfs) });
    return databaseFrom(main);
  } catch (error) {
    main.close();
    throw error;
  }
}

/** What a file of ours turns out to be. `empty`: nothing was ever committed to it. */
type FileState = "readable" | "empty" | "unreadable";

function settle(main: Connection, witness: { state: FileState; write: () => void }): void {
  const state = stateOf(main);
  if (state !== "readable" && witness.state === "readable") throw new DatabaseError("database_damaged");
  if (state === "unreadable") throw new DatabaseError("database_wrong_key");
  if (state === "empty" && witness.state === "unreadable") throw new DatabaseError("database_wrong_key");
  configure(main);
  if (state === "empty") create(main);
  if (witness.state === "empty") witness.write();
}

function stateOf(connection: Connection): FileState {
  try {
    connection.all("SELECT count(*) FROM sqlite_schema");
    return pageCount(connection) === 0 ? "empty" : "readable";
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "database_damaged") return "unreadable";
    throw error;
  }
}

const pageCount = (connection: Connection): number => Number(connection.all("PRAGMA page_count")[0]?.["page_count"]);

function configure(connection: Connection): void {
  for (const setting of SETTINGS) connection.all(setting);
}

/** The first page, written at once: from now on an empty file is a damaged one. */
function create(connection: Connection): void {
  connection.all("PRAGMA application_id = 1347439945"); // "PLI" and the format, 0x504c4901
}

function witnessState(p: OpenDatabase, vfs: string): FileState {
  const connection = openKeyed(p, vfs, `${p.name}.key`);
  try {
    return stateOf(connection);
  } finally {
    connection.close();
  }
}

function writeWitness(p: OpenDatabase, vfs: string): void {
  const connection = openKeyed(p, vfs, `${p.name}.key`);
  try {
    configure(connection);
    create(connection);
  } finally {
    connection.close();
  }
}

function openKeyed(p: OpenDatabase, vfs: string, name: string): Connection {
  const connection = openConnection(p.module, vfs, name);
  try {
    connection.all("PRAGMA cipher = 'chacha20'");
    connection.runSecret(keyStatement(p.key));
    connection.all("PRAGMA locking_mode = EXCLUSIVE");
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Journal: of the modes measured (docs/adr/0002), `truncate` under an exclusive lock is the fastest
 * in which an erased key has left every file once the transaction is over; WAL keeps the old page
 * until a checkpoint.
 */
const SETTINGS = [
  "PRAGMA journal_mode = TRUNCATE",
  "PRAGMA synchronous = FULL",
  "PRAGMA temp_store = MEMORY",
  "PRAGMA secure_delete = ON",
  "PRAGMA trusted_schema = OFF",
  "PRAGMA foreign_keys = ON",
] as const;

/** `PRAGMA key="x'…'"`, a raw key, as bytes that can be wiped. */
function keyStatement(key: Uint8Array): Uint8Array {
  const before = ascii(`PRAGMA key="x'`);
  const after = ascii(`'"`);
  const statement = new Uint8Array(before.length + 2 * key.length + after.length);
  statement.set(before);
  for (const [index, byte] of key.entries()) {
    statement[before.length + 2 * index] = hexDigit(byte >> 4);
    statement[before.length + 2 * index + 1] = hexDigit(byte & 15);
  }
  statement.set(after, statement.length - after.length);
  return statement;
}

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

const hexDigit = (value: number): number => (value < 10 ? 0x30 + value : 0x57 + value);
