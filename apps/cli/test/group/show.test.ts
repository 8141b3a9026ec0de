import type { GroupView, RejoiningView } from "@pli/engine/api";
import { describe, expect, test } from "vitest";
import { CAMILLE, GROUP, NOW, textFrom } from "../fake-api.ts";
import { createFakeWorld } from "../fake-world.ts";
import { bob } from "../people.ts";
import { withGroup, reader } from "./with-group.ts";

describe("pli group: what is shown", () => {
  const full = () =>
    withGroup({
      description: "The house\u001b[2J",
      timer: 86_400,
      picture: "a".repeat(40_000),
      pending: [
        { id: "7", operation: { kind: "add", who: [{ id: bob.id, name: "Bob" }] }, since: NOW, waitsFor: "contact" },
      ],
      blocked: { suspects: [{ id: CAMILLE, name: "Camille" }], mayFound: true },
    });

  test("a group: who is in it, its rules, what is on its way, and who blocks it", async () => {
    const pli = createFakeWorld({ fake: full().fake });
    expect(await pli.run("group", "show", "les")).toBe(0);
    const shown = pli.stdout();
    for (const text of [
      "Les voisins  9a0beeee  owner",
      "It seems to come from Camille.",
      "The house⟨U+001B⟩[2J",
      "Alice (you)",
      "●●●  Camille      c0ffee00  member",
      "only owners and admins add members",
      "messages disappear after one day",
      "a picture of",
      "7  add Bob",
    ])
      expect(shown).toContain(text);
    expect(shown).not.toContain("\u001b");
  });

  test("in JSON, whole but for the picture's bytes", async () => {
    const pli = createFakeWorld({ fake: full().fake });
    await pli.run("group", "show", "les", "--json");
    expect(pli.events()).toMatchObject([
      {
        event: "group",
        name: "Les voisins",
        id: GROUP,
        picture: true,
        role: "owner",
        timer: 86_400,
        members: [
          { name: "Alice", self: true, role: "owner" },
          { name: "Camille", id: CAMILLE, level: 3, contact: true },
        ],
        pending: [{ change: "7", waitsFor: "contact" }],
        jammed: [{ id: CAMILLE, name: "Camille" }],
      },
    ]);
  });

  const [anna, boris] = [
    { id: CAMILLE, name: "Anna" },
    { id: bob.id, name: "Boris" },
  ];
  const stopped = (more: Partial<RejoiningView>, about: Partial<GroupView> = {}) =>
    withGroup({
      state: "rejoining",
      rejoining: { since: NOW, waitsFor: [], answered: [], refusedBy: [], ...more },
      ...about,
    });

  test.each<[string, Partial<RejoiningView>, string[], string[]]>([
    [
      "several are waited for",
      { waitsFor: [anna, boris], by: { id: "e".repeat(64), name: "Mallory" } },
      ["after a change made by Mallory. Waiting for one of: Anna, Boris.", "It is enough that one of them opens Pli."],
      ["après un changement fait par Mallory. En attente de l’un d’entre eux\u202f: Anna, Boris.", "ouvre Pli."],
    ],
    ["one is waited for", { waitsFor: [anna] }, ["Waiting for Anna.", "only have to open Pli"], ["Pli attend Anna."]],
    [
      "all have answered",
      { answered: [anna, boris] },
      ["Anna and Boris have answered."],
      ["Anna et Boris ont répondu."],
    ],
    [
      "nobody can be asked",
      {},
      ["Nobody you know in this group can be asked.", "pli group leave"],
      ["ne connaissez personne"],
    ],
    [
      "one says that we are out, another is waited for",
      { refusedBy: [anna], waitsFor: [boris] },
      ["Anna says that you are no longer in this group. Waiting for Boris.", "pli group delete GROUP"],
      ["Anna dit que vous ne faites plus partie de ce groupe. Pli attend Boris.", "pli group delete GROUPE"],
    ],
  ])("while this device cannot go on in it: %s", async (_, rejoining, english, french) => {
    for (const [LANG, texts] of [
      ["en_GB", english],
      ["fr_FR", french],
    ] as const) {
      const pli = createFakeWorld({ fake: stopped(rejoining).fake, env: { LANG } });
      expect(await pli.run("group", "show", "les")).toBe(0);
      for (const text of texts) expect(pli.stdout()).toContain(text);
    }
  });

  test("while this device cannot go on in it, nothing waits its turn, and nothing of a reader waits", async () => {
    const pending = [{ id: "7", operation: { kind: "leave" as const }, since: NOW, waitsFor: "turn" as const }];
    const pli = createFakeWorld({ fake: stopped({ waitsFor: [anna] }, { pending, ...reader }).fake });
    await pli.run("group", "show", "les");
    expect(pli.stdout()).toContain("waiting until the group is set up again here");
    expect(pli.stdout()).not.toContain("its turn");
    expect(pli.stdout()).not.toContain("what you write");
    const list = createFakeWorld({ fake: stopped({}, reader).fake });
    await list.run("group");
    expect(list.stdout()).toContain("2 members, read only, being set up again\n");
  });

  test("while this device cannot go on in it, in JSON", async () => {
    const pli = createFakeWorld({ fake: stopped({ waitsFor: [anna], refusedBy: [boris] }).fake });
    await pli.run("group", "show", "les", "--json");
    const rejoining = { since: NOW, by: null, waitsFor: [anna], answered: [], refusedBy: [boris] };
    expect(pli.events()).toMatchObject([{ state: "rejoining", rejoining }]);
  });

  test("without a word after it, pli group lists them", async () => {
    const pli = createFakeWorld({ fake: withGroup().fake });
    await pli.run("group");
    expect(pli.stdout()).toBe("Les voisins  9a0beeee  2 members, owner\n");
    const none = createFakeWorld();
    await none.run("group");
    expect(none.stdout()).toContain("pli group create");
  });
});

describe("what a group is like, where it is named", () => {
  test("its contacts are listed with it", async () => {
    const pli = createFakeWorld({ fake: withGroup().fake });
    expect(await pli.run("contacts")).toBe(0);
    expect(pli.stdout()).toMatch(/Camille .*in common: Les voisins/u);
    expect(pli.stdout()).not.toMatch(/Bob .*in common/u);
    const json = createFakeWorld({ fake: withGroup().fake });
    await json.run("contacts", "--json");
    expect(json.events().map(({ groups }) => groups)).toEqual([[{ name: "Les voisins", id: GROUP }], []]);
  });

  test("that its messages disappear is said in the list", async () => {
    const pli = createFakeWorld({ fake: withGroup({ timer: 604_800 }).fake });
    expect(await pli.run("group")).toBe(0);
    expect(pli.stdout()).toContain("messages disappear after one week");
    const json = createFakeWorld({ fake: withGroup({ timer: 604_800 }).fake });
    await json.run("group", "--json");
    expect(json.events()).toMatchObject([{ event: "group", timer: 604_800 }]);
  });

  test("who passed a message on is said beside it", async () => {
    const fake = withGroup().fake;
    const fromRosterOf = { id: CAMILLE, name: "Camille" };
    fake.data.messages.push(textFrom(bob, "m1", "hello", { conversation: GROUP, fromRosterOf }));
    const pli = createFakeWorld({ fake });
    await pli.run("messages", "Les voisins");
    expect(pli.stdout()).toContain("Bob: hello  (passed on by Camille)");
    const json = createFakeWorld({ fake });
    await json.run("messages", "Les voisins", "--json");
    expect(json.events()).toMatchObject([{ from: "Bob", toldBy: "Camille", toldById: CAMILLE }]);
  });
});
