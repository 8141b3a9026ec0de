import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { homeStatus, openHome } from "@pli/engine-node";
import {
  addProfile,
  findProfile,
  listProfiles,
  relabelProfile,
  removeProfile,
  switchProfile,
} from "@pli/engine-node/profiles";
import { describe, expect, test } from "vitest";

const STORE = "http://127.0.0.1:9";
const freshRoot = (): string => join(mkdtempSync(join(tmpdir(), "pli-profiles-")), "home");

async function makeIn(folder: string, name: string): Promise<void> {
  const home = await openHome({ home: folder, store: STORE, unlock: { keyFile: true }, create: true });
  await home.api.createProfile({ name });
  await home.close();
}

async function nameIn(folder: string): Promise<string | undefined> {
  const home = await openHome({ home: folder, store: STORE, unlock: { keyFile: true } });
  try {
    return (await home.api.read("status", {})).profile?.name;
  } finally {
    await home.close();
  }
}

/** A folder with the first profile and one more, `Work`. */
async function twoProfiles(): Promise<{ root: string; work: string }> {
  const root = freshRoot();
  await makeIn(root, "Alice");
  const { folder } = await addProfile(root, "Work");
  await makeIn(folder, "Alice Martin");
  return { root, work: folder };
}

describe("the profiles of a folder", () => {
  test("each have a key and a database of their own, and run at the same time", async () => {
    const { root, work } = await twoProfiles();
    expect(readFileSync(join(root, "key"), "utf8")).not.toBe(readFileSync(join(work, "key"), "utf8"));
    const first = await openHome({ home: root, store: STORE, unlock: { keyFile: true } });
    expect(await nameIn(work)).toBe("Alice Martin");
    expect((await first.api.read("status", {})).profile?.name).toBe("Alice");
    await first.close();
    expect(statSync(work).mode & 0o777).toBe(0o700);
  });

  test("one of them is the current one, from one command to the next", async () => {
    const { root } = await twoProfiles();
    expect(listProfiles(root)).toMatchObject([
      { id: "first", current: true },
      { label: "Work", current: false },
    ]);
    await switchProfile(root, "work");
    expect(findProfile(root, undefined)).toMatchObject({ label: "Work", current: true });
    await switchProfile(root, "first");
    expect(findProfile(root, undefined)).toMatchObject({ id: "first" });
  });

  test("are found by label or id, and by nothing that fits several", async () => {
    const { root } = await twoProfiles();
    await relabelProfile(root, "first", "Home");
    const [, work] = listProfiles(root);
    expect(findProfile(root, "home")?.id).toBe("first");
    expect(findProfile(root, work?.id.slice(0, 6))?.label).toBe("Work");
    expect(() => findProfile(root, "nobody")).toThrow("profile_unknown");
    await expect(addProfile(root, "WORK")).rejects.toMatchObject({ code: "profile_exists" });
    await expect(addProfile(root, "a\u202eb")).rejects.toMatchObject({ code: "name_not_allowed" });
    await expect(relabelProfile(root, "first", "work")).rejects.toMatchObject({ code: "profile_exists" });
  });

  test("count once they have a key: one whose making was interrupted is begun again", async () => {
    const { root } = await twoProfiles();
    const begun = await addProfile(root, "Third");
    expect(listProfiles(root)).toHaveLength(2);
    expect(await addProfile(root, "Third")).toEqual(begun);
  });

  test("are all there when the list is lost or nobody can read it: only labels are gone", async () => {
    const { root } = await twoProfiles();
    for (const text of ["", "[]", "{", '{"current":7,"profiles":[7,null,{"id":"../x","label":"x"}]}']) {
      writeFileSync(join(root, "profiles.json"), text);
      expect(listProfiles(root)).toMatchObject([{ id: "first", current: true }, { label: undefined }]);
    }
    rmSync(join(root, "profiles.json"));
    expect(listProfiles(root)).toHaveLength(2);
  });
});

describe("removing a profile", () => {
  test("leaves no file of it, and the other one untouched", async () => {
    const { root, work } = await twoProfiles();
    await switchProfile(root, "work");
    await removeProfile(root, "work");
    expect(existsSync(work)).toBe(false);
    expect(findProfile(root, undefined)?.id).toBe("first");
    expect(await nameIn(root)).toBe("Alice");
  });

  test("of the first one leaves the others, which are the current ones then", async () => {
    const { root } = await twoProfiles();
    await removeProfile(root, "first");
    expect(readdirSync(root).toSorted()).toEqual(["profiles", "profiles.json", "profiles.lock"]);
    expect(findProfile(root, undefined)?.label).toBe("Work");
  });

  test("is refused while a process runs on it", async () => {
    const { root, work } = await twoProfiles();
    const home = await openHome({ home: work, store: STORE, unlock: { keyFile: true } });
    await expect(removeProfile(root, "work")).rejects.toMatchObject({ code: "database_locked" });
    await home.close();
    expect(await nameIn(work)).toBe("Alice Martin");
  });

  test("overwrites the key before any file goes, in the place where it stood", async () => {
    const { root, work } = await twoProfiles();
    const key = readFileSync(join(work, "key"));
    const file = statSync(join(work, "key")).ino;
    // A folder in the place of the first file that goes stops the erasure right after the keys.
    mkdirSync(join(work, "erasing.x"));
    await expect(removeProfile(root, "work")).rejects.toThrow(/./u);
    expect(statSync(join(work, "key")).ino).toBe(file);
    expect(readFileSync(join(work, "key")).equals(key)).toBe(false);
    expect(homeStatus(work)).toBe("absent");
    expect(listProfiles(root)).toHaveLength(1);
    rmSync(join(work, "erasing.x"), { recursive: true });
    await switchProfile(root, "first");
    expect(existsSync(work)).toBe(false);
  });

  test("that is killed at any moment is finished by the next change, or has not begun", async () => {
    for (const ms of [0, 5, 20, 40, 60, 90]) {
      const { root, work } = await twoProfiles();
      const script = `const { removeProfile } = await import("@pli/engine-node/profiles");
        process.send("go"); await removeProfile(${JSON.stringify(root)}, "work");`;
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        cwd: join(import.meta.dirname, ".."),
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      // It may have ended by itself before it is killed.
      const over = new Promise((resolve) => child.once("close", resolve));
      await new Promise((resolve) => child.once("message", resolve));
      await new Promise((resolve) => setTimeout(resolve, ms));
      child.kill("SIGKILL");
      await over;
      await switchProfile(root, "first");
      expect(await nameIn(root)).toBe("Alice");
      const isThere = listProfiles(root).length === 2;
      expect(isThere ? await nameIn(work) : existsSync(work)).toBe(isThere ? "Alice Martin" : false);
    }
  });
});
