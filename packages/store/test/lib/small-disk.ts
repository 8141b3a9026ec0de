import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { testFolder } from "./folder.ts";

/** Runs a program that only root may. */
export const system = (program: string, ...args: string[]): void => {
  try {
    execFileSync(program, args, { stdio: "pipe" });
  } catch (error) {
    throw new Error(
      `This test needs to mount a small disk, and "${program} ${args.join(" ")}" failed: run it as root.`,
      {
        cause: error,
      },
    );
  }
};
/** A disk of `mib` MiB in memory, removed after the test. */
export const smallDisk = (mib = 1): string => {
  const folder = join(testFolder(), "small");
  mkdirSync(folder);
  system("mount", "-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", folder);
  onTestFinished(() => system("umount", "-l", folder));
  return folder;
};
