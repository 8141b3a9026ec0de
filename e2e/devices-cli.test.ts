import { onTestFinished, expect, test } from "vitest";
import { pairHomesOnStore } from "./lib/pair.ts";
import { runPli, startPli, type PliEvent, type PliProcess } from "./lib/pli.ts";
import { temporaryFolder } from "./lib/store-process.ts";

const textsIn = (events: readonly PliEvent[]): string[] =>
  events.flatMap(({ event, text }) => (event === "message" ? [String(text)] : []));

/** Both sides type what the other shows, once both show something. */
async function typeCodes(fresh: PliProcess, old: PliProcess): Promise<void> {
  const [a, b] = await Promise.all([fresh.next("code"), old.next("code")]);
  fresh.type(String(b["say"]));
  old.type(String(a["say"]));
}

/** A new home becomes a device of Alice's. */
async function linkHome(store: string, old: string): Promise<string> {
  const fresh = temporaryFolder("phone");
  const link = startPli(fresh, store, "init", "--link", "--name", "Telephone");
  const add = startPli(old, store, "device", "add", String((await link.next("link"))["link"]));
  expect(await add.next("confirm")).toMatchObject({ name: "Telephone" });
  await typeCodes(link, add);
  const [there, here] = await Promise.all([link.next("linked"), add.next("linked")]);
  expect(there["device"]).toBe(here["device"]);
  expect([await link.ended, await add.ended]).toEqual([0, 0]);
  return fresh;
}

test("two homes of one person and a contact have equal transcripts, read marks and settings", async () => {
  const { store, alice, bob } = await pairHomesOnStore();
  const phone = await linkHome(store.origin, alice);
  const listening = [alice, phone, bob].map((home) => startPli(home, store.origin, "listen"));
  onTestFinished(() => listening.forEach(({ child }) => child.kill()));
  await runPli(phone, store.origin, "send", "Bob", "from the telephone");
  await runPli(alice, store.origin, "send", "Bob", "from the computer");
  await runPli(bob, store.origin, "send", "Alice", "from Bob");
  await listening[2]?.next("message", ({ text }) => text === "from the telephone");
  await listening[2]?.next("message", ({ text }) => text === "from the computer");
  await listening[1]?.next("message", ({ text }) => text === "from Bob");
  await listening[0]?.next("message", ({ text }) => text === "from Bob");
  const [here, there] = [await transcript(alice), await transcript(phone)];
  expect(there.toSorted()).toEqual(here.toSorted());
  expect(here.length).toBe(3);
  await runPli(alice, store.origin, "receipts", "off");
  await runPli(alice, store.origin, "mute", "Bob");
  await expect.poll(() => settingsOf(phone), { timeout: 30_000 }).toEqual([{ event: "receipts", on: false }]);
  const devices = await runPli(phone, store.origin, "device", "list");
  expect(devices.map(({ this: isThis }) => isThis)).toEqual([false, true]);

  async function transcript(home: string): Promise<string[]> {
    return textsIn(await runPli(home, store.origin, "messages", home === bob ? "Alice" : "Bob"));
  }
  function settingsOf(home: string): Promise<PliEvent[]> {
    return runPli(home, store.origin, "receipts");
  }
}, 240_000);

test("a device that is removed says so, and a contact's next text is not for it", async () => {
  const { store, alice, bob } = await pairHomesOnStore();
  const phone = await linkHome(store.origin, alice);
  await runPli(alice, store.origin, "device", "remove", "Telephone");
  await runPli(bob, store.origin, "send", "Alice", "not for the telephone");
  expect(textsIn(await runPli(alice, store.origin, "messages", "Bob"))).toEqual(["not for the telephone"]);
  await expect
    .poll(() => runPli(phone, store.origin, "device", "list"), { timeout: 30_000 })
    .toContainEqual(expect.objectContaining({ this: true, removed: true }));
  expect(textsIn(await runPli(phone, store.origin, "messages", "Bob"))).toEqual([]);
  await expect(runPli(phone, store.origin, "send", "Bob", "still here")).rejects.toThrow("device_removed");
}, 240_000);

test("a stolen home is shut out by the words, and the one that typed them talks on with new keys", async () => {
  const { store, alice, bob } = await pairHomesOnStore();
  const phone = await linkHome(store.origin, alice);
  const [shown] = await runPli(alice, store.origin, "recovery", "show");
  const removal = startPli(alice, store.origin, "device", "remove", "Telephone", "--stolen");
  removal.type(((shown?.["words"] ?? []) as string[]).join(" "));
  expect(await removal.next("removed")).toMatchObject({ device: { name: "Telephone" }, stolen: true, also: [] });
  expect(await removal.ended).toBe(0);
  await runPli(bob, store.origin, "send", "Alice", "not for the thief");
  expect(textsIn(await runPli(alice, store.origin, "messages", "Bob"))).toEqual(["not for the thief"]);
  await runPli(alice, store.origin, "send", "Bob", "by new keys");
  expect(textsIn(await runPli(bob, store.origin, "messages", "Alice"))).toContain("by new keys");
  expect(textsIn(await runPli(phone, store.origin, "messages", "Bob"))).toEqual([]);
}, 240_000);

test.each(["link", "code"] as const)(
  "both sides are killed when they say %s, and go on from there",
  async (step) => {
    const { store, alice, bob } = await pairHomesOnStore();
    const fresh = temporaryFolder("phone");
    const begin = () => startPli(fresh, store.origin, "init", "--link", "--name", "Telephone");
    let link = begin();
    const shown = String((await link.next("link"))["link"]);
    if (step === "link") link = await again(link, begin);
    const open = () => startPli(alice, store.origin, "device", "add", shown);
    let add = open();
    if (step === "link") add = await again(add, open);
    if (step === "code") {
      await Promise.all([link.next("code"), add.next("code")]);
      link = await again(link, begin);
      add = await again(add, open);
    }
    await typeCodes(link, add);
    await Promise.all([link.next("linked"), add.next("linked")]);
    expect([await link.ended, await add.ended]).toEqual([0, 0]);
    await runPli(bob, store.origin, "send", "Alice", "to both");
    expect(textsIn(await runPli(fresh, store.origin, "messages", "Bob"))).toEqual(["to both"]);
  },
  240_000,
);

async function again(pli: PliProcess, start: () => PliProcess): Promise<PliProcess> {
  pli.child.kill("SIGKILL");
  await pli.ended;
  return start();
}
