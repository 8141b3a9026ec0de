import { describe, expect, test } from "vitest";
import { CAMILLE, GROUP, lineOf, ME, textFrom } from "../fake-api.ts";
import { createFakeWorld, settle } from "../fake-world.ts";
import { camille, bob } from "../people.ts";
import { withGroup, alice } from "./with-group.ts";

describe("messages of a group", () => {
  const inGroup = (id: string, text: string, more = {}) =>
    textFrom(camille, id, text, { conversation: GROUP, fromName: "Camille", ...more });

  test("are sent to it by name, and say how many have them", async () => {
    const { fake } = withGroup();
    const pli = createFakeWorld({ fake });
    expect(await pli.run("send", "les voisins", "hello", "--json")).toBe(0);
    expect(fake.calls).toContainEqual(["sendText", { conversation: GROUP, text: "hello" }]);
    expect(pli.events()).toMatchObject([{ event: "message", contact: null, group: "Les voisins", groupId: GROUP }]);
    fake.data.messages.push(
      inGroup("a", "one", { mine: true, from: ME, state: "sent", delivered: 3 }),
      inGroup("b", "two", { mine: true, from: ME, state: "sent", delivered: 3, read: 2 }),
    );
    await pli.run("messages", "les", "--limit", "2");
    expect(pli.stdout()).toContain("one  ✓✓ delivered to 3");
    expect(pli.stdout()).toContain("two  ✓✓ read by 2");
  });

  test("show their authors, and the history in words", async () => {
    const { fake } = withGroup();
    fake.data.messages.push(
      lineOf({ what: "added", who: [alice] }, 0, { id: bob.id, name: "Bob\u001b[2J" }),
      inGroup("1", "hello"),
    );
    const pli = createFakeWorld({ fake });
    await pli.run("messages", "les");
    expect(pli.stdout()).toContain("· “Bob⟨U+001B⟩[2J” added you.");
    expect(pli.stdout()).toMatch(/\d\d:\d\d {2}Camille: hello/u);
  });

  test("pli listen says in which group", async () => {
    const { fake } = withGroup();
    const pli = createFakeWorld({ fake });
    const ended = pli.run("listen");
    await settle();
    fake.arrive(inGroup("1", "hello"));
    fake.arrive(lineOf({ what: "named", name: "Tous" }, 2, { id: CAMILLE, name: "Camille" }));
    await settle();
    pli.interrupt();
    await ended;
    expect(pli.stdout()).toMatch(
      /Les voisins · Camille: hello\n.*· Les voisins: Camille renamed the group “Tous”\.\n/u,
    );
  });
});
