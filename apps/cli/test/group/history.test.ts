import type { GroupChange } from "@pli/engine/api";
import { describe, expect, test } from "vitest";
import { changeSentence, timerSentence } from "../../src/group/history.ts";
import { createReader } from "../../src/naming.ts";
import { wordsFor } from "../../src/words/index.ts";
import { CAMILLE, ME, NOW } from "../fake-api.ts";
import { camille, bob } from "../people.ts";
import { alice } from "./with-group.ts";

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
    expect(say(mine, { what: "dropped", operation: { kind: "add", who }, why: "group_full" })).toMatch(
      /^Not done: add Bob and Camille\. [A-Z]/u,
    );
  });

  test("has a sentence for every change, in both languages, by oneself and by others", () => {
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
      { what: "dropped", operation: { kind: "successorGroup", without: who }, why: "not_allowed" },
      { what: "dropped", operation: { kind: "leave" }, why: "not_allowed" },
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
