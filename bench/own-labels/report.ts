import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Measurement } from "../measure.ts";
import { setting } from "../store/report.ts";
import { BLINDED_PROOF_BYTES } from "./blinded.ts";
import { CHECKS, type Check } from "./checks.ts";
import { ANNOUNCEMENT_BYTES, PRE_IMAGE_PROOF_BYTES } from "./pre-image.ts";

const SAID: Readonly<Record<Check, string>> = {
  none: "as it is",
  "pre-image": "(a) two hashes",
  blinded: "(b) a signature, on the store's thread",
  "blinded-threads": "(b) a signature, in Node's threads",
  lazy: "(c) nobody floods",
  "lazy-flood": "(c) a tenth of all puts are at owner-only labels",
};
const DEPTHS = [1, 16];
/** The largest body of one cell. */
const BODY = 4076;
/**
 * What a newcomer needs of each member under (a), to believe it: their announcement, signed so that
 * it can be passed on.
 */
const SIGNED_ANNOUNCEMENT = ANNOUNCEMENT_BYTES + 64;
const MEMBERS = 1000;
const PROTOTYPES = {
  "(a)": ["pre-image"],
  "(b)": ["blinded", "sodium"],
  "(c), (b) included": ["blinded", "sodium", "lazy"],
};

/** Writes own-labels.md. */
export const writeOwnLabels = (folder: string, measurements: readonly Measurement[], how: string): void => {
  const value = (subject: string, metric: string): number =>
    measurements.find((line) => line.subject === subject && line.metric === metric)?.value ?? Number.NaN;
  const rowsOf = (subject: string): string[][] =>
    measurements
      .filter((line) => line.subject === subject)
      .map((line) => [line.metric, `${line.value.toLocaleString("en")} ${line.unit}`]);
  const stores = DEPTHS.map((depth) => {
    const rows = CHECKS.map((check) => [
      SAID[check],
      value(`store: ${check}`, `puts, ${depth} under way`).toLocaleString("en"),
      value(`store: ${check}`, `puts to none, ${depth} under way`).toFixed(2),
      ...[`CPU of a put`, "p50", "p99"].map((metric) =>
        String(value(`store: ${check}`, `${metric}, ${depth} under way`)),
      ),
    ]);
    const titles = [
      "the store's check",
      "puts/s",
      "in the same round, to as it is",
      "CPU of a put, µs",
      "p50, ms",
      "p99, ms",
    ];
    return [`64 connections with ${depth} put${depth === 1 ? "" : "s"} under way on each:`, table(titles, rows)];
  });
  const bytes = table(
    ["bytes", "(a)", "(b)", "(c)"],
    [
      [
        "a put",
        `+${PRE_IMAGE_PROOF_BYTES}`,
        `+${BLINDED_PROOF_BYTES}`,
        `0; +${BLINDED_PROOF_BYTES} under a flood, and one more put`,
      ],
      [
        "a message, in its cell",
        `+${ANNOUNCEMENT_BYTES} of ${BODY.toLocaleString("en")} (${percent(ANNOUNCEMENT_BYTES)})`,
        "0",
        "0",
      ],
      [
        "the same, signed so that newcomers can check it",
        `+${SIGNED_ANNOUNCEMENT} (${percent(SIGNED_ANNOUNCEMENT)})`,
        "0",
        "0",
      ],
      ["a roster of 1,000", `+${(SIGNED_ANNOUNCEMENT * MEMBERS).toLocaleString("en")}`, "0", "0"],
      ["a key package, for the newcomer's own first cells", `+${ANNOUNCEMENT_BYTES}`, "0", "0"],
    ],
  );
  const lines = table(
    ["prototype", "lines"],
    Object.entries(PROTOTYPES).map(([name, files]) => [name, String(files.map(linesIn).reduce((sum, n) => sum + n))]),
  );
  const parts = [
    "# Only the sender writes where the sender is read: three ways",
    `${setting()}. \`npm run bench -- own-labels\`: ${how}, the six beside each other in each round, each first in its turn. What each way is, and what came of it: [ADR 13](../../docs/adr/0013-who-may-write-at-a-label.md).`,
    "Before anything is measured the prototypes are tried: the owner is accepted, another member and another cell are refused, two puts of one sender have no eight bytes in common; under (c) a sender whose next hundred labels are noise is read to the last cell, with two puts each.",
    "## The store",
    "The real store in a process of its own, log engine, its wire and its put path; the check stands before the commit. The proof rides in the first bytes of the cell, so a put is 64 or 96 bytes shorter than it would be. Clients and store share the two cores; proofs are made beforehand. At the end of each round noise without a proof is put, and refused. The machine is shared: trust the ratios and the CPU before the puts.",
    ...stores.flat(),
    "## One put",
    "A message of 4,128 bytes, label and cell. A key is used once, so the store never knows it before.",
    table(["", "time"], rowsOf("costs")),
    "## A newcomer's first cell, in a group of 1,000",
    "Two labels of each leaf, which is what a reader expects of a silent member of a large group. Everybody needs them again after each commit, also after their own. No way adds a round trip; but under (a) a member who has written more than eight cells since the roster was made is not found until the next update of their leaf.",
    table(["", "time"], rowsOf("newcomer")),
    bytes,
    "## Lines",
    "Without blanks and comments, and without wire format, database, vectors and tests.",
    lines,
  ];
  writeFileSync(join(folder, "own-labels.md"), `${parts.join("\n\n")}\n`);
};

const percent = (bytes: number): string => `${((bytes * 100) / BODY).toFixed(1)} %`;

const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map((_, i) => (i === 0 ? "---" : "--:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

const linesIn = (name: string): number =>
  readFileSync(join(import.meta.dirname, `${name}.ts`), "utf8")
    .split("\n")
    .filter((line) => !/^\s*($|\/\/|\/\*|\*)/.test(line)).length;
