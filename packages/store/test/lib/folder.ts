import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that is removed after the test. */
export const testFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "pli-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
