import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PliError } from "@pli/engine/errors";
import { afterEach, describe, expect, test, vi } from "vitest";
import { changeUnlock, openHome } from "../src/index.ts";
import { countedTry } from "../src/tries.ts";

const folder = (): string => mkdtempSync(join(tmpdir(), "pli-tries-"));
const wrong = (): never => {
  throw new PliError("passphrase_wrong");
};
const right = (): string => "open";
const WRONG = { code: "passphrase_wrong" };
const paused = (seconds: number) => ({ code: "passphrase_paused", waitMs: 1000 * seconds });

async function beWrong(home: string, times: number, now = 1000): Promise<void> {
  for (let time = 0; time < times; time++)
    await expect(countedTry(home, wrong, () => now)).rejects.toMatchObject(WRONG);
}

afterEach(() => void vi.useRealTimers());

describe("wrong passphrases of a home", () => {
  test("pause it for all processes, and time opens it again", async () => {
    const home = folder();
    await beWrong(home, 5);
    await expect(countedTry(home, right, () => 1010)).rejects.toMatchObject(paused(20));
    await expect(countedTry(home, right, () => 1029)).rejects.toMatchObject(paused(1));
    expect(await countedTry(home, right, () => 1030)).toBe("open");
    await beWrong(home, 4, 1031);
    expect(await countedTry(home, right, () => 1031)).toBe("open");
  });

  test("pause it longer each time", async () => {
    const home = folder();
    await beWrong(home, 5);
    for (const [now, seconds] of [
      [1030, 60],
      [1090, 120],
      [1210, 240],
    ] as const) {
      await beWrong(home, 1, now);
      await expect(countedTry(home, right, () => now)).rejects.toMatchObject(paused(seconds));
    }
  });

  test("keep their pause when the machine starts again: only its time since then counts", async () => {
    const home = folder();
    await beWrong(home, 5, 50_000);
    await expect(countedTry(home, right, () => 12)).rejects.toMatchObject(paused(18));
    expect(await countedTry(home, right, () => 30)).toBe("open");
  });

  test("keep their pause whatever the time of day says", async () => {
    const home = folder();
    await beWrong(home, 5);
    for (const day of [0, Date.UTC(2100, 0)]) {
      vi.useFakeTimers({ now: day, toFake: ["Date"] });
      await expect(countedTry(home, right, () => 1000)).rejects.toMatchObject(paused(30));
    }
  });

  test("count together when they come at the same moment", async () => {
    const home = folder();
    const ends = await Promise.all(
      Array.from({ length: 8 }, () => countedTry(home, wrong, () => 1).catch(({ code }: PliError) => code)),
    );
    expect(ends.filter((code) => code === "passphrase_wrong")).toHaveLength(5);
    expect(ends.filter((code) => code === "passphrase_paused")).toHaveLength(3);
  });

  test("are counted before they are tried, in a file of one size that only its owner reads", async () => {
    const home = folder();
    const seen: string[] = [];
    const look = (): void => void seen.push(readFileSync(join(home, "tries"), "utf8"));
    await countedTry(home, look, () => 1);
    expect(seen[0]).toContain('"failed":1');
    expect(readFileSync(join(home, "tries"), "utf8")).toContain('"failed":0');
    expect([seen[0]?.length, statSync(join(home, "tries")).size]).toEqual([128, 128]);
    expect(statSync(join(home, "tries")).mode & 0o077).toBe(0);
  });

  test("do not lock anybody out by a file that nobody can read", async () => {
    for (const text of ["", "{", "[]", '{"failed":-1,"waitMs":1e300}', '{"failed":5,"waitMs":"x"}']) {
      const home = folder();
      writeFileSync(join(home, "tries"), text);
      expect(await countedTry(home, right, () => 1)).toBe("open");
    }
  });
});

test("five wrong passphrases pause a home, change nothing in it, and the right one opens it later", async () => {
  const home = join(folder(), "home");
  const unlock = { passphrase: "correct horse battery" };
  const asked = { home, store: "http://127.0.0.1:9", unlock };
  const first = await openHome({ ...asked, create: true });
  await first.api.createProfile({ name: "Alice" });
  await first.close();
  const before = readFileSync(join(home, "key.sealed"));
  const wrong = { passphrase: "incorrect horse" };
  for (let time = 0; time < 4; time++) await expect(openHome({ ...asked, unlock: wrong })).rejects.toMatchObject(WRONG);
  await expect(changeUnlock({ home, from: wrong, to: { keyFile: true } })).rejects.toMatchObject(WRONG);
  await expect(openHome(asked)).rejects.toMatchObject({ code: "passphrase_paused" });
  await expect(changeUnlock({ home, from: unlock, to: { keyFile: true } })).rejects.toMatchObject({
    code: "passphrase_paused",
  });
  expect(readFileSync(join(home, "key.sealed")).equals(before)).toBe(true);
  const tries = JSON.parse(readFileSync(join(home, "tries"), "utf8")) as { at: number };
  writeFileSync(join(home, "tries"), JSON.stringify({ ...tries, at: tries.at - 31 }).padEnd(128));
  const again = await openHome(asked);
  expect((await again.api.read("status", {})).profile?.name).toBe("Alice");
  await again.close();
});
