/** Hidden profiles of a home: what opens them, what the disk tells, and what a kill leaves. */
import { spawn } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeUnlock, hideProfile, openHome, setDuress, setRoom, type Home } from "@pli/engine-node";
import { listProfiles } from "@pli/engine-node/profiles";
import { createLock } from "@pli/engine/lock-record";
import { createCrypto } from "@pli/protocol/crypto";
import { afterEach, describe, expect, test, vi } from "vitest";

/** They stretch a passphrase for each opening, and kill at many moments. */
vi.setConfig({ testTimeout: 600_000 });

const STORE = "http://127.0.0.1:9";
const OWN = "correct horse battery";
const ONE = "lorem ipsum dolor";
const TWO = "sit amet consectetur";
const MIB = 8;
const SPARES = ["spare-1", "spare-2"];
const crypto = await createCrypto();
const opened: Home[] = [];

afterEach(async () => {
  for (const home of opened.splice(0)) await home.close();
});

const freshFolder = (): string => join(mkdtempSync(join(tmpdir(), "pli-hidden-")), "home");

async function open(home: string, passphrase: string): Promise<Home> {
  const made = await openHome({ home, store: STORE, unlock: { passphrase } });
  opened.push(made);
  return made;
}

async function nameBehind(folder: string, passphrase: string): Promise<string | undefined> {
  const home = await open(folder, passphrase);
  const name = (await home.api.read("status", {})).profile?.name;
  await home.close();
  return name;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    ({ code }: { code: string }) => code,
  );

/** A home of Alice with room for hidden profiles, and a cheap lock so that many can be opened. */
async function roomyHome(): Promise<string> {
  const folder = freshFolder();
  const home = await openHome({ home: folder, store: STORE, unlock: { keyFile: true }, create: true });
  await home.api.createProfile({ name: "Alice" });
  await home.close();
  const key = Buffer.from(readFileSync(join(folder, "key"), "utf8"), "hex");
  await changeUnlock({ home: folder, from: { keyFile: true }, to: { passphrase: OWN } });
  const cheap = createLock(crypto, { key, name: "" }, OWN, { memoryKiB: 8, passes: 1 });
  writeFileSync(join(folder, "key.sealed"), cheap);
  await setRoom({ home: folder, passphrase: OWN, mib: MIB });
  return folder;
}

const hide = (home: string, name: string, passphrase: string, keep: string[] = []): Promise<void> =>
  hideProfile({ home, passphrase: OWN, hidden: { name, passphrase }, keep });

async function withHidden(count: 0 | 1 | 2): Promise<string> {
  const folder = await roomyHome();
  if (count > 0) await hide(folder, "Hélène", ONE);
  if (count > 1) await hide(folder, "Nils", TWO, [ONE]);
  return folder;
}

const copyOf = (folder: string): string => {
  const copy = freshFolder();
  cpSync(folder, copy, { recursive: true });
  chmodSync(copy, 0o700);
  return copy;
};

/** Where the database, its journal and what is before them lie. */
const endsOf = (bytes: Buffer): Buffer[] => [bytes.subarray(0, 1 << 20), bytes.subarray(-(1 << 19))];
const spareBytes = (folder: string): Buffer[] => SPARES.map((name) => readFileSync(join(folder, name)));

describe("a hidden profile", () => {
  test("is opened by its passphrase, keeps what is done in it, and no list has it", async () => {
    const folder = await withHidden(2);
    expect(await nameBehind(folder, ONE)).toBe("Hélène");
    const home = await open(folder, TWO);
    await home.api.renameProfile({ name: "Nils Holm" });
    await home.close();
    expect(await nameBehind(folder, OWN)).toBe("Alice");
    expect(await nameBehind(folder, TWO)).toBe("Nils Holm");
    expect(await nameBehind(folder, ONE)).toBe("Hélène");
    expect(listProfiles(folder)).toMatchObject([{ id: "first", keyed: "passphrase" }]);
  });

  test("is closed to a process that runs another profile of the home, and the other way round", async () => {
    const folder = await withHidden(1);
    const hidden = await open(folder, ONE);
    expect(await codeOf(open(folder, OWN))).toBe("database_locked");
    const guest = await open(folder, ONE);
    expect(guest.role).toBe("guest");
    expect((await guest.api.read("status", {})).profile?.name).toBe("Hélène");
    expect(await codeOf(hide(folder, "Nils", TWO))).toBe("database_locked");
    await guest.close();
    await hidden.close();
    await open(folder, OWN);
    expect(await codeOf(open(folder, ONE))).toBe("database_locked");
  });

  test("counts wrong passphrases with the others, and all wait together", async () => {
    const folder = await withHidden(1);
    for (let time = 0; time < 5; time++) expect(await codeOf(open(folder, `wrong ${time}`))).toBe("passphrase_wrong");
    expect(await codeOf(open(folder, ONE))).toBe("passphrase_paused");
    expect(await codeOf(open(folder, OWN))).toBe("passphrase_paused");
  });

  test("takes another passphrase of its own, and leaves that of the other profile", async () => {
    const folder = await withHidden(2);
    const change = (to: string) => changeUnlock({ home: folder, from: { passphrase: ONE }, to: { passphrase: to } });
    for (const taken of [OWN, TWO]) expect(await codeOf(change(taken))).toBe("passphrase_in_use");
    expect(await codeOf(changeUnlock({ home: folder, from: { passphrase: OWN }, to: { passphrase: TWO } }))).toBe(
      "passphrase_in_use",
    );
    expect(await codeOf(change("adipiscing elit"))).toBe("done");
    expect(await codeOf(open(folder, ONE))).toBe("passphrase_wrong");
    expect(await nameBehind(folder, "adipiscing elit")).toBe("Hélène");
    expect(await nameBehind(folder, OWN)).toBe("Alice");
  });

  test("outlives the duress passphrase of the other one, which its own passphrase cannot be", async () => {
    const folder = await withHidden(1);
    const duress = { name: "Camille", passphrase: "duress ipsum" };
    expect(await codeOf(setDuress({ home: folder, passphrase: OWN, duress: { ...duress, passphrase: ONE } }))).toBe(
      "passphrase_in_use",
    );
    await setDuress({ home: folder, passphrase: OWN, duress });
    expect(await codeOf(hide(folder, "Nils", OWN))).toBe("passphrase_in_use");
    expect(await codeOf(hide(folder, "Nils", duress.passphrase))).toBe("passphrase_in_use");
    expect(await nameBehind(folder, duress.passphrase)).toBe("Camille");
    expect(await nameBehind(folder, ONE)).toBe("Hélène");
    expect(await codeOf(open(folder, OWN))).toBe("passphrase_wrong");
  });

  test("is kept by its passphrase, and lost where only one spare was left for another", async () => {
    const folder = await withHidden(2);
    expect(await codeOf(hide(folder, "Ada", "tempor incididunt", [ONE, TWO]))).toBe("room_full");
    expect(await codeOf(hide(folder, "Ada", "tempor incididunt", ["not this one"]))).toBe("passphrase_wrong");
    expect([await nameBehind(folder, ONE), await nameBehind(folder, TWO)]).toEqual(["Hélène", "Nils"]);
    await hide(folder, "Ada", "tempor incididunt", [ONE]);
    expect(await nameBehind(folder, ONE)).toBe("Hélène");
    expect(await codeOf(open(folder, TWO))).toBe("passphrase_wrong");
    expect(await nameBehind(folder, "tempor incididunt")).toBe("Ada");
  });

  test("needs room, a passphrase at the home, and a name; the room goes before the passphrase does", async () => {
    const folder = await withHidden(1);
    expect(await codeOf(setRoom({ home: folder, passphrase: OWN, mib: MIB }))).toBe("room_there");
    expect(await codeOf(hide(folder, "  ", TWO))).toMatch(/^name_/u);
    expect(await codeOf(hide(folder, "Nils", "short"))).toBe("passphrase_too_short");
    const toKeyFile = () => changeUnlock({ home: folder, from: { passphrase: OWN }, to: { keyFile: true } });
    expect(await codeOf(toKeyFile())).toBe("room_there");
    await setRoom({ home: folder, passphrase: OWN });
    expect(readdirSync(folder).filter((name) => name.startsWith("spare"))).toEqual([]);
    expect(await codeOf(open(folder, ONE))).toBe("passphrase_wrong");
    expect(await codeOf(hide(folder, "Nils", TWO))).toBe("room_missing");
    expect(await codeOf(setRoom({ home: folder, passphrase: OWN }))).toBe("room_missing");
    expect(await codeOf(toKeyFile())).toBe("done");
    expect(await codeOf(setRoom({ home: folder, passphrase: OWN, mib: MIB }))).toBe("lock_missing");
  });
});

/**
 * What somebody who has the whole disk can measure of a home. The length of `pli.db` is left out:
 * it is what the ordinary profile needs, which its passphrase shows anyway.
 */
function look(folder: string) {
  const names = readdirSync(folder).toSorted();
  const stats = names.map((name) => statSync(join(folder, name)));
  return {
    files: names
      .map((name, at) => `${name} ${stats[at]?.size} ${stats[at]?.mode}`)
      .filter((file) => !file.startsWith("pli.db ")),
    times: new Set(stats.map(({ mtimeMs }) => mtimeMs)).size,
    random: spareBytes(folder).flatMap(endsOf).every(isRandom),
  };
}

/**
 * Whether each stretch of 64 KiB has bytes as chance has them (chi-squared of 255, with ten
 * standard deviations of room), and no 16 bytes come twice in all of it.
 */
function isRandom(bytes: Buffer): boolean {
  const seen = new Set<string>();
  for (let at = 0; at < bytes.length; at += 16) seen.add(bytes.toString("latin1", at, at + 16));
  for (let from = 0; from < bytes.length; from += 65_536) {
    const counts = Array.from({ length: 256 }, () => 0);
    for (const byte of bytes.subarray(from, from + 65_536)) counts[byte] = (counts[byte] ?? 0) + 1;
    const squares = counts.reduce((sum, count) => sum + (count - 256) ** 2 / 256, 0);
    if (Math.abs(squares - 255) > 10 * Math.sqrt(510)) return false;
  }
  return seen.size === bytes.length / 16;
}

describe("a disk with hidden profiles", () => {
  test("cannot be told from one without: names, sizes, times and bytes", async () => {
    const looks = [];
    for (const count of [0, 1, 2] as const) {
      const folder = await withHidden(count);
      for (const passphrase of [OWN, ONE, TWO].slice(0, count + 1)) {
        const home = await open(folder, passphrase);
        await home.api.createGroup({ name: "Lorem", contacts: [] });
        await home.close();
        expect(look(folder)).toMatchObject({ times: 1 });
      }
      looks.push(look(folder));
    }
    expect(looks[0]).toMatchObject({ times: 1, random: true });
    expect(looks[1]).toEqual(looks[0]);
    expect(looks[2]).toEqual(looks[0]);
  });

  test("tells a finder with the passphrase no more: what they do changes no byte of the room", async () => {
    for (const count of [0, 2] as const) {
      const folder = await withHidden(count);
      const before = spareBytes(folder);
      expect(await nameBehind(folder, OWN)).toBe("Alice");
      await setDuress({ home: folder, passphrase: OWN, duress: { name: "Camille", passphrase: "duress ipsum" } });
      expect(await codeOf(open(folder, "not the one"))).toBe("passphrase_wrong");
      expect(await nameBehind(folder, "duress ipsum")).toBe("Camille");
      expect(spareBytes(folder)).toEqual(before);
    }
  });

  test("has no slot that can be moved to the other spare", async () => {
    const folder = await withHidden(1);
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = spareBytes(folder);
    writeFileSync(join(folder, "spare-1"), second);
    writeFileSync(join(folder, "spare-2"), first);
    expect(await codeOf(open(folder, ONE))).toBe("passphrase_wrong");
    expect(await nameBehind(folder, OWN)).toBe("Alice");
  });
});

describe("a kill", () => {
  test("while a profile is hidden leaves the others, and the new one or none", async () => {
    const made = await withHidden(1);
    const files = look(made).files;
    const ends = new Set<string>();
    for (let step = 1; ; step += 4) {
      const folder = copyOf(made);
      const asked = { home: folder, passphrase: OWN, hidden: { name: "Nils", passphrase: TWO }, keep: [ONE] };
      const wasKilled = await killedAt(step, `await hideProfile(${JSON.stringify(asked)});`);
      expect([step, await nameBehind(folder, ONE)]).toEqual([step, "Hélène"]);
      expect([step, await nameBehind(folder, OWN)]).toEqual([step, "Alice"]);
      expect([step, look(folder)]).toEqual([step, { files, times: 1, random: true }]);
      ends.add(await codeOf(nameBehind(folder, TWO)));
      if (!wasKilled) break;
    }
    expect([...ends]).toEqual(["passphrase_wrong", "done"]);
  });

  test("while a hidden one writes loses nothing of it, and the next opening leaves no trace", async () => {
    const made = await withHidden(1);
    expect(await nameBehind(made, ONE)).toBe("Hélène");
    const files = look(made).files;
    const script = (
      home: string,
    ): string => `const home = await openHome(${JSON.stringify({ home, store: STORE, unlock: { passphrase: ONE } })});
      await home.api.createGroup({ name: "Lorem", contacts: [] });
      process.exit(0);`;
    for (let step = 1; ; step += 29) {
      const folder = copyOf(made);
      const wasKilled = await killedAt(step, script(folder));
      expect(spareBytes(folder).flatMap(endsOf).every(isRandom)).toBe(true);
      expect([step, await nameBehind(folder, OWN)]).toEqual([step, "Alice"]);
      expect([step, look(folder)]).toEqual([step, { files, times: 1, random: true }]);
      expect([step, await nameBehind(folder, ONE)]).toEqual([step, "Hélène"]);
      if (!wasKilled) break;
    }
  });

  test("while room is made leaves a home without it, in which it can be made", async () => {
    const made = await roomyHome();
    await setRoom({ home: made, passphrase: OWN });
    for (const step of [3, 5, 8, 14, 22]) {
      const folder = copyOf(made);
      const asked = { home: folder, passphrase: OWN, mib: MIB };
      await killedAt(step, `await setRoom(${JSON.stringify(asked)});`);
      expect(await nameBehind(folder, OWN)).toBe("Alice");
      expect(["done", "room_there"]).toContain(await codeOf(setRoom(asked)));
      expect(spareBytes(folder).map(({ length }) => length)).toEqual([MIB << 20, MIB << 20]);
      expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
    }
  });
});

describe("a disk without room", () => {
  test("ends the making of room half-way, and keeps nothing of it", async () => {
    const folder = await roomyHome();
    await setRoom({ home: folder, passphrase: OWN });
    const asked = { home: folder, passphrase: OWN, mib: MIB };
    const script = `await setRoom(${JSON.stringify(asked)}).catch(({ code }) => console.log(code));`;
    const { output } = await run(script, "trap '' XFSZ; ulimit -f 4096; ");
    expect(output.trim()).toBe("disk_full");
    expect(readdirSync(folder).filter((name) => name.startsWith("spare"))).toEqual([]);
    expect(await nameBehind(folder, OWN)).toBe("Alice");
  });
});

/**
 * Runs a script with the calls of a home in a process that kills itself before its nth change of a
 * file.
 */
async function killedAt(step: number, script: string): Promise<boolean> {
  const hook = `import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    let left = ${step};
    for (const name of ["writeSync", "fsyncSync", "rmSync", "renameSync", "ftruncateSync", "utimesSync"]) {
      const real = fs[name];
      fs[name] = (...all) => (--left === 0 ? process.kill(process.pid, "SIGKILL") : real(...all));
    }
    syncBuiltinESMExports();`;
  return (await run(script, "", hook)).signal === "SIGKILL";
}

async function run(script: string, shell = "", hook = ""): Promise<{ signal: unknown; output: string }> {
  const whole = `${hook}
    const { hideProfile, openHome, setRoom } = await import("@pli/engine-node");
    ${script}`;
  const child = spawn("sh", ["-c", `${shell}exec "$0" "$@"`, process.execPath, "--input-type=module", "-e", whole], {
    cwd: join(import.meta.dirname, ".."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  const signal = await new Promise((resolve) => child.once("close", (_code, how) => resolve(how)));
  return { signal, output };
}
