/**
 * What docs/adr/0011 holds the cluster engine beside: PostgreSQL with a table of labels and cells,
 * one partition a day, and a synchronous standby. Bytes on the disk for each label, and how long
 * after the primary is killed a standby with the order to take over takes writes: what Patroni adds
 * to that is the time until it is sure (`ttl`, 30 s unless set).
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensurePackages } from "../scripts/debian.mjs";
import { median, rounded, type Measurement } from "./measure.ts";

const LABELS = Number(process.env["PLI_BENCH_LABELS"] ?? 1_000_000);
const FAILOVERS = 3;
const BIN = "/usr/lib/postgresql/15/bin";
const PRIMARY = 54_320;
const STANDBY = 54_321;

const SCHEMA = `
  CREATE EXTENSION pgcrypto;
  CREATE TABLE cells (position bigint NOT NULL, label bytea NOT NULL, cell bytea NOT NULL, day int NOT NULL) PARTITION BY LIST (day);
  CREATE TABLE cells_1 PARTITION OF cells FOR VALUES IN (1);
  ALTER TABLE cells ALTER COLUMN cell SET STORAGE EXTERNAL;
  ALTER TABLE cells_1 ALTER COLUMN cell SET STORAGE EXTERNAL;
  CREATE UNIQUE INDEX ON cells_1 (label);
  CREATE UNIQUE INDEX ON cells_1 (position);
`;
const FILL = `
  INSERT INTO cells SELECT n, gen_random_bytes(32), gen_random_bytes(1024) || gen_random_bytes(1024) || gen_random_bytes(1024) || gen_random_bytes(1024), 1
  FROM generate_series(1, ${LABELS}) n;
`;

export const run = async (): Promise<Measurement[]> => {
  ensurePackages(["postgresql-15"]);
  const folder = mkdtempSync("/var/tmp/pli-postgres-");
  execFileSync("chown", ["postgres", folder]);
  try {
    return [...sizes(folder), failovers(folder)];
  } finally {
    for (const port of [PRIMARY, STANDBY]) stop(folder, port);
    rmSync(folder, { recursive: true, force: true });
  }
};

const figure = (metric: string, value: number, unit: string): Measurement => ({
  bench: "postgres-cluster",
  subject: `PostgreSQL 15, ${LABELS} labels`,
  metric,
  value: rounded(value),
  unit,
});

const asPostgres = (program: string, ...args: string[]): string =>
  execFileSync("runuser", ["-u", "postgres", "--", join(BIN, program), ...args], {
    encoding: "utf8",
    cwd: "/",
    stdio: ["ignore", "pipe", "inherit"],
  });

const sql = (port: number, text: string): string =>
  asPostgres("psql", "-qAtX", "-h", "127.0.0.1", "-p", String(port), "-c", text, "postgres").trim();

const start = (folder: string, port: number): void => {
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_wal_size=4GB`;
  asPostgres(
    "pg_ctl",
    "-D",
    join(folder, String(port)),
    "-o",
    options,
    "-l",
    join(folder, `${port}.log`),
    "-w",
    "start",
  );
};

const stop = (folder: string, port: number): void => {
  const data = join(folder, String(port));
  spawnSync("runuser", ["-u", "postgres", "--", join(BIN, "pg_ctl"), "-D", data, "-m", "immediate", "stop"], {
    cwd: "/",
  });
};

const sizes = (folder: string): readonly Measurement[] => {
  asPostgres("initdb", "-D", join(folder, String(PRIMARY)), "-A", "trust", "--no-sync");
  start(folder, PRIMARY);
  sql(PRIMARY, SCHEMA);
  sql(PRIMARY, FILL);
  const size = (what: string): number => Number(sql(PRIMARY, `SELECT ${what}`)) / LABELS;
  const index = size("pg_relation_size('cells_1_label_idx')");
  return [
    figure("disk for each label, with indexes and TOAST", size("pg_total_relation_size('cells_1')"), "bytes"),
    figure("of it the index of labels, which every put reads", index, "bytes"),
  ];
};

/**
 * Kills the primary, promotes the standby and puts, again and again, each time with a new standby.
 */
const failovers = (folder: string): Measurement => {
  sql(PRIMARY, "TRUNCATE cells");
  const times: number[] = [];
  for (let i = 0; i < FAILOVERS; i += 1) {
    const [primary, standby] = i % 2 === 0 ? [PRIMARY, STANDBY] : [STANDBY, PRIMARY];
    rmSync(join(folder, String(standby)), { recursive: true, force: true });
    asPostgres(
      "pg_basebackup",
      "-h",
      "127.0.0.1",
      "-p",
      String(primary),
      "-D",
      join(folder, String(standby)),
      "-R",
      "-X",
      "stream",
    );
    start(folder, standby);
    sql(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'");
    sql(primary, "SELECT pg_reload_conf()");
    sql(primary, `INSERT INTO cells VALUES (${i}, gen_random_bytes(32), gen_random_bytes(1024), 1)`);
    process.kill(
      Number(readFileSync(join(folder, String(primary), "postmaster.pid"), "utf8").split("\n")[0]),
      "SIGKILL",
    );
    const started = performance.now();
    sql(standby, "SELECT pg_promote()");
    sql(
      standby,
      "SET synchronous_commit = local; INSERT INTO cells VALUES (-1, gen_random_bytes(32), gen_random_bytes(1024), 1)",
    );
    times.push(performance.now() - started);
    sql(standby, "DELETE FROM cells WHERE position = -1");
  }
  return figure("primary killed and the standby told at once, to the next put", median(times), "ms");
};
