import { describe, expect, test } from "vitest";
import { CAMILLE, GROUP, groupNamed, refuse } from "../fake-api.ts";
import { createFakeWorld } from "../fake-world.ts";
import { bob } from "../people.ts";
import { withGroup } from "./with-group.ts";

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
      ["foundSuccessorGroup", { conversation: GROUP, without: [CAMILLE] }],
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

  test("the only owner reads how to name a successor", async () => {
    const { fake } = withGroup();
    fake.api.leaveGroup = refuse("owner_needed");
    const pli = createFakeWorld({ fake });
    expect(await pli.run("group", "leave", "les", "--json")).toBe(7);
    expect(pli.events()).toMatchObject([{ event: "failed", code: "owner_needed" }]);
    expect(pli.stderr()).toContain("--successor");
  });
});
