import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import type { Measurement } from "../measure.ts";
import type { Peer, Work } from "./peer.ts";

interface Column {
  readonly title: string;
  readonly metric: string;
}

interface Table {
  readonly work: Work;
  readonly title: string;
  readonly columns: readonly Column[];
  /** The metrics that ours are divided into theirs by, and whether more is better. */
  readonly compared: readonly string[];
}

const loopColumns = (name: string): Column[] => [
  { title: "per second", metric: name },
  { title: "p50, ms", metric: `${name} p50` },
  { title: "p99, ms", metric: `${name} p99` },
  { title: "server, cores", metric: `${name}, server CPU` },
  { title: "per server core", metric: `${name} per core of the server` },
  { title: "client, cores", metric: `${name}, client CPU` },
];

const TABLES: readonly Table[] = [
  {
    work: "puts",
    title: "Durable put-if-absent, 4,096 bytes under fresh 32-byte keys, 64 writers",
    columns: loopColumns("puts"),
    compared: ["puts"],
  },
  { work: "gets", title: "Get of random known keys, 64 readers", columns: loopColumns("gets"), compared: ["gets"] },
  {
    work: "delivery",
    title: "From a put to its delivery at a follower, 200 a second",
    columns: [
      { title: "p50, ms", metric: "delivered p50" },
      { title: "p99, ms", metric: "delivered p99" },
    ],
    compared: ["delivered p50", "delivered p99"],
  },
  {
    work: "catch-up",
    title: "Catch-up of a new reader",
    columns: [
      { title: "values a second", metric: "catch-up" },
      { title: "lost by SIGKILL, share", metric: "lost by SIGKILL" },
    ],
    compared: ["catch-up"],
  },
  {
    work: "restart",
    title: "Restart after SIGKILL, to the first put answered",
    columns: [
      { title: "values stored", metric: "stored" },
      { title: "s", metric: "restart" },
      { title: "disk per value, B", metric: "disk per value" },
      { title: "memory empty, MB", metric: "memory, empty" },
      { title: "memory restarted, MB", metric: "memory, restarted" },
    ],
    compared: ["restart"],
  },
];

/** A client that used this much of its one thread may have been the limit. */
const CLIENT_BOUND = 0.9;

export interface Report {
  readonly measurements: readonly Measurement[];
  readonly peers: readonly Peer[];
  /** How the run was made, so that it can be repeated. */
  readonly run: string;
}

/** Writes NAME.jsonl and NAME.md. */
export const writeReport = (folder: string, name: string, report: Report): void => {
  mkdirSync(folder, { recursive: true });
  writeJsonLines(folder, name, report.measurements);
  writeFileSync(join(folder, `${name}.md`), markdown(report));
};

export const writeJsonLines = (folder: string, name: string, measurements: readonly Measurement[]): void =>
  writeFileSync(join(folder, `${name}.jsonl`), measurements.map((line) => `${JSON.stringify(line)}\n`).join(""));

/** When and on what, in a line. */
export const setting = (): string => {
  const model = cpus()[0]?.model.trim() ?? "";
  const memory = Math.round(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${cpus().length} × ${model}, ${memory} GiB, Linux ${release()}, Node ${process.versions.node}`;
};

const markdown = ({ measurements, peers, run }: Report): string => {
  const figures = new Map(measurements.map(({ subject, metric, value }) => [`${subject}|${metric}`, value]));
  const subjects = [...new Set(measurements.map(({ subject }) => subject))];
  const tables = TABLES.map((table) => tableText(table, subjects, figures)).filter((text) => text !== "");
  const systems = peers.map(({ name, how }) => `* **${name}**: ${how}.`);
  return [
    "# The store beside what people would deploy instead",
    `${setting()}. ${run}`,
    "Every system on this machine, alone in its turn, with a data folder of its own on the same disk; the order moves on by one each round. *Ours ÷ it* is the figure of ours over that of the row. † The client's one thread was busy: the server could do more.",
    ...tables,
    "## How each is run",
    systems.join("\n"),
    "Their whole configuration is in `bench/store/peers`.",
  ]
    .join("\n\n")
    .concat("\n");
};

const tableText = (table: Table, subjects: readonly string[], figures: ReadonlyMap<string, number>): string => {
  const [main = ""] = table.compared;
  const rows = subjects.filter((subject) => figures.has(`${subject}|${main}`));
  if (rows.length === 0) return "";
  const ours = rows.filter((subject) => subject.startsWith("pli-"));
  const columns = table.columns.filter(({ metric }) => rows.some((subject) => figures.has(`${subject}|${metric}`)));
  const ratios = table.compared.flatMap((metric) => ours.map((own) => ({ own, metric })));
  const several = table.compared.length > 1;
  const titles = [
    "system",
    ...columns.map(({ title }) => title),
    ...ratios.map(({ own, metric }) => `${own} ÷ it${several ? `, ${metric.split(" ").at(-1)}` : ""}`),
  ];
  const line = (subject: string): string[] => [
    subject,
    ...columns.map(({ metric }) => cell(figures, subject, metric)),
    ...ratios.map(({ own, metric }) => ratio(figures.get(`${own}|${metric}`), figures.get(`${subject}|${metric}`))),
  ];
  const lines = [titles, titles.map((_, i) => (i === 0 ? "---" : "--:")), ...rows.map(line)];
  return `## ${table.title}\n\n${lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")}`;
};

const cell = (figures: ReadonlyMap<string, number>, subject: string, metric: string): string => {
  const value = figures.get(`${subject}|${metric}`);
  if (value === undefined) return "";
  const busy = metric.endsWith("client CPU") && value >= CLIENT_BOUND;
  return `${value.toLocaleString("en", { maximumSignificantDigits: 3 })}${busy ? " †" : ""}`;
};

const ratio = (ours: number | undefined, theirs: number | undefined): string =>
  ours === undefined || theirs === undefined || theirs === 0 ? "" : (ours / theirs).toPrecision(2);
