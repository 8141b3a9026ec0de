/**
 * What we promise to people, and what shows it. `docs/claims.md` has a section for each place where
 * promises stand, and in it a table: words of the promise, to the letter, and tests, or why there
 * is none.
 */

export interface Claim {
  /** The heading of its section: where it is said. */
  readonly place: string;
  /** Words of that place, to the letter but for line breaks and spaces. */
  readonly words: string;
  /** Files and titles of tests in them, or `not tested: ` and why. */
  readonly shown: string;
}

/**
 * Where promises stand: the whole of what is said there, and each promise that must have a claim.
 */
export interface Place {
  readonly name: string;
  readonly text: string;
  readonly promises: readonly string[];
}

const ROW = /^\| (.+?) \| (.+?) \|$/gm;
/**
 * A file, by the letter of its folder or whole, and titles in it; a test may stand in a file that
 * several run.
 */
const TESTS = /(?:([A-Z]) )?`([\w./-]+\.tsx?)`((?:[,;] "[^"]+")+)/g;
const FOLDERS: Readonly<Record<string, string>> = {
  C: "apps/cli/test/",
  E: "packages/engine/test/",
  P: "packages/protocol/test/",
  S: "packages/store/test/",
  W: "apps/web/test/",
};
const NOT_TESTED = /^not tested: \S.{10,}/;

/** The claims of the document, in its order. */
export function claimsIn(text: string): Claim[] {
  return text
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const place = section.split("\n", 1)[0]?.trim() ?? "";
      const [, ...rows] = [...section.matchAll(ROW)];
      return rows.map(([, words = "", shown = ""]) => ({ place, words, shown }));
    });
}

/**
 * What is wrong with the claims, as sentences: said nowhere, shown by nothing that exists, or a
 * promise without a claim.
 */
export function claimProblems(
  claims: readonly Claim[],
  places: readonly Place[],
  sourceOf: (file: string) => string | undefined,
): string[] {
  return [
    ...claims.flatMap((claim) => [...notSaid(claim, places), ...notShown(claim, sourceOf)]),
    ...places.flatMap((place) => unclaimed(place, claims)),
  ];
}

const plain = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

function notSaid({ place, words }: Claim, places: readonly Place[]): string[] {
  const found = places.find(({ name }) => name === place);
  if (found === undefined) return [`there is no place called “${place}”`];
  return plain(found.text).includes(plain(words)) ? [] : [`“${words}” is not said in ${place}`];
}

function notShown({ words, shown }: Claim, sourceOf: (file: string) => string | undefined): string[] {
  if (NOT_TESTED.test(shown)) return [];
  const tests = [...shown.matchAll(TESTS)];
  if (tests.length === 0) return [`“${words}” names no test, and no reason why there is none`];
  return tests.flatMap(([, letter = "", name = "", titles = ""]) => {
    const file = `${FOLDERS[letter] ?? ""}${name}`;
    const source = sourceOf(file);
    if (source === undefined) return [`“${words}”: there is no ${file}`];
    const missing = [...titles.matchAll(/"([^"]+)"/g)].filter(([, title = ""]) => !hasTitle(source, title));
    return missing.map(([, title]) => `“${words}”: ${file} has no test “${title}”`);
  });
}

/** Whether a test or a group of tests has this title, whole. */
const hasTitle = (source: string, title: string): boolean =>
  ['"', "'", "`"].some((quote) => source.includes(`${quote}${title}${quote}`));

function unclaimed({ name, promises }: Place, claims: readonly Claim[]): string[] {
  const said = claims.filter(({ place }) => place === name).map(({ words }) => plain(words));
  return promises
    .filter((promise) => !said.some((words) => plain(promise).includes(words)))
    .map((promise) => `${name} promises without a claim: “${plain(promise).slice(0, 100)}”`);
}
