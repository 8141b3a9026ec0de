import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { root } from "./repository.ts";

test("what the picker offers is what `npm run emoji` makes", () => {
  const check = () => execFileSync(process.execPath, ["scripts/make-emoji.ts", "--check"], { cwd: root });
  expect(check).not.toThrow();
});
