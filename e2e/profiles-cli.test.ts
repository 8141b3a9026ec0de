/** Several profiles on one machine, by real commands. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runPli, startPli } from "./lib/pli.ts";
import { temporaryFolder } from "./lib/store-process.ts";

const OFF_LINE = "http://127.0.0.1:1";

describe.skipIf(process.platform === "win32")("several profiles in one folder", () => {
  test("are added, used at the same time, switched and removed", async () => {
    const home = temporaryFolder("profiles");
    await runPli(home, OFF_LINE, "init", "--name", "Alice");
    const [added] = await runPli(home, OFF_LINE, "profile", "add", "Work", "--name", "Alice Martin");
    expect(added).toMatchObject({ event: "profile", label: "Work", current: false, keyed: "keyfile" });
    const listening = startPli(home, OFF_LINE, "listen");
    const [group] = await runPli(home, OFF_LINE, "--profile", "work", "group", "list");
    expect(group).toBeUndefined();
    listening.child.kill("SIGINT");
    await listening.ended;
    await runPli(home, OFF_LINE, "profile", "switch", "Work");
    const refused = startPli(home, OFF_LINE, "init", "--name", "x");
    await refused.ended;
    expect(refused.events.at(-1)).toMatchObject({ code: "profile_exists" });
    await runPli(home, OFF_LINE, "profile", "remove", "Work", "--yes");
    expect(await runPli(home, OFF_LINE, "profile")).toMatchObject([{ profile: "first", current: true }]);
    expect(readdirSync(join(home, "profiles"))).toEqual([]);
  });

  test("a switch that is killed leaves the one profile or the other, and the next command works", async () => {
    const home = temporaryFolder("profiles");
    await runPli(home, OFF_LINE, "init", "--name", "Alice");
    await runPli(home, OFF_LINE, "profile", "add", "Work", "--name", "Alice Martin");
    for (const [turn, ms] of [120, 160, 200, 240].entries()) {
      const pli = startPli(home, OFF_LINE, "profile", "switch", turn % 2 === 0 ? "Work" : "first");
      await new Promise((resolve) => setTimeout(resolve, ms));
      pli.child.kill("SIGKILL");
      await pli.ended;
      const all = await runPli(home, OFF_LINE, "profile");
      expect(all).toHaveLength(2);
      expect(all.filter(({ current }) => current)).toHaveLength(1);
      await runPli(home, OFF_LINE, "contacts");
    }
    expect(existsSync(join(home, "key"))).toBe(true);
  });
});
