import { describe, expect, test } from "vitest";
import { CAMILLE, GROUP, lineOf } from "../fake-api.ts";
import { createFakeWorld, settle } from "../fake-world.ts";
import { camille, bob } from "../people.ts";
import { withGroup, alice } from "./with-group.ts";

describe("pli group: until it is in effect", () => {
  test("it waits, says for what, and then what happened", async () => {
    const { fake, wanted, inEffect } = withGroup();
    fake.does.addToGroup = () => wanted({ kind: "add", who: [{ id: bob.id, name: "Bob" }] }, "contact");
    const pli = createFakeWorld({ fake });
    let code: number | undefined;
    const ended = pli.run("group", "add", "les", "Bob").then((exit) => (code = exit));
    await settle();
    expect(code).toBeUndefined();
    expect(pli.stderr()).toContain("Waiting for a device to come on line");
    inEffect({ what: "added", who: [{ id: bob.id, name: "Bob" }] });
    await ended;
    expect([code, pli.stdout()]).toEqual([0, "You added Bob.\n"]);
    expect(fake.watching()).toBe(0);
  });

  test("in JSON: waiting, the lines of the history, done", async () => {
    const { fake, wanted, inEffect } = withGroup();
    fake.data.messages.push(lineOf({ what: "described" }, 0, alice));
    fake.does.setRole = () => wanted({ kind: "role", who: camille, role: "admin" });
    const pli = createFakeWorld({ fake });
    const ended = pli.run("group", "role", "les", "cam", "admin", "--json");
    await settle();
    inEffect({ what: "role", who: { id: CAMILLE, name: "Camille" }, role: "admin" });
    expect(await ended).toBe(0);
    expect(pli.events()).toMatchObject([
      { event: "change", group: "Les voisins", groupId: GROUP, change: "7", state: "waiting", waitsFor: "turn" },
      { event: "notice", kind: "change", change: { what: "role", role: "admin" }, group: "Les voisins", mine: true },
      { event: "change", change: "7", state: "done" },
    ]);
  });

  test("what leaves no line in the history is said all the same", async () => {
    const { fake, wanted, inEffect } = withGroup();
    fake.does.renewGroupKeys = () => wanted({ kind: "keys" });
    const pli = createFakeWorld({ fake, env: { LANG: "fr_FR" } });
    const ended = pli.run("group", "keys", "les");
    await settle();
    inEffect();
    expect(await ended).toBe(0);
    expect(pli.stdout()).toBe("Les clés de cet appareil dans ce groupe sont nouvelles.\n");
  });

  test("a change that was dropped is a failure with its reason, even when it never was seen waiting", async () => {
    for (const seen of [true, false]) {
      const { fake, wanted, inEffect } = withGroup();
      const drop = (): void =>
        inEffect({ what: "dropped", operation: { kind: "remove", who: [camille] }, why: "not_allowed" });
      fake.does.removeFromGroup = () => {
        const made = wanted({ kind: "remove", who: [camille] });
        if (!seen) drop();
        return made;
      };
      const pli = createFakeWorld({ fake });
      const ended = pli.run("group", "remove", "les", "Camille", "--json");
      await settle();
      if (seen) drop();
      expect(await ended).toBe(7);
      expect(pli.events().at(-1)).toMatchObject({ event: "failed", code: "not_allowed" });
      expect(fake.calls.at(-1)).toEqual(["forgetMessage", { message: "line1" }]);
    }
  });

  test("a change that was dropped while nobody waited for it keeps its line: nothing else says so", async () => {
    const { fake, wanted, inEffect } = withGroup();
    fake.does.removeFromGroup = () => {
      const made = wanted({ kind: "remove", who: [camille] });
      inEffect({ what: "dropped", operation: { kind: "remove", who: [camille] }, why: "not_allowed" });
      return made;
    };
    const pli = createFakeWorld({ fake });
    expect(await pli.run("group", "remove", "les", "Camille", "--no-wait")).toBe(0);
    expect(fake.calls.map(([name]) => name)).not.toContain("forgetMessage");
  });

  test("Ctrl-C stops the waiting, not the change", async () => {
    const { fake, group, wanted } = withGroup();
    fake.does.renewGroupKeys = () => wanted({ kind: "keys" }, "store");
    const pli = createFakeWorld({ fake });
    const ended = pli.run("group", "keys", "les");
    await settle();
    pli.interrupt();
    expect(await ended).toBe(130);
    expect(pli.stderr()).toContain("It stays wanted");
    expect(group.pending).toHaveLength(1);
    expect(fake.watching()).toBe(0);
  });

  test("leaving is in effect when the group says so", async () => {
    const { fake, group, wanted } = withGroup();
    fake.does.leaveGroup = () => void wanted({ kind: "leave" }, "store");
    const pli = createFakeWorld({ fake });
    const ended = pli.run("group", "leave", "les");
    await settle();
    Object.assign(group, { state: "left", pending: [] });
    fake.data.messages.push(lineOf({ what: "left", who: [alice] }, 1, alice));
    fake.changed();
    expect(await ended).toBe(0);
    expect(pli.stdout()).toBe("You left the group.\n");
  });

  test("founding waits until everyone asked is in it", async () => {
    const { fake, inEffect, wanted } = withGroup({ name: "Club" });
    fake.does.createGroup = () => {
      fake.data.messages.push(lineOf({ what: "created", name: "Club" }, 0, alice));
      wanted({ kind: "add", who: [camille] });
      return { conversation: GROUP };
    };
    const pli = createFakeWorld({ fake });
    const ended = pli.run("group", "create", "Club", "Camille");
    await settle();
    inEffect({ what: "added", who: [camille] });
    expect(await ended).toBe(0);
    expect(pli.stdout()).toBe("You created the group “Club”.\nYou added Camille.\n");
  });
});

describe("a change is done when the others can act on it", () => {
  test.each([
    [0, "done"],
    [2, "wanted"],
  ])("with %i notes of it that have not left it is %s", async (stays, state) => {
    const { fake } = withGroup();
    const { waiting } = fake.data.status;
    waiting.notes = 1;
    fake.does.addToGroup = () => {
      waiting.notes += 3;
      return { change: "7" };
    };
    fake.does.drain = () => void (waiting.notes = 1 + stays);
    const pli = createFakeWorld({ fake });
    expect(await pli.run("group", "add", "Les voisins", "Bob", "--json")).toBe(0);
    expect(pli.events().filter(({ event }) => event === "change")).toMatchObject([{ change: "7", state }]);
  });
});
