import type { GroupChange, PendingChange } from "@pli/engine/api";
import { errorSentence } from "@pli/engine/words";
import { describe, expect, test } from "vitest";
import { changeLine, pendingText } from "../src/ui/group/lines/changes.ts";
import { peopleOf } from "../src/ui/group/lines/people.ts";
import type { Wording } from "../src/ui/wording.ts";
import type { Language } from "../src/words/index.ts";
import { message, SELF, wordingIn } from "./fake.ts";

const named = (name: string) => ({ id: `id-${name}`, name });
const me = { id: SELF, name: "Nadia" };
const [paul, lea, hugo] = [named("Paul"), named("Léa"), named("Hugo")];

const wording = (language: Language): Wording => wordingIn(language, [{ ...me, own: true }]);

type By = "Camille" | "me" | "nobody";

function line(change: GroupChange, by: By = "Camille", language: Language = "fr"): string {
  const author = by === "Camille" ? {} : { mine: by === "me", fromName: by === "me" ? "Nadia" : "" };
  return changeLine(message({ order: 1, body: { kind: "change", change }, ...author }), change, wording(language));
}

const PENDING: PendingChange["operation"][] = [
  { kind: "add", who: [paul] },
  { kind: "remove", who: [paul, lea] },
  { kind: "role", who: paul, role: "admin" },
  { kind: "rules" },
  { kind: "keys" },
  { kind: "leave" },
  { kind: "successorGroup", without: [] },
  { kind: "successorGroup", without: [paul] },
];

const CHANGES: GroupChange[] = [
  { what: "created", name: "Budget" },
  { what: "joined" },
  ...[[paul], [me], [paul, me], [paul, lea, hugo, me]].flatMap((who): GroupChange[] => [
    { what: "added", who },
    { what: "removed", who },
    { what: "left", who },
  ]),
  { what: "named", name: "Budget" },
  { what: "described" },
  { what: "pictured" },
  ...(["owner", "admin", "member", "reader"] as const).flatMap((role): GroupChange[] => [
    { what: "role", who: paul, role },
    { what: "role", who: me, role },
  ]),
  { what: "whoAdds", value: "admins" },
  { what: "whoAdds", value: "members" },
  { what: "whoWrites", value: "everyone" },
  { what: "whoWrites", value: "admins" },
  ...[0, 60, 3600, 86_400, 604_800, 2_419_200, 999_999].map((seconds): GroupChange => ({ what: "timer", seconds })),
  { what: "newcomersRead", value: "nothing" },
  { what: "newcomersRead", value: "week" },
  { what: "refounded", without: [] },
  { what: "refounded", without: [paul] },
  { what: "forkRepaired" },
  { what: "ignored" },
  { what: "unopened" },
  { what: "notRemoved" },
  ...PENDING.map((operation): GroupChange => ({ what: "dropped", operation, why: "already_removed" })),
];

describe.each(["fr", "en"] as const)("in %s", (language) => {
  test("every change, by anyone, is one sentence or more that a person can read", () => {
    for (const change of CHANGES)
      for (const by of ["Camille", "me", "nobody"] as const) {
        const said = line(change, by, language);
        expect(said).toMatch(/^\p{Lu}.*\.$/u);
        expect(said).not.toMatch(/undefined|\bNaN\b|\bcommit|epoch|époque|\bMLS\b/u);
      }
  });

  test("every pending change is an order without a full stop", () => {
    for (const change of PENDING) expect(pendingText(change, wording(language))).toMatch(/^\p{Lu}.*[^.]$/u);
  });
});

test("a line names who made the change, and never the reader", () => {
  expect(line({ what: "added", who: [paul, lea, hugo] })).toBe("Camille a ajouté Paul, Léa et Hugo.");
  expect(line({ what: "added", who: [paul, me] })).toBe("Camille a ajouté Paul et vous.");
  expect(line({ what: "added", who: [paul] }, "me")).toBe("Vous avez ajouté Paul.");
  expect(line({ what: "removed", who: [me] })).toContain("Camille a mis fin à votre participation");
  expect(line({ what: "role", who: me, role: "admin" })).toBe("Camille vous a donné le rôle d’admin.");
  expect(line({ what: "left", who: [paul, lea] })).toBe("Paul et Léa ont quitté le groupe.");
  expect(line({ what: "ignored" })).toBe("Un changement que les règles ne permettent pas a été ignoré (par Camille).");
  expect(line({ what: "ignored" }, "nobody")).not.toContain("par");
});

test("a line names who made a change that could not be opened here, and whose removal does not count", () => {
  expect(line({ what: "unopened" })).toMatch(/^Camille a fait un changement que cet appareil n’a pas pu lire\./u);
  expect(line({ what: "unopened" }, "Camille", "en")).toMatch(
    /^Camille made a change that this device could not read\./u,
  );
  expect(line({ what: "notRemoved" })).toMatch(
    /^Camille a voulu vous retirer du groupe, .*Vous faites toujours partie/u,
  );
  expect(line({ what: "notRemoved" }, "nobody", "en")).toMatch(/it does not count\. You are still in the group\.$/u);
});

test("a time until messages disappear is in the unit a person would use", () => {
  expect(line({ what: "timer", seconds: 604_800 })).toContain("au bout d’une semaine");
  expect(line({ what: "timer", seconds: 172_800 }, "Camille", "en")).toContain("after 2 days");
});

test("a change that was not done says which and why", () => {
  const said = line({ what: "dropped", operation: { kind: "remove", who: [paul] }, why: "already_removed" }, "me");
  expect(said).toContain("Retirer Paul");
  expect(said).toContain(errorSentence("fr", "already_removed"));
});

test("of many people three are named at most", () => {
  const reader = wording("en");
  const many = Array.from({ length: 200 }, (_, index) => named(`N${index}`));
  expect(peopleOf([], reader)).toBe("");
  expect(peopleOf([paul, lea, hugo], reader)).toBe("Paul, Léa and Hugo");
  expect(peopleOf(many, reader)).toBe("N0, N1 and 198 others");
  expect(peopleOf([...many, me], reader)).toBe("N0, you and 199 others");
  expect(peopleOf([me], reader)).toBe("you");
});
