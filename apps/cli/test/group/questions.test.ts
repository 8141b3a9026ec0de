import type { GroupQuestionView } from "@pli/engine/api";
import { describe, expect, test } from "vitest";
import { groupNamed } from "../fake-api.ts";
import { createFakeWorld, settle } from "../fake-world.ts";
import { camille } from "../people.ts";
import { withGroup, invited } from "./with-group.ts";

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
