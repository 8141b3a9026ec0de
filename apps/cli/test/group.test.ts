import type { GroupChange, GroupQuestionView, GroupView, PendingChange, RejoiningView } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { describe, expect, test } from "vitest";
import { changeSentence, timerSentence } from "../src/group/history.ts";
import { createReader } from "../src/naming.ts";
import { splitWords } from "../src/text/split.ts";
import { wordsFor } from "../src/words/index.ts";
import {
  CAMILLE,
  contactNamed,
  createFakeApi,
  GROUP,
  groupNamed,
  lineOf,
  ME,
  NOW,
  refuse,
  textFrom,
} from "./fake-api.ts";
import { createFakeWorld, openFakeChat, settle } from "./fake-world.ts";

const camille = contactNamed("Camille");
const bob = contactNamed("Bob", "b0b00000".padEnd(64, "0"));
const alice = { id: ME, name: "Alice" };
/** What a group is to somebody who only reads it. */
const reader: Partial<GroupView> = { role: "reader", may: { add: false, name: false, rules: false, write: false } };

/** Alice, with these contacts, in a group of her and Camille. */
function withGroup(more: Partial<GroupView> = {}) {
  const fake = createFakeApi();
  fake.data.contacts.push(camille, bob);
  const group = groupNamed("Les voisins", [camille], more);
  fake.data.groups.push(group);
  const wanted = (
    change: PendingChange["wanted"],
    waitsFor: PendingChange["waitsFor"] = "turn",
  ): { change: string } => {
    group.pending.push({ id: "7", wanted: change, since: NOW, waitsFor });
    return { change: "7" };
  };
  /** The change is in effect: the history says so. */
  const inEffect = (...changes: GroupChange[]): void => {
    group.pending.splice(0);
    for (const change of changes) fake.data.messages.push(lineOf(change, fake.data.messages.length + 1, alice));
    fake.changed();
  };
  return { fake, group, wanted, inEffect };
}

describe("pli group: what is asked of the engine", () => {
  const PNG = "iVBORw0KGgo";
  test.each<[string[], [string, unknown]]>([
    [
      ["create", "Club", "cam", "Bob", "--description", "Each week"],
      ["createGroup", { name: "Club", contacts: [CAMILLE, bob.id], description: "Each week" }],
    ],
    [
      ["add", "voisins", "Bob"],
      ["addToGroup", { conversation: GROUP, contacts: [bob.id] }],
    ],
    [
      ["remove", "Les voisins", "Camille"],
      ["removeFromGroup", { conversation: GROUP, members: [CAMILLE] }],
    ],
    [
      ["role", "9a0b", "cam", "admin"],
      ["setRole", { conversation: GROUP, member: CAMILLE, role: "admin" }],
    ],
    [
      ["rename", "les", "Tous", "les", "voisins"],
      ["changeGroup", { conversation: GROUP, name: "Tous les voisins" }],
    ],
    [
      ["describe", "les", "the house"],
      ["changeGroup", { conversation: GROUP, description: "the house" }],
    ],
    [
      ["rules", "les", "--who-adds", "members", "--who-writes", "admins", "--timer", "2w", "--newcomers", "week"],
      [
        "changeGroup",
        { conversation: GROUP, whoAdds: "members", whoWrites: "admins", timer: 1_209_600, newcomersRead: "week" },
      ],
    ],
    [
      ["rules", "les", "--timer", "off"],
      ["changeGroup", { conversation: GROUP, timer: 0 }],
    ],
    [
      ["picture", "les", "/a.png"],
      ["changeGroup", { conversation: GROUP, picture: btoa(PNG) }],
    ],
    [
      ["picture", "les", "none"],
      ["changeGroup", { conversation: GROUP, picture: "" }],
    ],
    [
      ["keys", "les"],
      ["renewGroupKeys", { conversation: GROUP }],
    ],
    [
      ["leave", "les", "--successor", "cam"],
      ["leaveGroup", { conversation: GROUP, successor: CAMILLE }],
    ],
    [
      ["refound", "les", "--without", "Camille"],
      ["refoundGroup", { conversation: GROUP, without: [CAMILLE] }],
    ],
    [
      ["cancel", "les", "7"],
      ["cancelChange", { conversation: GROUP, change: "7" }],
    ],
    [
      ["delete", "les"],
      ["deleteConversation", { conversation: GROUP }],
    ],
  ])("%j", async (argv, call) => {
    const { fake } = withGroup({ name: argv.includes("voisins") && argv[0] === "add" ? "Voisins" : "Les voisins" });
    fake.does.createGroup = () => ({ conversation: GROUP });
    const pli = createFakeWorld({ fake, files: { "/a.png": PNG } });
    expect(await pli.run("group", ...argv, "--no-wait")).toBe(0);
    expect(fake.calls).toEqual([call]);
    expect(fake.watching()).toBe(0);
  });

  test.each([
    [["dance"], "group dance"],
    [["show"], "GROUP"],
    [["add", "les"], "CONTACT"],
    [["role", "les", "cam"], "owner|admin"],
    [["role", "les", "cam", "king"], "king"],
    [["rules", "les", "--timer", "2y"], "--timer"],
    [["rules", "les", "--timer", "9999d"], "--timer"],
    [["rules", "les", "--who-adds", "everyone"], "--who-adds"],
    [["add", "les", "Bob", "--timer", "1d"], "--timer"],
    [["refound", "les", "Camille"], "Camille"],
    [["picture", "les"], "FILE"],
    [["keys", "les", "now"], "now"],
  ])("%j is said to be wrong, and nothing is opened", async (argv, word) => {
    const pli = createFakeWorld({ fake: withGroup().fake });
    expect(await pli.run("group", ...argv)).toBe(2);
    expect(pli.stderr()).toContain(word);
    expect(pli.opened).toEqual([]);
  });

  test.each([
    [["show", "Nobody"], "conversation_unknown", "Les voisins"],
    [["show", "Camille"], "not_a_group", ""],
    [["remove", "les", "Bob"], "member_unknown", ""],
    [["add", "les", "Nobody"], "contact_unknown", ""],
    [["picture", "les", "/missing"], "picture_malformed", "/missing"],
  ])("%j asks for nothing: %s", async (argv, code, advice) => {
    const { fake } = withGroup();
    const pli = createFakeWorld({ fake });
    expect(await pli.run("group", ...argv, "--json")).toBe(code === "picture_malformed" ? 2 : 4);
    expect(pli.events()).toMatchObject([{ event: "failed", code }]);
    expect(pli.stderr()).toContain(advice);
    expect(fake.calls).toEqual([]);
  });

  test("a name that several have is an error with the choices", async () => {
    const { fake } = withGroup();
    fake.data.groups.push(groupNamed("Les cousins", [bob], { id: "c0c0".padEnd(32, "a") }));
    const pli = createFakeWorld({ fake });
    expect(await pli.run("group", "keys", "les")).toBe(4);
    expect(pli.stderr()).toContain("Les voisins (9a0beeee), Les cousins (c0c0aaaa)");
    expect(fake.calls).toEqual([]);
  });

  test("the only owner is told how to name a successor", async () => {
    const { fake } = withGroup();
    fake.api.leaveGroup = refuse("owner_needed");
    const pli = createFakeWorld({ fake });
    expect(await pli.run("group", "leave", "les", "--json")).toBe(7);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "owner_needed" }]);
    expect(pli.stderr()).toContain("--successor");
  });
});

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
        inEffect({ what: "dropped", wanted: { kind: "remove", who: [camille] }, why: "not_allowed" });
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
      inEffect({ what: "dropped", wanted: { kind: "remove", who: [camille] }, why: "not_allowed" });
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

describe("pli group: what is shown", () => {
  const full = () =>
    withGroup({
      description: "The house\u001b[2J",
      timer: 86_400,
      picture: "a".repeat(40_000),
      pending: [
        { id: "7", wanted: { kind: "add", who: [{ id: bob.id, name: "Bob" }] }, since: NOW, waitsFor: "contact" },
      ],
      jammed: { suspects: [{ id: CAMILLE, name: "Camille" }], mayRefound: true },
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
    const pending = [{ id: "7", wanted: { kind: "leave" as const }, since: NOW, waitsFor: "turn" as const }];
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

describe("the history in words", () => {
  const by = { mine: false, from: CAMILLE, fromName: "Camille" };
  const nobody = { mine: false, from: "", fromName: "" };
  const mine = { mine: true, from: ME, fromName: "Alice" };
  const who = [
    { id: bob.id, name: "Bob" },
    { id: CAMILLE, name: "Camille" },
  ];
  const say = (line: typeof by, change: GroupChange, language: "fr" | "en" = "en"): string =>
    changeSentence(
      wordsFor(language),
      line,
      change,
      createReader({ profile: { id: ME, name: "Alice", createdAt: NOW }, contacts: [] }),
    );

  test("says who did what to whom, with nobody named where nobody can be", () => {
    expect(say(by, { what: "removed", who })).toBe("Camille removed Bob and Camille from the group.");
    expect(say(mine, { what: "removed", who })).toBe("You removed Bob and Camille from the group.");
    expect(say(nobody, { what: "removed", who })).toBe("Removed from the group: Bob and Camille.");
    expect(say(by, { what: "removed", who: [alice] })).toMatch(/^Camille removed you from the group\./u);
    expect(say(by, { what: "role", who: alice, role: "admin" })).toBe("Camille gave you the role of admin.");
    expect(say(by, { what: "left", who: [alice] })).toBe("You left the group.");
    expect(say(by, { what: "left", who }, "fr")).toBe("Bob et Camille ont quitté le groupe.");
    expect(say(mine, { what: "timer", seconds: 7_200 }, "fr")).toBe(
      "Vous avez changé une règle\u202f: les messages disparaissent au bout de 2 heures.",
    );
    expect(say(by, { what: "unopened" })).toMatch(/^Camille made a change that this device could not read\./u);
    expect(say(nobody, { what: "unopened" }, "fr")).toMatch(/^Cet appareil n’a pas pu lire un changement du groupe\./u);
    expect(say(by, { what: "notRemoved" }, "fr")).toMatch(
      /^Camille a voulu vous retirer du groupe, mais .* ne compte pas/u,
    );
    expect(say(mine, { what: "dropped", wanted: { kind: "add", who }, why: "group_full" })).toMatch(
      /^Not done: add Bob and Camille\. [A-Z]/u,
    );
  });

  test("has a sentence for every change, in both languages, whoever did it", () => {
    const changes: GroupChange[] = [
      { what: "created", name: "Club" },
      { what: "joined" },
      { what: "added", who },
      { what: "removed", who },
      { what: "left", who },
      { what: "named", name: "Club" },
      { what: "described" },
      { what: "pictured" },
      { what: "role", who: camille, role: "reader" },
      { what: "whoAdds", value: "members" },
      { what: "whoWrites", value: "admins" },
      { what: "timer", seconds: 0 },
      { what: "newcomersRead", value: "week" },
      { what: "refounded", without: [] },
      { what: "refounded", without: who },
      { what: "forkRepaired" },
      { what: "ignored" },
      { what: "unopened" },
      { what: "notRemoved" },
      { what: "dropped", wanted: { kind: "refound", without: who }, why: "not_allowed" },
      { what: "dropped", wanted: { kind: "leave" }, why: "not_allowed" },
    ];
    for (const language of ["fr", "en"] as const)
      for (const line of [by, nobody, mine])
        for (const change of changes) expect(say(line, change, language)).toMatch(/^\p{Lu}.*\.$/u);
  });

  test("counts people where there are many, and times in their largest whole unit", () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ id: `${i}`, name: `N${i}` }));
    expect(say(mine, { what: "added", who: many })).toContain("N11 and 28 others");
    expect(timerSentence(wordsFor("en"), 90)).toContain("90 seconds");
    expect(timerSentence(wordsFor("en"), 604_800)).toBe("messages disappear after one week");
    expect(timerSentence(wordsFor("fr"), 86_400)).toBe("les messages disparaissent au bout d’un jour");
  });
});

test("words of a line are split as people write them", () => {
  expect(splitWords('create "Les voisins" Camille')).toEqual(["create", "Les voisins", "Camille"]);
  expect(splitWords("add « Bob Martin » “Zoé”  x")).toEqual(["add", "Bob Martin", "Zoé", "x"]);
  expect(splitWords("  ")).toEqual([]);
});

const invited = (more: Partial<GroupQuestionView> = {}): GroupQuestionView => ({
  id: "beefcafe".padEnd(32, "0"),
  from: { id: CAMILLE, name: "Camille" },
  why: "offered",
  at: NOW,
  name: "Chorale",
  members: 12,
  until: NOW + 14 * 86_400_000,
  ...more,
});

function withQuestion(more: Partial<GroupQuestionView> = {}) {
  const { fake } = withGroup();
  fake.data.questions.push(invited(more));
  return fake;
}

describe("pli group: what others ask", () => {
  test("is said whole, with what a yes would do and how to answer, on one line each", async () => {
    const pli = createFakeWorld({ fake: withQuestion({ name: "Cho\nrale", store: "https://store.example" }) });
    await pli.run("group", "questions");
    const [title = "", ...lines] = pli.stdout().trimEnd().split("\n");
    expect(title).toMatch(/^beefcafe {2}Camille invites you to the group “Cho⟨U\+000A⟩rale”\.$/u);
    expect(lines).toEqual([
      "  Camille says: 12 people are in it.",
      "  If you accept, this device will connect to https://store.example, which it does not know.",
      "  pli group accept beefcafe, or pli group decline beefcafe",
    ]);
    const none = createFakeWorld();
    await none.run("group", "questions");
    expect(none.stdout()).toBe("Nobody asks you to come into a group.\n");
  });

  test("names who asks so that nobody takes them for somebody else of that name", async () => {
    const fake = withQuestion();
    const [first] = fake.data.contacts;
    if (first === undefined) throw new Error("no contact");
    fake.data.contacts.push({ ...first, id: "bad0bad0".repeat(8), name: "Camille", ownName: "Camille" });
    const pli = createFakeWorld({ fake });
    await pli.run("group", "questions");
    expect(pli.stdout()).toMatch(/Camille \[[0-9a-f]{8}\] invites you/u);
  });

  test("stands in the list of groups, and in what listens", async () => {
    const pli = createFakeWorld({ fake: withQuestion() });
    await pli.run("group");
    expect(pli.stdout()).toContain("Les voisins");
    expect(pli.stdout()).toContain("Camille invites you to the group “Chorale”.");
    const listening = createFakeWorld({ fake: withQuestion() });
    const ended = listening.run("listen", "--json");
    await settle();
    expect(listening.events()).toMatchObject([{ event: "question", name: "Chorale", store: null, private: false }]);
    listening.interrupt();
    await ended;
  });

  test("cannot be accepted where the address lies within a network", async () => {
    const pli = createFakeWorld({ fake: withQuestion({ store: "http://10.0.0.1", isPrivate: true }) });
    await pli.run("group", "questions");
    expect(pli.stdout()).not.toContain("pli group accept");
    expect(pli.stdout()).toContain("pli group decline beefcafe");
  });

  test("is accepted by the name of the group, and waited for", async () => {
    const fake = withQuestion();
    fake.does.answerGroupQuestion = () => void fake.data.groups.push({ ...groupNamed("Chorale", [camille]), id: "c0" });
    const pli = createFakeWorld({ fake });
    expect(await pli.run("group", "accept", "chorale", "--json")).toBe(0);
    expect(fake.calls).toContainEqual(["answerGroupQuestion", { question: invited().id, accept: true }]);
    expect(pli.events()).toMatchObject([{ event: "answer", accept: true, state: "done", group: "Chorale" }]);
  });

  test("Ctrl-C ends the waiting; without waiting it is done at once", async () => {
    const pli = createFakeWorld({ fake: withQuestion() });
    const ended = pli.run("group", "accept", "beef", "--json");
    await settle();
    pli.interrupt();
    expect(await ended).toBe(130);
    expect(pli.events()).toMatchObject([{ event: "answer", accept: true, state: "wanted" }]);
    const quick = createFakeWorld({ fake: withQuestion() });
    expect(await quick.run("group", "accept", "beef", "--no-wait")).toBe(0);
  });

  test("is declined; and what is none is a failure", async () => {
    const fake = withQuestion();
    const pli = createFakeWorld({ fake });
    expect(await pli.run("group", "decline", "Chorale")).toBe(0);
    expect(fake.calls).toContainEqual(["answerGroupQuestion", { question: invited().id, accept: false }]);
    expect(await pli.run("group", "accept", "Budget", "--json")).toBe(7);
    expect(pli.stdout()).toContain('"code":"question_unknown"');
  });

  test("can be turned off, and on again", async () => {
    const fake = withQuestion();
    fake.does.changeSettings = (change: object) => void Object.assign(fake.data.settings, change);
    const pli = createFakeWorld({ fake });
    await pli.run("group", "asking", "off");
    expect(pli.stdout()).toBe("Contacts add you to groups without asking.\n");
    pli.clear();
    await pli.run("group", "asking", "--json");
    expect(pli.events()).toEqual([{ event: "asking", on: false }]);
    expect(await pli.run("group", "asking", "maybe")).toBe(2);
  });
});

describe("groups in the chat", () => {
  async function openChat(prepare: ReturnType<typeof withGroup>) {
    const pli = await openFakeChat(prepare.fake, { columns: 100, rows: 40 });
    const enter = async (text: string): Promise<void> => {
      for (const character of text) pli.press({ text: character });
      pli.press({ name: "return" });
      await settle();
    };
    return { ...pli, enter, screen: pli.drawn };
  }

  test("the thread shows authors and history, the page who is in it; Escape leads back", async () => {
    const prepared = withGroup();
    prepared.fake.data.messages.push(
      lineOf({ what: "joined" }, 0, { id: CAMILLE, name: "Camille" }),
      textFrom(camille, "1", "hello", { conversation: GROUP }),
    );
    const chat = await openChat(prepared);
    expect(chat.screen()).toContain("Camille: hello");
    await chat.enter("voisins");
    expect(chat.screen()).toContain("You are in the group, invited by Camille.");
    expect(chat.screen()).toContain("Camille: hello");
    expect(chat.screen()).toContain("2 members");
    await chat.enter("/group");
    expect(chat.screen()).toContain("Alice (you)");
    chat.press({ name: "escape" });
    expect(chat.screen()).toContain("Camille: hello");
  });

  test("/group with words after it is the command, about the open group", async () => {
    const prepared = withGroup();
    const chat = await openChat(prepared);
    await chat.enter("voisins");
    await chat.enter("/group add Bob");
    expect(chat.fake.calls).toContainEqual(["addToGroup", { conversation: GROUP, contacts: [bob.id] }]);
    expect(chat.screen()).toContain("It is on its way.");
    await chat.enter("/group role cam king");
    expect(chat.screen()).toContain("king: this value is not possible. Possible: owner, admin, member, reader.");
    prepared.fake.api.renewGroupKeys = () => Promise.reject(new PliError("not_in_group"));
    await chat.enter("/group keys");
    expect(chat.screen()).toMatch(/[Gg]roup/u);
    await chat.enter("/name X");
    expect(chat.screen()).toContain("This goes with a contact.");
  });

  test("where this device cannot go on, the thread says for whom it waits, and /group leave is done at once", async () => {
    const rejoining = { since: NOW, waitsFor: [camille, bob], answered: [], refusedBy: [] };
    const prepared = withGroup({ state: "rejoining", rejoining });
    prepared.fake.does.leaveGroup = () => void (prepared.group.state = "left");
    const chat = await openChat(prepared);
    await chat.enter("voisins");
    expect(chat.screen()).toContain("Waiting for one of: Camille, Bob. See /group.");
    expect(chat.screen()).toContain("being set up again; what you write waits");
    await chat.enter("/group leave");
    expect(chat.fake.calls).toContainEqual(["leaveGroup", { conversation: GROUP }]);
    expect(chat.screen()).toContain("You are no longer in the group.");
    expect(chat.screen()).not.toContain("It is on its way.");
  });

  test("the chat tells a reader that they only read, also while this device is coming back", async () => {
    const rejoining = { since: NOW, waitsFor: [], answered: [], refusedBy: [] };
    const chat = await openChat(withGroup({ ...reader, state: "rejoining", rejoining }));
    await chat.enter("voisins");
    expect(chat.screen()).toContain("You read this group, without writing in it.");
    expect(chat.screen()).toContain("Nobody you know in this group can be asked.");
    expect(chat.screen()).not.toContain("what you write waits");
  });

  test("what others ask stands above the list; /group accept and /group decline answer it", async () => {
    const prepared = withGroup();
    prepared.fake.data.questions.push(invited(), invited({ id: "0badf00d".padEnd(32, "0"), name: "Budget" }));
    const chat = await openChat(prepared);
    expect(chat.screen()).toContain("Camille invites you to the group “Chorale”.");
    expect(chat.screen()).toContain("/group accept beefcafe");
    expect(chat.screen()).toMatch(/more question waits\./u);
    await chat.enter("/group accept Chorale");
    expect(chat.screen()).toContain("Accepted.");
    await chat.enter("/group decline 0bad");
    expect(chat.fake.calls).toContainEqual([
      "answerGroupQuestion",
      { question: "0badf00d".padEnd(32, "0"), accept: false },
    ]);
  });

  test("/group create founds one and opens it", async () => {
    const prepared = withGroup();
    prepared.fake.does.createGroup = () => ({ conversation: GROUP });
    const chat = await openChat(prepared);
    await chat.enter('/group create "Les voisins" Camille Bob');
    expect(chat.fake.calls[0]).toEqual(["createGroup", { name: "Les voisins", contacts: [CAMILLE, bob.id] }]);
    expect(chat.screen()).toContain("2 members");
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
    const toldBy = { id: CAMILLE, name: "Camille" };
    fake.data.messages.push(textFrom(bob, "m1", "hello", { conversation: GROUP, toldBy }));
    const pli = createFakeWorld({ fake });
    await pli.run("messages", "Les voisins");
    expect(pli.stdout()).toContain("Bob: hello  (passed on by Camille)");
    const json = createFakeWorld({ fake });
    await json.run("messages", "Les voisins", "--json");
    expect(json.events()).toMatchObject([{ from: "Bob", toldBy: "Camille", toldById: CAMILLE }]);
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
