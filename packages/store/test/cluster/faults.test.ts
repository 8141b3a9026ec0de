import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dial } from "@pli/testkit/dials";
import { expect, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "faults.ts");
const ROUNDS = dial("CLUSTER_ROUNDS");
const [FOLDER, HOW_MUCH] = ROUNDS === 0 ? ["faults-short", ["--short"]] : ["faults", ["--rounds", String(ROUNDS)]];
const RESULT = join(import.meta.dirname, "../../../../test-results", FOLDER, "result.json");

test(
  "a cluster whose nodes are killed, cut off and paused under load writes each label once, and loses nothing it acknowledged",
  async () => {
    const run = spawn("unshare", ["--net", process.execPath, PROGRAM, ...HOW_MUCH], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    expect(await once(run, "exit")).toEqual([0, null]);
    const { faults, cells, answers } = JSON.parse(readFileSync(RESULT, "utf8"));
    expect(faults).toEqual([]);
    expect(cells).toBeGreaterThan(500);
    expect(answers.taken).toBeGreaterThan(50);
  },
  240_000 + ROUNDS * 1_800_000,
);
