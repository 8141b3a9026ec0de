import { PliError } from "@pli/engine/errors";
import { expect, test } from "vitest";
import { createFakeApi } from "../fake-api.ts";
import { createFakeWorld } from "../fake-world.ts";

const device = (id: string, name: string, isThis = false) => ({
  id: id.repeat(32),
  name,
  addedAt: 7,
  addedBy: "a".repeat(32),
  lastSeen: 7,
  isThis,
  isRemoved: false,
});
const DEVICES = [device("a", "Computer", true), device("b", "Telephone"), device("c", "Tablet")];

function createPli(lines: string[] = []) {
  const fake = createFakeApi();
  fake.data.devices = DEVICES;
  return createFakeWorld({ fake, lines });
}

test("the list says which device let each one in", async () => {
  const pli = createPli();
  expect(await pli.run("device", "list", "--json")).toBe(0);
  expect(pli.events()).toMatchObject([{ name: "Computer" }, { addedBy: "a".repeat(32) }, { addedBy: "a".repeat(32) }]);
  const said = createPli();
  await said.run("device", "list");
  expect(said.stdout().match(/“Computer”/gu)).toHaveLength(2);
});

test("the list says when each was last seen, and warns of one that was off for long", async () => {
  const pli = createPli();
  const away = { lastSeen: 0, backBy: 86_400_000 * 30 };
  pli.fake.data.devices = DEVICES.map((one) => ({ ...one, ...(!one.isThis && away) }));
  expect(await pli.run("device", "list", "--json")).toBe(0);
  expect(pli.events()).toMatchObject([{ lastSeen: 7 }, { lastSeen: 0, backBy: 2_592_000_000 }, { lastSeen: 0 }]);
  expect(pli.events()[0]).not.toHaveProperty("backBy");
  const said = createPli();
  said.fake.data.devices = pli.fake.data.devices;
  await said.run("device", "list");
  expect(said.stdout().match(/last seen on/gu)).toHaveLength(2);
  expect(said.stdout()).toContain("“Telephone” has not been used for a long time");
});

test("the list says since when this device waits for another one, and that it is let in", async () => {
  const pli = createPli();
  const listed = async (step: "asked" | "entering"): Promise<string> => {
    pli.clear();
    pli.fake.data.devices = DEVICES.map((one) => (one.isThis ? { ...one, returning: { since: 7, step } } : one));
    await pli.run("device", "list");
    return pli.stdout();
  };
  expect(await listed("asked")).toContain("it has been waiting for one of them to run Pli");
  expect(await listed("entering")).toContain("this one is let in again");
  pli.clear();
  await pli.run("device", "list", "--json");
  expect(pli.events()[0]).toMatchObject({ returning: { since: 7, step: "entering" } });
  expect(pli.events()[1]).not.toHaveProperty("returning");
});

test("a device that is to come in is listed with the way to stop it, which names it", async () => {
  const pli = createPli();
  const coming = { id: "d".repeat(32), name: "Stranger", until: 86_400_000, by: "a".repeat(32) };
  pli.fake.data.comingDevices = [coming];
  await pli.run("device", "list");
  expect(pli.stdout()).toContain("“Stranger” is to become one of your devices");
  expect(pli.stdout()).toContain("pli device cancel dddd");
  expect(await pli.run("device", "cancel", "Stranger")).toBe(0);
  expect(pli.fake.calls).toContainEqual(["cancelDevice", { device: coming.id }]);
  expect(await pli.run("device", "cancel", "Nobody")).not.toBe(0);
});

test("a stolen device is removed by the words as a line, and what it had added is named", async () => {
  const pli = createPli(["all the words"]);
  const asked: unknown[] = [];
  pli.fake.does.declareStolen = (how: object) => {
    asked.push(how);
    return { out: ["b".repeat(32), "c".repeat(32)] };
  };
  expect(await pli.run("device", "remove", "Telephone", "--stolen", "--json")).toBe(0);
  expect(asked).toEqual([{ device: "b".repeat(32), words: "all the words" }]);
  expect(pli.events()).toMatchObject([
    { event: "removed", stolen: true, device: { name: "Telephone" }, also: [{ name: "Tablet" }] },
  ]);
});

test("wrong words and used up keys are said by their codes, and no words without a line", async () => {
  const wrong = createPli(["words of Bob"]);
  wrong.fake.does.declareStolen = () => ({ code: "recovery_words_of_another" });
  expect(await wrong.run("device", "remove", "Telephone", "--stolen", "--json")).not.toBe(0);
  expect(wrong.events()).toMatchObject([{ event: "failed", code: "recovery_words_of_another" }]);
  const late = createPli(["all the words"]);
  late.fake.does.declareStolen = () => Promise.reject(new PliError("recovery_used_up"));
  expect(await late.run("device", "remove", "Telephone", "--stolen", "--json")).not.toBe(0);
  expect(late.events()).toMatchObject([{ event: "failed", code: "recovery_used_up" }]);
  const none = createPli();
  expect(await none.run("device", "remove", "Telephone", "--stolen", "--json")).not.toBe(0);
  expect(none.events()).toMatchObject([{ event: "failed", code: "recovery_words_missing" }]);
});
