import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { wordsFor } from "../apps/cli/src/words/index.ts";
import { wordsOf } from "../apps/web/src/words/index.ts";
import { faultsOfCounts } from "./lib/counted.ts";

/** Whose words, and the files that declare their types. */
const APPS = [
  ["web", wordsOf, ["fr.ts", "fr-devices.ts", "fr-group.ts", "fr-recovery.ts"]],
  ["cli", wordsFor, ["en.ts", "archive-en.ts", "devices-en.ts", "group-en.ts", "invitations-en.ts", "recovery-en.ts"]],
] as const;

test.each(APPS)(
  "in both languages every sentence of the %s that says a number says it, and agrees with it",
  (app, words, files) => {
    const sources = files.map((file) =>
      readFileSync(new URL(`../apps/${app}/src/words/${file}`, import.meta.url), "utf8"),
    );
    const [french, english] = (["fr", "en"] as const).map((locale) =>
      faultsOfCounts({ words: words(locale), locale, sources }),
    );
    expect([french?.faults, english?.faults]).toEqual([[], []]);
    expect(french?.found).toBe(english?.found);
    expect(french?.found).toBeGreaterThan(25);
  },
);

const SOURCE =
  "results: (count: number) =>\n  gap: (name: string, count: number): string => storage: (p: { size: string; messages: number }) =>";
const faultsIn = (words: unknown): string[] => faultsOfCounts({ words, locale: "fr", sources: [SOURCE] }).faults;

test("a sentence that says another number than it is given is found, wherever the number is", () => {
  const few = (n: number, one: string, other: string) => (n < 2 ? one : `${n.toLocaleString("fr")} ${other}`);
  expect(
    faultsIn({
      list: { results: (n: number) => few(n, "1 résultat", "résultats") },
      gap: (name: string, n: number) => `${name}: ${few(n, "un message", "messages")}`,
      storage: (p: { size: string; messages: number }) => `${p.size}, ${p.messages} messages`,
    }),
  ).toEqual([
    "list.results: another number than 0: 1 résultat",
    "list.results: the same for 0 and 1: 1 résultat",
    "gap: the same for 0 and 1: word: un message",
    "storage: another number than 1000000: word, 1000000 messages",
  ]);
});

test("a sentence that agrees with its number, or says none, is right", () => {
  const agrees = (n: number) => `${n.toLocaleString("fr")} ${n < 2 ? "résultat" : "résultats"}`;
  expect(
    faultsIn({
      results: (n: number) => (n === 0 ? "Aucun résultat" : agrees(n)),
      gap: (who: string, _n: number) => who,
    }),
  ).toEqual([]);
  expect(
    faultsIn({ results: (n: number) => `${n.toLocaleString("fr")} résultats`, unknown: (n: number) => `1 ${n}` }),
  ).toEqual([]);
});
