import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { writeConfiguration } from "../configuration.ts";
import { WORKS, type Follower, type Peer, type PeerClient, type RunningPeer } from "../peer.ts";
import { giveTo, pause, runProgram, startProgram } from "../server-process.ts";

const PROGRAMS = "/usr/lib/postgresql/15/bin";
const USER = "postgres";
const CONNECTIONS = 4;
const MAX_ROWS = 256;
const READ_AT_ONCE = 256;
const SCHEMA = join(import.meta.dirname, "postgresql.sql");

/**
 * What 64 writers ask for while an insert runs makes up the next, as a server in front of
 * PostgreSQL would do it.
 */
export const createPostgresPeer = (): Peer => ({
  name: "postgresql",
  works: WORKS,
  packages: ["postgresql-15"],
  how: `multi-row \`INSERT … ON CONFLICT DO NOTHING\` into a day's partition, \`synchronous_commit = on\`; what 64 writers ask for is gathered, as a server before it would, into prepared statements on ${CONNECTIONS} connections of npm's pg; gets on 64 connections; followers by NOTIFY and a SELECT by position`,
  start: async ({ folder, port }) => {
    const data = join(folder, "data");
    const isNew = !existsSync(data);
    if (isNew) await makeCluster(data);
    const configuration = writeConfiguration("postgresql.conf", folder, { PORT: port });
    const command = [`${PROGRAMS}/postgres`, "-D", data, "-c", `config_file=${configuration}`];
    const server = await startProgram({ command, folder, port, user: USER });
    const pool = await connectPool(port);
    if (isNew) await makeTable(pool[0] as pg.Client);
    return runningPostgres(server, port, pool);
  },
});

const makeCluster = async (data: string): Promise<void> => {
  mkdirSync(data, { mode: 0o700 });
  giveTo(data, USER);
  await runProgram([`${PROGRAMS}/initdb`, "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C"], USER);
};

const makeTable = async (client: pg.Client): Promise<void> => {
  await client.query(readFileSync(SCHEMA, "utf8"));
  await client.query(
    "CREATE TABLE cells_today PARTITION OF cells FOR VALUES FROM (current_date) TO (current_date + 1)",
  );
};

const connectPool = (port: number): Promise<pg.Client[]> =>
  Promise.all(Array.from({ length: CONNECTIONS }, () => connectOne(port)));

/** It takes connections while it still recovers, and turns them away. */
const connectOne = async (port: number): Promise<pg.Client> => {
  for (;;) {
    const client = new pg.Client({ host: "127.0.0.1", port, user: USER, database: "postgres" });
    // Killed at the end, with its connections open.
    client.on("error", () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      if ((error as { code?: string }).code !== "57P03") throw error;
      await pause(5);
    }
  }
};

const runningPostgres = (server: RunningPeer["process"], port: number, pool: readonly pg.Client[]): RunningPeer => {
  const put = createInserter(pool);
  return {
    process: server,
    connect: async (options) => {
      const own = await connectOne(port);
      return postgresClient(own, options?.followed === true ? createTellingInserter(own) : put);
    },
    follow: (from, each) => follow(port, from, each),
  };
};

const postgresClient = (client: pg.Client, put: PeerClient["put"]): PeerClient => ({
  put,
  get: async (key) => {
    const { rows } = await client.query<{ cell: Buffer }>({
      name: "get",
      text: "SELECT cell FROM cells WHERE label = $1",
      values: [key],
    });
    return rows[0]?.cell as Buffer;
  },
  close: () => client.end(),
});

/** Puts one after the other, each with a notice to followers in its transaction. */
const createTellingInserter = (client: pg.Client): PeerClient["put"] => {
  let last: Promise<unknown> = Promise.resolve();
  return async (key, value) => {
    const inserted = last.then(() => client.query({ name: "put-and-tell", text: PUT_AND_TELL, values: [key, value] }));
    last = inserted;
    if ((await inserted).rowCount !== 1) throw new Error("postgresql did not take the row");
  };
};

const PUT_AND_TELL = `WITH stored AS (INSERT INTO cells (label, cell) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1)
  SELECT pg_notify('cells', '') FROM stored`;

interface Waiting {
  readonly row: readonly [Buffer, Buffer];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Gathers puts: each free connection takes all that wait. */
const createInserter = (pool: readonly pg.Client[]): PeerClient["put"] => {
  let queue: Waiting[] = [];
  const free = [...pool];
  const insert = async (client: pg.Client, batch: readonly Waiting[]): Promise<void> => {
    try {
      const { rowCount } = await client.query(insertOf(batch));
      if (rowCount !== batch.length) throw new Error("postgresql did not take every row");
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    free.push(client);
    work();
  };
  const work = (): void => {
    while (queue.length > 0) {
      const client = free.pop();
      if (client === undefined) return;
      const batch = queue.slice(0, MAX_ROWS);
      queue = queue.slice(batch.length);
      void insert(client, batch);
    }
  };
  return (key, value) =>
    new Promise((resolve, reject) => {
      queue.push({ row: [key, value], resolve, reject });
      if (queue.length === 1) setImmediate(work);
    });
};

const insertOf = (batch: readonly Waiting[]): pg.QueryConfig => ({
  name: `insert-${batch.length}`,
  text: insertText(batch.length),
  values: batch.flatMap(({ row }) => row),
});

const texts = new Map<number, string>();

const insertText = (rows: number): string => {
  const known = texts.get(rows);
  if (known !== undefined) return known;
  const places = Array.from({ length: rows }, (_, i) => `($${2 * i + 1},$${2 * i + 2})`);
  const text = `INSERT INTO cells (label, cell) VALUES ${places.join(",")} ON CONFLICT DO NOTHING`;
  texts.set(rows, text);
  return text;
};

/**
 * Reads on from its position at each notification, and without one while pages come full.
 */
const follow = async (port: number, from: "start" | "now", each: (value: Uint8Array) => void): Promise<Follower> => {
  const client = await connectOne(port);
  let position = from === "start" ? 0 : await lastPosition(client);
  let reading: Promise<void> | undefined;
  let more = false;
  let stopped = false;
  const readOn = async (): Promise<void> => {
    while (more && !stopped) {
      more = false;
      const rows = await readPage(client, position);
      for (const { cell } of rows) each(cell);
      position = Number(rows.at(-1)?.position ?? position);
      more ||= rows.length === READ_AT_ONCE;
    }
    reading = undefined;
  };
  const read = (): void => {
    more = true;
    reading ??= readOn();
  };
  client.on("notification", read);
  await client.query("LISTEN cells");
  if (from === "start") read();
  return {
    stop: async () => {
      stopped = true;
      client.off("notification", read);
      await reading;
      await client.end();
    },
  };
};

const lastPosition = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ last: string | null }>("SELECT max(position) AS last FROM cells");
  return Number(rows[0]?.last ?? 0);
};

const readPage = async (client: pg.Client, position: number): Promise<{ position: string; cell: Buffer }[]> => {
  const { rows } = await client.query<{ position: string; cell: Buffer }>({
    name: "read",
    text: `SELECT position, cell FROM cells WHERE position > $1 ORDER BY position LIMIT ${READ_AT_ONCE}`,
    values: [position],
  });
  return rows;
};
