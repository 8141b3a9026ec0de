/** The duress passphrase of a home: what it opens, what it leaves, and what a kill leaves. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeUnlock, openHome, setDuress, type Home, type Unlock } from "@pli/engine-node";
import { createLock, openLock, FIRST_SLOT, SECOND_SLOT } from "@pli/engine/lock-record";
import { createCrypto, toHex } from "@pli/protocol/crypto";
import { afterEach, describe, expect, test } from "vitest";

const STORE = "http://127.0.0.1:9";
const OWN = "correct horse battery";
const DURESS = "lorem ipsum dolor";
const LOCK = "key.sealed";
const crypto = await createCrypto();
const opened: Home[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const home of opened.splice(0)) await home.close();
});

const freshFolder = (): string => join(mkdtempSync(join(tmpdir(), "pli-duress-")), "home");

async function open(home: string, unlock: Unlock, create = false): Promise<Home> {
  const made = await openHome({ home, store: STORE, unlock, create });
  opened.push(made);
  return made;
}

/** A home of Alice with a cheap lock, so that many can be opened, and its key. */
async function aliceHome(): Promise<{ folder: string; key: Uint8Array }> {
  const folder = freshFolder();
  const home = await open(folder, { keyFile: true }, true);
  await home.api.createProfile({ name: "Alice" });
  await home.close();
  const key = Buffer.from(readFileSync(join(folder, "key"), "utf8"), "hex");
  await changeUnlock({ home: folder, from: { keyFile: true }, to: { passphrase: OWN } });
  const cheap = createLock(crypto, { key, name: "" }, OWN, { memoryKiB: 8, passes: 1 });
  writeFileSync(join(folder, LOCK), cheap);
  return { folder, key };
}

async function withDuress(): Promise<{ folder: string; key: Uint8Array }> {
  const alice = await aliceHome();
  await setDuress({ home: alice.folder, passphrase: OWN, duress: { name: "Camille", passphrase: DURESS } });
  return alice;
}

const nameIn = async ({ api }: Home): Promise<string | undefined> => (await api.read("status", {})).profile?.name;

async function nameBehind(folder: string, passphrase: string): Promise<string | undefined> {
  const home = await open(folder, { passphrase });
  const name = await nameIn(home);
  await home.close();
  return name;
}

const refusal = (folder: string, passphrase: string): Promise<unknown> =>
  open(folder, { passphrase }).then(
    () => "open",
    ({ code }: { code: string }) => code,
  );

const filesOf = (folder: string): Buffer[] => readdirSync(folder).map((name) => readFileSync(join(folder, name)));
const hasBytes = (folder: string, bytes: Uint8Array): boolean =>
  filesOf(folder).some((file) => file.includes(Buffer.from(bytes)) || file.includes(toHex(bytes)));

describe("the duress passphrase of a home", () => {
  test("opens a fresh profile, and no passphrase opens the first one any more", async () => {
    const { folder } = await withDuress();
    expect(await nameBehind(folder, OWN)).toBe("Alice");
    expect(await nameBehind(folder, DURESS)).toBe("Camille");
    expect(await refusal(folder, OWN)).toBe("passphrase_wrong");
    const later = await open(folder, { passphrase: DURESS });
    await later.api.renameProfile({ name: "Camille Roy" });
    await later.close();
    expect(await nameBehind(folder, DURESS)).toBe("Camille Roy");
  });

  test("leaves no byte of the former key, and overwrites it in the place where it stood", async () => {
    const { folder, key } = await withDuress();
    const before = readFileSync(join(folder, LOCK));
    const [slot, database] = [before.subarray(FIRST_SLOT, SECOND_SLOT), readFileSync(join(folder, "pli.db"))];
    const file = statSync(join(folder, LOCK)).ino;
    await nameBehind(folder, DURESS);
    expect(statSync(join(folder, LOCK)).ino).toBe(file);
    for (const gone of [key, slot.subarray(0, 32), slot.subarray(-32), before.subarray(SECOND_SLOT, SECOND_SLOT + 32)])
      expect(hasBytes(folder, gone)).toBe(false);
    expect(hasBytes(folder, database.subarray(512, 544))).toBe(false);
    expect(openLock(crypto, readFileSync(join(folder, LOCK)), OWN)).toBeUndefined();
  });

  test("cannot be told from none on the disk: the same files of the same sizes, one slot of chance", async () => {
    const [one, other] = [await aliceHome(), await withDuress()];
    const look = (folder: string) => readdirSync(folder).map((name) => [name, statSync(join(folder, name)).size]);
    for (const { folder } of [one, other]) await nameBehind(folder, OWN);
    expect(look(one.folder)).toEqual(look(other.folder));
    await setDuress({ home: other.folder, passphrase: OWN });
    expect(look(one.folder)).toEqual(look(other.folder));
    expect(await refusal(other.folder, DURESS)).toBe("passphrase_wrong");
    expect(await nameBehind(other.folder, OWN)).toBe("Alice");
  });

  test("is tried with the others: every opening writes the same place, every wrong one counts", async () => {
    const { folder } = await withDuress();
    const written = statSync(join(folder, LOCK)).mtimeMs;
    await nameBehind(folder, OWN);
    expect(statSync(join(folder, LOCK)).mtimeMs).toBeGreaterThan(written);
    for (let time = 0; time < 5; time++) expect(await refusal(folder, `wrong ${time}`)).toBe("passphrase_wrong");
    expect([await refusal(folder, OWN), await refusal(folder, DURESS)]).toEqual([
      "passphrase_paused",
      "passphrase_paused",
    ]);
    const tries = JSON.parse(readFileSync(join(folder, "tries"), "utf8")) as { at: number };
    writeFileSync(join(folder, "tries"), JSON.stringify({ ...tries, at: tries.at - 31 }).padEnd(128));
    expect(await nameBehind(folder, OWN)).toBe("Alice");
  });

  test("is set and removed with the present passphrase only, and only where a passphrase locks", async () => {
    const { folder } = await aliceHome();
    const duress = { name: "Camille", passphrase: DURESS };
    const asked = { home: folder, passphrase: OWN, duress };
    await expect(setDuress({ ...asked, passphrase: "not the one" })).rejects.toMatchObject({
      code: "passphrase_wrong",
    });
    await expect(setDuress({ ...asked, duress: { ...duress, passphrase: OWN } })).rejects.toMatchObject({
      code: "passphrase_in_use",
    });
    await setDuress(asked);
    await expect(
      changeUnlock({ home: folder, from: { passphrase: OWN }, to: { passphrase: DURESS } }),
    ).rejects.toMatchObject({ code: "passphrase_in_use" });
    const former = readFileSync(join(folder, LOCK)).subarray(FIRST_SLOT, FIRST_SLOT + 32);
    await changeUnlock({ home: folder, from: { passphrase: OWN }, to: { passphrase: "battery staple" } });
    expect(hasBytes(folder, former)).toBe(false);
    expect(await nameBehind(folder, "battery staple")).toBe("Alice");
    await changeUnlock({ home: folder, from: { passphrase: "battery staple" }, to: { keyFile: true } });
    expect(existsSync(join(folder, LOCK))).toBe(false);
    await expect(setDuress(asked)).rejects.toMatchObject({ code: "lock_missing" });
  });

  test("typed where the present passphrase is asked for does the same there", async () => {
    const { folder } = await withDuress();
    await changeUnlock({ home: folder, from: { passphrase: DURESS }, to: { passphrase: "battery staple" } });
    expect(await refusal(folder, OWN)).toBe("passphrase_wrong");
    expect(await refusal(folder, DURESS)).toBe("passphrase_wrong");
    expect(await nameBehind(folder, "battery staple")).toBe("Camille");
  });

  test("ends the processes that run on the home, in this program and in others", async () => {
    const { folder } = await withDuress();
    const holder = startOn(folder, OWN);
    await expect.poll(() => holder.lines(), { timeout: 60_000 }).toContain("open Alice");
    const guest = await open(folder, { passphrase: OWN });
    expect(guest.role).toBe("guest");
    const lost = guest.lost.catch(({ code }: { code: string }) => code);
    expect(await nameBehind(folder, DURESS)).toBe("Camille");
    expect(await lost).toBe("profile_missing");
    await expect.poll(() => holder.lines(), { timeout: 60_000 }).toContain("lost profile_missing");
    expect(await nameBehind(folder, DURESS)).toBe("Camille");
  });
});

/** Opens a home in another process, which says what it finds and when it has lost it. */
function startOn(folder: string, passphrase: string) {
  const script = `const { openHome } = await import("@pli/engine-node");
    const home = await openHome(${JSON.stringify({ home: folder, store: STORE, unlock: { passphrase } })});
    home.lost.catch(({ code }) => console.log("lost " + code));
    console.log("open " + (await home.api.read("status", {})).profile?.name);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: join(import.meta.dirname, ".."),
  });
  children.push(child);
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  return { lines: () => output.split("\n") };
}

describe("a duress passphrase that is killed", () => {
  test("before any change of the disk has changed nothing, or the key is gone; then it ends as asked", async () => {
    const made = await withDuress();
    const ends = new Set<string>();
    for (let step = 1; ; step++) {
      const folder = freshFolder();
      cpSync(made.folder, folder, { recursive: true });
      chmodSync(folder, 0o700);
      const wasKilled = await killedAt(folder, step);
      const own = await refusal(folder, OWN);
      if (own === "open") await opened.at(-1)?.close();
      const isGone = openLock(crypto, readFileSync(join(folder, LOCK)), OWN) === undefined;
      ends.add(`${own as string}, key ${isGone ? "gone" : "there"}`);
      expect([step, hasBytes(folder, made.key)]).toEqual([step, false]);
      expect([step, await nameBehind(folder, DURESS)]).toEqual([step, "Camille"]);
      if (!wasKilled) break;
    }
    expect([...ends]).toEqual(["open, key there", "passphrase_wrong, key gone"]);
  });
});

/**
 * Reads the key with the duress passphrase in a process that kills itself right before its nth
 * change of a file. Whether it came to that.
 */
async function killedAt(folder: string, step: number): Promise<boolean> {
  const script = `import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    let left = ${step};
    for (const name of ["writeSync", "fsyncSync", "rmSync", "renameSync", "ftruncateSync"]) {
      const real = fs[name];
      fs[name] = (...all) => (--left === 0 ? process.kill(process.pid, "SIGKILL") : real(...all));
    }
    syncBuiltinESMExports();
    const { createCrypto } = await import("@pli/protocol/crypto");
    const { readKey } = await import(${JSON.stringify(join(import.meta.dirname, "../src/key.ts"))});
    await readKey(await createCrypto(), ${JSON.stringify(folder)}, { passphrase: ${JSON.stringify(DURESS)} });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: join(import.meta.dirname, ".."),
    stdio: ["ignore", "ignore", "inherit"],
  });
  const signal = await new Promise((resolve) => child.once("close", (_code, how) => resolve(how)));
  return signal === "SIGKILL";
}
