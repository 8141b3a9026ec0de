import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openLogStorage } from "../../../src/engines/log/log-storage.ts";
import { describeStorage } from "../storage-contract.ts";

const base = mkdtempSync(join(tmpdir(), "pli-contract-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describeStorage("log", {
  open: (name, feeds = 1) => openLogStorage({ folder: join(base, name), feeds }),
});
