import { beforeEach, describe, expect, test } from "vitest";
import type { VaultRecord } from "../src/vault/record.ts";
import { removeLeftovers } from "../src/storage/leftovers.ts";
import { createKeyRecord } from "../src/vault/key-record.ts";
import { createTestBrowser } from "./tabs.ts";
import type { TestBrowser, TestTab } from "./tabs.ts";

const PASSPHRASE = { passphrase: "le pli est clos" };
const OPEN = { phase: "open" } as const;
const GONE = { phase: "starting", isGone: true } as const;

let browser: TestBrowser;
beforeEach(() => {
  browser = createTestBrowser();
  return () => browser.dispose();
});

/** Every draft that the tab gets while it watches one conversation. */
const watched = (tab: TestTab, id = "c"): string[] => {
  const seen: string[] = [];
  tab.api.watch("conversation", { id }, (value) => seen.push(value?.draft ?? "nothing"));
  return seen;
};
const draftOf = async (tab: TestTab): Promise<string | undefined> =>
  (await tab.api.read("conversation", { id: "c" }))?.draft;
const save = (tab: TestTab, text: string) => tab.api.saveDraft({ conversation: "c", text });
const lockWithPassphrase = (tab: TestTab): Promise<void> => tab.host.setLock({ kind: "passphrase", ...PASSPHRASE });

const filesOf = async (name: string): Promise<Record<string, number>> => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(name);
  const sizes: Record<string, number> = {};
  for await (const [file, handle] of folder.entries())
    sizes[file] = (await (handle as FileSystemFileHandle).getFile()).size;
  return sizes;
};

const isNothingOf = async (name: string): Promise<void> => {
  await expect(filesOf(name)).rejects.toMatchObject({ name: "NotFoundError" });
  expect((await indexedDB.databases()).map((one) => one.name)).not.toContain(name);
};

describe("tabs of two profiles", () => {
  test("that somebody introduces to each other share neither engine, nor key, nor lock", async () => {
    const other = browser.beside();
    const [mine, theirs] = [await browser.openTabAt(OPEN), await other.openTabAt(OPEN)];
    await lockWithPassphrase(mine);
    await save(mine, "mine");
    await mine.host.lock();
    await mine.reaches({ phase: "locked" });
    expect(theirs.state()).toMatchObject({ phase: "open", lock: "none", leader: true });
    expect(await draftOf(theirs)).toBe("");
    await other.dispose();
  });

  test("an erasure for good leaves neither files nor records, and nothing begins again", async () => {
    const tabs = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)];
    await tabs[1]?.host.erase({ forGood: true });
    for (const tab of tabs) await tab.reaches(GONE);
    await isNothingOf(browser.name);
    // The tab that leads next knows of it.
    for (const tab of tabs) if (tab.state().leader) tab.close();
    await expect.poll(() => tabs.filter((tab) => tab.state().leader)).toHaveLength(1);
    await isNothingOf(browser.name);
  });

  test("an erasure for good that was interrupted is finished by the next tab, and nothing begins again", async () => {
    const first = await browser.openTabAt(OPEN);
    await save(first, "gone soon");
    const erasing = { version: 1, kind: "erasing", forGood: true } satisfies VaultRecord;
    await createKeyRecord(browser.name).write(erasing);
    first.close();
    await browser.openTabAt(GONE);
    await isNothingOf(browser.name);
  });

  test("what is left of a removed one goes; what is listed, used or without its key stays", async () => {
    const [listed, unused, erasing, used, keyless] = ["a", "b", "c", "d", "e"].map((letter) => letter.repeat(8));
    const names = [listed, unused, erasing, used, keyless].map((id) => `pli-${id}`);
    const root = await navigator.storage.getDirectory();
    const lockFile = (name: string) => root.getFileHandle(`${name}.lock0`, { create: true });
    for (const name of names) await lockFile(name);
    await createKeyRecord(`pli-${listed}`).write({ version: 1, kind: "erasing", forGood: true });
    await createKeyRecord(`pli-${erasing}`).write({ version: 1, kind: "erasing" });
    await createKeyRecord(`pli-${used}`).write({ version: 2, kind: "passphrase", file: 0, used: true });
    const folder = await root.getDirectoryHandle(`pli-${keyless}`, { create: true });
    const data = await (await folder.getFileHandle("pli.db", { create: true })).createWritable();
    await data.write("data");
    await data.close();

    await removeLeftovers([listed ?? ""]);
    const left: string[] = [];
    for await (const name of root.keys()) if (names.some((one) => name.startsWith(one))) left.push(name);
    const kept = [`pli-${listed}.lock0`, `pli-${used}.lock0`, `pli-${keyless}`, `pli-${keyless}.lock0`];
    expect(left.toSorted()).toEqual(kept.toSorted());
    const records = new Set((await indexedDB.databases()).map(({ name }) => name));
    expect(names.filter((name) => records.has(name))).toEqual([`pli-${listed}`, `pli-${used}`]);
    for (const name of names) indexedDB.deleteDatabase(name);
    for (const name of left) await root.removeEntry(name, { recursive: true });
  });
});

describe("confirming who is there", () => {
  test("is done with what opens the device and nothing else, in any tab, and changes nothing", async () => {
    const tabs = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)];
    const [one, other] = tabs;
    if (one === undefined || other === undefined) throw new Error("no tabs");
    await lockWithPassphrase(one);
    for (const tab of tabs) await tab.reaches({ lock: "passphrase" });
    for (const tab of tabs) {
      await tab.host.confirm(PASSPHRASE);
      await expect(tab.host.confirm({ passphrase: "le pli est ouvert" })).rejects.toMatchObject({
        code: "passphrase_wrong",
      });
      expect(tab.state().phase).toBe("open");
    }
  });

  test("counts wrong ones together with those at the lock", async () => {
    const tab = await browser.openTabAt(OPEN);
    await lockWithPassphrase(tab);
    for (let tried = 0; tried < 4; tried++)
      await expect(tab.host.confirm({ passphrase: "le pli est ouvert" })).rejects.toMatchObject({
        code: "passphrase_wrong",
      });
    await expect(tab.host.confirm({ passphrase: "le pli est ouvert" })).rejects.toMatchObject({
      code: "passphrase_wrong",
    });
    await expect(tab.host.confirm(PASSPHRASE)).rejects.toMatchObject({ code: "passphrase_paused" });
    await tab.reaches({ phase: "open", waitMs: expect.any(Number) as number });
  });
});

describe("several tabs", () => {
  test("have one engine, which all of them use", async () => {
    const tabs = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)];
    expect(tabs.filter((tab) => tab.state().leader)).toHaveLength(1);
    const seen = tabs.map((tab) => watched(tab));
    for (const [index, tab] of tabs.entries()) await save(tab, `from ${index}`);
    for (const drafts of seen) await expect.poll(() => drafts.at(-1)).toBe("from 2");
  });

  test("opened at the same moment elect one leader", async () => {
    const tabs = [1, 2, 3, 4].map(() => browser.openTab());
    await Promise.all(tabs.map((tab) => tab.reaches(OPEN)));
    expect(tabs.filter((tab) => tab.state().leader)).toHaveLength(1);
  });

  test("carry errors as their codes", async () => {
    const tabs = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)];
    for (const tab of tabs)
      await expect(tab.api.markRead({ conversation: "c", upTo: 1 })).rejects.toMatchObject({
        code: "conversation_unknown",
      });
  });

  test("keep working when the leader dies in the middle of a call: the call fails, watches and data live", async () => {
    const leader = await browser.openTabAt({ ...OPEN, leader: true });
    const heir = await browser.openTabAt(OPEN);
    const third = await browser.openTabAt(OPEN);
    const seen = [watched(heir), watched(third)];
    await save(third, "before");
    for (const drafts of seen) await expect.poll(() => drafts.at(-1)).toBe("before");

    const inFlight = third.api.typeCode({ pairing: "p", digits: "0000" });
    inFlight.catch(() => undefined);
    leader.close();
    await heir.reaches({ ...OPEN, leader: true });
    await expect(inFlight).rejects.toMatchObject({ code: "engine_gone" });
    expect(await draftOf(third)).toBe("before");
    await save(third, "after");
    for (const drafts of seen) await expect.poll(() => drafts.at(-1)).toBe("after");
  });

  test("survive one leader after another", async () => {
    const tabs = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)];
    const last = await browser.openTabAt(OPEN);
    for (const tab of tabs) {
      await save(last, `${await draftOf(last)}.`);
      tab.close();
    }
    await last.reaches({ ...OPEN, leader: true });
    expect(await draftOf(last)).toBe("...");
  });

  test("get notified when somebody touches another one, if they were introduced to it", async () => {
    const [first, second] = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)];
    const stranger = browser.openStranger();
    const notified: [string, number][] = [];
    first.host.watchActivity((at) => notified.push(["first", at]));
    const stop = second.host.watchActivity((at) => notified.push(["second", at]));
    stranger.host.watchActivity((at) => notified.push(["stranger", at]));
    stranger.host.notifyActivity(1);
    first.host.notifyActivity(2);
    await expect.poll(() => notified).toEqual([["second", 2]]);
    stop();
    first.host.notifyActivity(3);
    second.host.notifyActivity(4);
    await expect.poll(() => notified.at(-1)).toEqual(["first", 4]);
    expect(notified).toHaveLength(2);
  });

  test("know what is in sight in the others, also of those they meet later, until these end", async () => {
    const [first, second] = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)];
    const seen: (readonly string[])[] = [];
    first.host.watchSight((places) => seen.push(places));
    expect(seen).toEqual([[]]);
    second.host.notifySight(["/", "/c/1"]);
    await expect.poll(() => seen.at(-1)).toEqual(["/", "/c/1"]);
    const third = await browser.openTabAt(OPEN);
    let late: readonly string[] = [];
    third.host.watchSight((places) => (late = places));
    await expect.poll(() => late).toEqual(["/", "/c/1"]);
    third.host.notifySight(["/c/2", "/"]);
    await expect.poll(() => seen.at(-1)?.toSorted()).toEqual(["/", "/c/1", "/c/2"]);
    second.close();
    await expect.poll(() => seen.at(-1)).toEqual(["/c/2", "/"]);
    third.host.notifySight([]);
    await expect.poll(() => seen.at(-1)).toEqual([]);
  });

  test("that close are forgotten by the engine", async () => {
    const leader = await browser.openTabAt({ ...OPEN, leader: true });
    const other = await browser.openTabAt(OPEN);
    const watchers = async (): Promise<number> => (await leader.api.read("storage", {})).conversations;
    watched(other, "a");
    watched(other, "b");
    await expect.poll(watchers).toBe(2);
    other.close();
    await expect.poll(watchers).toBe(0);
  });
});

describe("a tab that nobody introduces", () => {
  test("is given nothing, opens nothing and closes nothing; it says that another is open, and takes its turn", async () => {
    const leader = await browser.openTabAt(OPEN);
    await lockWithPassphrase(leader);
    await save(leader, "kept");
    const stranger = browser.openStranger();
    const lock = stranger.host.lock();
    lock.catch(() => undefined);
    await stranger.reaches({ phase: "failed", error: "database_locked" });
    expect(leader.state().phase).toBe("open");
    leader.close();
    await stranger.reaches({ phase: "locked", leader: true });
    await stranger.host.unlock(PASSPHRASE);
    expect(await draftOf(stranger)).toBe("kept");
  });
});

describe("the lock", () => {
  test("set in one tab closes and opens all of them", async () => {
    const tabs = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)];
    const [leader, other] = tabs as [TestTab, TestTab];
    await save(leader, "secret");
    await lockWithPassphrase(other);
    for (const tab of tabs) await tab.reaches({ ...OPEN, lock: "passphrase" });

    await other.host.lock();
    for (const tab of tabs) await tab.reaches({ phase: "locked", lock: "passphrase" });
    await expect(other.host.unlock({ passphrase: "not this one" })).rejects.toMatchObject({ code: "passphrase_wrong" });
    await expect(lockWithPassphrase(leader)).rejects.toMatchObject({ code: "locked" });
    expect(leader.state().phase).toBe("locked");

    await other.host.unlock(PASSPHRASE);
    for (const tab of tabs) await tab.reaches({ ...OPEN, lock: "passphrase" });
    expect(await draftOf(leader)).toBe("secret");
  });

  test("is not asked again when the leader changes, nor of a tab that comes while open", async () => {
    const leader = await browser.openTabAt({ ...OPEN, leader: true });
    await lockWithPassphrase(leader);
    const heir = await browser.openTabAt(OPEN);
    await save(heir, "kept");
    leader.close();
    await heir.reaches({ ...OPEN, leader: true, lock: "passphrase" });
    expect(await draftOf(heir)).toBe("kept");
  });

  test("is asked when all tabs were closed", async () => {
    const first = await browser.openTabAt(OPEN);
    await lockWithPassphrase(first);
    first.close();
    const next = await browser.openTabAt({ phase: "locked", lock: "passphrase" });
    await next.host.unlock(PASSPHRASE);
    await next.reaches(OPEN);
  });

  test("stays closed when the leader dies after it was closed", async () => {
    const leader = await browser.openTabAt(OPEN);
    const other = await browser.openTabAt(OPEN);
    await lockWithPassphrase(leader);
    await leader.host.lock();
    leader.close();
    await other.reaches({ phase: "locked", leader: true });
  });

  test("taken away leaves the device open at the next start", async () => {
    const first = await browser.openTabAt(OPEN);
    await lockWithPassphrase(first);
    await first.host.setLock({ kind: "none" });
    await first.reaches({ lock: "none" });
    first.close();
    await browser.openTabAt({ ...OPEN, lock: "none" });
  });

  test("does nothing on a device that has none", async () => {
    const tab = await browser.openTabAt(OPEN);
    await tab.host.lock();
    expect(tab.state().phase).toBe("open");
  });
});

describe("a duress passphrase", () => {
  const DURESS = { passphrase: "lorem ipsum" };
  const armed = async (): Promise<[TestTab, TestTab]> => {
    const tabs = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)] as [TestTab, TestTab];
    await lockWithPassphrase(tabs[0]);
    await save(tabs[0], "gone soon");
    await tabs[1].reaches({ lock: "passphrase" });
    await tabs[1].host.setDuress({ name: "Camille", ...DURESS });
    return tabs;
  };
  const isCamille = async (tab: TestTab): Promise<void> => {
    await tab.reaches({ ...OPEN, lock: "passphrase" });
    expect(await draftOf(tab)).toBe("");
    expect((await tab.api.read("conversation", { id: "profile" }))?.draft).toBe("Camille");
  };

  test("opens a fresh profile in every tab, and the other one opens nothing any more", async () => {
    const tabs = await armed();
    await tabs[0].host.lock();
    for (const tab of tabs) await tab.reaches({ phase: "locked" });
    await tabs[0].host.unlock(PASSPHRASE);
    expect(await draftOf(tabs[1])).toBe("gone soon");
    await tabs[1].host.lock();
    for (const tab of tabs) await tab.reaches({ phase: "locked" });
    await tabs[1].host.unlock(DURESS);
    for (const tab of tabs) await isCamille(tab);
    expect(tabs.map((tab) => tab.state().isFresh)).toEqual([true, true]);
    for (const tab of tabs) tab.close();
    const next = await browser.openTabAt({ phase: "locked", lock: "passphrase" });
    await expect(next.host.unlock(PASSPHRASE)).rejects.toMatchObject({ code: "passphrase_wrong" });
    await next.host.unlock(DURESS);
    await isCamille(next);
    expect(next.state()).not.toHaveProperty("isFresh");
  });

  test("does the same when a tab asks again for what opens the device, and every tab leaves the old profile", async () => {
    const tabs = await armed();
    const seen = watched(tabs[0]);
    await tabs[0].host.confirm(DURESS);
    for (const tab of tabs) await isCamille(tab);
    await save(tabs[1], "after");
    await expect.poll(() => seen.at(-1)).toBe("after");
  });

  test("that was interrupted after the key was gone is finished by the same passphrase", async () => {
    const tabs = await armed();
    await tabs[0].host.lock();
    for (const tab of tabs) await tab.reaches({ phase: "locked" });
    // The worker ends as soon as it has overwritten the key; the leader gets no request.
    const before = await lockFile();
    const unlocking = tabs[1].host.unlock(DURESS);
    unlocking.catch(() => undefined);
    await expect
      .poll(async () => (await lockFile()).slice(512, 540).join(), { interval: 5 })
      .not.toBe(before.slice(512, 540).join());
    for (const tab of tabs) tab.close();
    const next = await browser.openTabAt({ phase: "locked", lock: "passphrase" });
    await expect(next.host.unlock(PASSPHRASE)).rejects.toMatchObject({ code: "passphrase_wrong" });
    await next.host.unlock(DURESS);
    await isCamille(next);
  });

  test("leaves no byte of the former slot in the private files, and is removed with the profile", async () => {
    const [tab] = await armed();
    const slot = (await lockFile()).slice(512, 1024).join();
    await tab.host.confirm(DURESS);
    await isCamille(tab);
    expect((await lockFile()).slice(512, 1024).join()).not.toBe(slot);
    await tab.host.erase();
    await tab.reaches({ ...OPEN, lock: "none" });
    expect(await lockFilesLeft()).toEqual([`${browser.name}.lock0`]);
  });

  const lockFilesLeft = async (): Promise<string[]> => {
    const left: string[] = [];
    const root = await navigator.storage.getDirectory();
    for await (const [name] of root.entries()) if (name.startsWith(`${browser.name}.lock`)) left.push(name);
    return left.toSorted();
  };

  /** What the file of the present lock has. */
  async function lockFile(): Promise<Uint8Array> {
    const { file } = (await createKeyRecord(browser.name).read()) as { file: number };
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle(`${browser.name}.lock${file}`);
    return new Uint8Array(await (await handle.getFile()).arrayBuffer());
  }
});

describe("wrong passphrases", () => {
  const beWrong = (tab: TestTab) =>
    expect(tab.host.unlock({ passphrase: "not this one" })).rejects.toMatchObject({ code: "passphrase_wrong" });
  const locked = async (): Promise<[TestTab, TestTab]> => {
    const tabs = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)] as [TestTab, TestTab];
    await lockWithPassphrase(tabs[0]);
    await tabs[0].host.lock();
    for (const tab of tabs) await tab.reaches({ phase: "locked" });
    return tabs;
  };

  test("of several tabs count together, and every tab says how long to wait", async () => {
    const [leader, other] = await locked();
    for (const tab of [leader, other, other, leader, other]) await beWrong(tab);
    for (const tab of [leader, other]) {
      await expect.poll(() => tab.state().waitMs, { timeout: 5000 }).toBeGreaterThan(20_000);
      await expect(tab.host.unlock(PASSPHRASE)).rejects.toMatchObject({ code: "passphrase_paused" });
    }
    leader.close();
    await other.reaches({ phase: "locked", leader: true });
    expect(other.state().waitMs).toBeGreaterThan(20_000);
  });

  test("end their pause while a tab is there, and not while none is", async () => {
    const tabs = await locked();
    for (const tab of tabs) tab.close();
    await createKeyRecord(browser.name, "tries").write({ failed: 5, waitMs: 2500 });
    const tab = await browser.openTabAt({ phase: "locked", waitMs: 2500 });
    await expect(tab.host.unlock(PASSPHRASE)).rejects.toMatchObject({ code: "passphrase_paused" });
    await expect.poll(() => tab.state(), { timeout: 10_000 }).not.toHaveProperty("waitMs");
    await tab.host.unlock(PASSPHRASE);
    await tab.reaches(OPEN);
  });
});

describe("erasing", () => {
  test("leaves a new device, in every tab", async () => {
    const tabs = [await browser.openTabAt(OPEN), await browser.openTabAt(OPEN)];
    const [leader, other] = tabs as [TestTab, TestTab];
    await lockWithPassphrase(leader);
    await save(leader, "gone soon");
    await other.host.erase();
    for (const tab of tabs) {
      await tab.reaches({ ...OPEN, lock: "none" });
      expect(await draftOf(tab)).toBe("");
    }
  });

  test("that was interrupted is finished at the next start", async () => {
    const first = await browser.openTabAt(OPEN);
    await save(first, "gone soon");
    await createKeyRecord(browser.name).write({ version: 1, kind: "erasing" } satisfies VaultRecord);
    first.close();
    const next = await browser.openTabAt(OPEN);
    expect(await draftOf(next)).toBe("");
  });
});

describe("what cannot be opened", () => {
  const closedWithData = async (): Promise<void> => {
    const tab = await browser.openTabAt(OPEN);
    await save(tab, "kept");
    tab.close();
  };

  test("for lack of its key fails and stays where it is", async () => {
    await closedWithData();
    await createKeyRecord(browser.name).remove();
    const before = await filesOf(browser.name);
    await browser.openTabAt({ phase: "failed", error: "database_damaged" });
    expect(await filesOf(browser.name)).toEqual(before);
    expect(before["pli.db"]).toBeGreaterThan(0);
  });

  test("because its files are gone fails, and no new profile is begun in silence", async () => {
    await closedWithData();
    const root = await navigator.storage.getDirectory();
    const remove = (): Promise<string> =>
      root.removeEntry(browser.name, { recursive: true }).then(
        () => "gone",
        (error: unknown) => String(error),
      );
    await expect.poll(remove).toBe("gone");
    const tab = await browser.openTabAt({ phase: "failed", error: "database_damaged" });
    await tab.host.erase();
    await tab.reaches(OPEN);
  });

  test("for damage fails and stays where it is", async () => {
    await closedWithData();
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(browser.name);
    const file = await folder.getFileHandle("pli.db");
    const damage = async (): Promise<boolean> => {
      const stream = await file.createWritable({ keepExistingData: true }).catch(() => undefined);
      await stream?.write({ type: "write", position: 0, data: new Uint8Array(4096).fill(1) });
      await stream?.close();
      return stream !== undefined;
    };
    await expect.poll(damage).toBe(true);
    const before = await filesOf(browser.name);
    const tab = await browser.openTabAt({ phase: "failed", error: "database_damaged" });
    expect(await filesOf(browser.name)).toEqual(before);

    await tab.host.erase();
    await tab.reaches(OPEN);
  });
});
