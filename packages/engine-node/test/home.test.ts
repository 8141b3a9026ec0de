import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { changeUnlock, homeStatus, openHome, type Home, type Unlock } from "@pli/engine-node";
import { createCrypto, toHex, utf8 } from "@pli/protocol/crypto";
import { afterEach, describe, expect, test } from "vitest";

const STORE = "http://127.0.0.1:9";
const KEY_FILE: Unlock = { keyFile: true };
const opened: Home[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const home of opened.splice(0)) await home.close();
});

const freshFolder = (): string => join(mkdtempSync(join(tmpdir(), "pli-home-")), "home");

async function open(home: string, p: { unlock?: Unlock; create?: boolean } = {}): Promise<Home> {
  const made = await openHome({ home, store: STORE, unlock: p.unlock ?? KEY_FILE, create: p.create ?? false });
  opened.push(made);
  return made;
}

async function profileHome(unlock: Unlock = KEY_FILE): Promise<string> {
  const folder = freshFolder();
  const home = await open(folder, { unlock, create: true });
  await home.api.createProfile({ name: "Alice" });
  await home.close();
  return folder;
}

const nameIn = async ({ api }: Home): Promise<string | undefined> => (await api.read("status", {})).profile?.name;

describe("a home", () => {
  test("is private to its user from the first moment: folder 0700, every file 0600", async () => {
    const folder = freshFolder();
    const home = await open(folder, { create: true });
    await home.api.createProfile({ name: "Alice" });
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder))
      expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
  });

  test("that others can look into is not opened", async () => {
    const folder = await profileHome();
    chmodSync(folder, 0o750);
    await expect(open(folder)).rejects.toMatchObject({ code: "home_unsafe" });
  });

  test("behind a link is the one that the link leads to, for all who come by either name", async () => {
    const folder = await profileHome();
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    const [first, second] = [await open(link), await open(folder)];
    expect([await nameIn(first), await nameIn(second)]).toEqual(["Alice", "Alice"]);
    expect([first.role, second.role]).toEqual(["holder", "guest"]);
  });

  test("behind a link is looked at as any other: one that others can read is not opened", async () => {
    const folder = await profileHome();
    const link = `${folder}-link`;
    symlinkSync(folder, link);
    chmodSync(folder, 0o755);
    await expect(open(link)).rejects.toMatchObject({ code: "home_unsafe" });
  });

  test("that is not there is not made unless asked", async () => {
    const folder = freshFolder();
    await expect(open(folder)).rejects.toMatchObject({ code: "profile_missing" });
    expect([existsSync(folder), homeStatus(folder)]).toEqual([false, "absent"]);
  });

  test("whose making was interrupted after the key is made whole", async () => {
    const folder = freshFolder();
    await (await open(folder, { create: true })).close();
    rmSync(join(folder, "pli.db"));
    for (const name of readdirSync(folder)) if (name.startsWith("pli.db")) rmSync(join(folder, name));
    const home = await open(folder, { create: true });
    await home.api.createProfile({ name: "Alice" });
    expect(await nameIn(home)).toBe("Alice");
  });

  test("whose key is gone keeps its data and says so", async () => {
    const folder = await profileHome();
    const before = readFileSync(join(folder, "pli.db"));
    rmSync(join(folder, "key"));
    await expect(open(folder, { create: true })).rejects.toMatchObject({ code: "database_damaged" });
    expect(readFileSync(join(folder, "pli.db")).equals(before)).toBe(true);
  });

  test("opens with its passphrase and no other, and nothing of the key stands in its files", async () => {
    const folder = await profileHome({ passphrase: "correct horse battery" });
    expect(homeStatus(folder)).toBe("passphrase");
    await expect(open(folder, { unlock: { passphrase: "incorrect horse" } })).rejects.toMatchObject({
      code: "passphrase_wrong",
    });
    await expect(open(folder)).rejects.toMatchObject({ code: "locked" });
    expect(await nameIn(await open(folder, { unlock: { passphrase: "correct horse battery" } }))).toBe("Alice");
  });

  test("can be given a passphrase, another one, and none again, while it is open", async () => {
    const folder = await profileHome();
    const running = await open(folder);
    const [first, second] = [{ passphrase: "correct horse" }, { passphrase: "battery staple" }];
    await changeUnlock({ home: folder, from: KEY_FILE, to: first });
    expect([homeStatus(folder), existsSync(join(folder, "key"))]).toEqual(["passphrase", false]);
    await expect(changeUnlock({ home: folder, from: second, to: KEY_FILE })).rejects.toMatchObject({
      code: "passphrase_wrong",
    });
    await changeUnlock({ home: folder, from: first, to: second });
    await expect(open(folder, { unlock: first })).rejects.toMatchObject({ code: "passphrase_wrong" });
    expect(await nameIn(await open(folder, { unlock: second }))).toBe("Alice");
    await expect(changeUnlock({ home: folder, from: second, to: { passphrase: "short" } })).rejects.toMatchObject({
      code: "passphrase_too_short",
    });
    await changeUnlock({ home: folder, from: second, to: KEY_FILE });
    expect([homeStatus(folder), existsSync(join(folder, "key.sealed"))]).toEqual(["keyfile", false]);
    expect([await nameIn(await open(folder)), await nameIn(running)]).toEqual(["Alice", "Alice"]);
  });

  test("whose key stayed in the clear beside a passphrase loses it at the next opening", async () => {
    const folder = await profileHome();
    const clear = readFileSync(join(folder, "key"));
    const unlock = { passphrase: "correct horse" };
    await changeUnlock({ home: folder, from: KEY_FILE, to: unlock });
    writeFileSync(join(folder, "key"), clear, { mode: 0o600 });
    await expect(open(folder)).rejects.toMatchObject({ code: "locked" });
    await open(folder, { unlock });
    expect(existsSync(join(folder, "key"))).toBe(false);
  });

  test("refuses a passphrase that is too short, leaving nothing", async () => {
    const folder = freshFolder();
    await expect(open(folder, { unlock: { passphrase: "short" }, create: true })).rejects.toMatchObject({
      code: "passphrase_too_short",
    });
    expect(homeStatus(folder)).toBe("absent");
  });

  test("whose sealed key was changed is damaged, never a way to exhaust the machine", async () => {
    const folder = await profileHome({ passphrase: "correct horse battery" });
    const path = join(folder, "key.sealed");
    const lock = readFileSync(path);
    const at = (place: number, ...bytes: number[]): Buffer => {
      const changed = Buffer.from(lock);
      changed.set(bytes, place);
      return changed;
    };
    const bad = [
      [at(9, 0x40), "database_damaged"], // a tebibyte of memory
      [at(13, 0, 0, 0, 0), "database_damaged"],
      [at(0, 0x50), "database_damaged"],
      [lock.subarray(1), "database_damaged"],
      [Buffer.alloc(0), "database_damaged"],
      [at(8, 3), "database_newer"],
    ] as const;
    for (const [changed, code] of bad) {
      writeFileSync(path, changed);
      await expect(open(folder, { unlock: { passphrase: "correct horse battery" } })).rejects.toMatchObject({ code });
    }
  });

  test("whose sealed key is of an older form opens, and has the newer form from then on", async () => {
    const crypto = await createCrypto();
    const folder = await profileHome({ keyFile: true });
    const key = Buffer.from(readFileSync(join(folder, "key"), "utf8"), "hex");
    const [salt, nonce, cost] = [crypto.random(16), crypto.random(12), { memoryKiB: 64, passes: 1 }];
    const wrapping = crypto.argon2id(utf8("correct horse"), salt, cost);
    const sealed = crypto.aeadSeal(wrapping, nonce, key, utf8("pli home key v1"));
    const hex = { salt: toHex(salt), nonce: toHex(nonce), sealed: toHex(sealed) };
    writeFileSync(join(folder, "key.sealed"), JSON.stringify({ v: 1, ...cost, ...hex }));
    rmSync(join(folder, "key"));
    const wrong = { passphrase: "incorrect horse" };
    await expect(open(folder, { unlock: wrong })).rejects.toMatchObject({ code: "passphrase_wrong" });
    for (const _ of [1, 2]) {
      const home = await open(folder, { unlock: { passphrase: "correct horse" } });
      expect([await nameIn(home), statSync(join(folder, "key.sealed")).size]).toEqual(["Alice", 1536]);
      await home.close();
    }
  });

  test("whose database is damaged is not opened and not replaced", async () => {
    const folder = await profileHome();
    const path = join(folder, "pli.db");
    writeFileSync(path, Buffer.alloc(statSync(path).size, 7));
    await expect(open(folder, { create: true })).rejects.toMatchObject({ code: "database_damaged" });
    expect(readFileSync(path)[0]).toBe(7);
  });
});

describe("several processes on one home", () => {
  test("the first holds the engine, the others use it; what one changes the others see", async () => {
    const folder = await profileHome();
    const [first, second] = [await open(folder), await open(folder)];
    expect([first.role, second.role]).toEqual(["holder", "guest"]);
    await second.api.renameProfile({ name: "Alix" });
    expect(await nameIn(first)).toBe("Alix");
  });

  test("when the holder closes a guest takes over and its watches go on", async () => {
    const folder = await profileHome();
    const [first, second] = [await open(folder), await open(folder)];
    const names: (string | undefined)[] = [];
    second.api.watch("status", {}, ({ profile }) => names.push(profile?.name));
    await expect.poll(() => names, { timeout: 10_000 }).toContain("Alice");
    await first.close();
    await second.api.renameProfile({ name: "Alix" });
    await expect.poll(() => names.at(-1), { timeout: 10_000 }).toBe("Alix");
    expect(second.role).toBe("holder");
  });

  test("when the holder is killed a guest takes over", async () => {
    const folder = await profileHome();
    const holder = startHolder(folder);
    await expect.poll(() => holder.lines, { timeout: 10_000 }).toContain("holder");
    const guest = await open(folder);
    expect(guest.role).toBe("guest");
    holder.child.kill("SIGKILL");
    await expect.poll(() => guest.role, { timeout: 10_000 }).toBe("holder");
    expect(await nameIn(guest)).toBe("Alice");
  });

  test("a guest that cannot take over says so: watches and calls do not wait for ever", async () => {
    const folder = await profileHome();
    const holder = startHolder(folder);
    await expect.poll(() => holder.lines, { timeout: 10_000 }).toContain("holder");
    const guest = await open(folder);
    guest.api.watch("status", {}, () => undefined);
    const path = join(folder, "pli.db");
    writeFileSync(path, Buffer.alloc(statSync(path).size, 7));
    holder.child.kill("SIGKILL");
    await expect(guest.lost).rejects.toMatchObject({ code: "database_damaged" });
    await expect(guest.api.read("status", {})).rejects.toMatchObject({ code: "engine_gone" });
  });

  test("a guest that closes while it takes over leaves nothing behind it", async () => {
    const folder = await profileHome();
    for (const wait of [0, 5, 20, 60]) {
      const [first, second] = [await open(folder), await open(folder)];
      await first.close();
      await new Promise((resolve) => setTimeout(resolve, wait));
      await second.close();
      const next = await open(folder);
      expect([wait, next.role]).toEqual([wait, "holder"]);
      await next.close();
    }
  });

  test("a home whose path is too long for a socket has it in a private folder elsewhere", async () => {
    const folder = join(freshFolder(), "x".repeat(120));
    const first = await open(folder, { create: true });
    await first.api.createProfile({ name: "Alice" });
    const second = await open(folder);
    expect([second.role, await nameIn(second)]).toEqual(["guest", "Alice"]);
    expect(readdirSync(folder)).not.toContain("pli.sock");
  });

  test("what is no message ends the line of whoever said it, and of nobody else", async () => {
    const folder = await profileHome();
    const [first, guest] = [await open(folder), await open(folder)];
    const stranger = connect(join(folder, "pli.sock"));
    stranger.resume(); // it hears the greeting first
    stranger.write('{"type":"listen"}\nnot json\n');
    await new Promise((resolve) => stranger.once("close", resolve));
    expect([await nameIn(first), await nameIn(guest), guest.role]).toEqual(["Alice", "Alice", "guest"]);
  });

  test("of many that start at once exactly one holds, and the name reaches all", async () => {
    const folder = await profileHome();
    const started = Array.from({ length: 4 }, () => startHolder(folder));
    for (const { lines } of started) await expect.poll(() => lines, { timeout: 20_000 }).toContain("name Alice");
    expect(started.filter(({ lines }) => lines.includes("holder")).length).toBe(1);
  });
});

function startHolder(folder: string): { child: ChildProcess; lines: string[] } {
  const child = spawn(process.execPath, [join(import.meta.dirname, "holder.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  children.push(child);
  return { child, lines };
}
