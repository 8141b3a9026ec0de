/**
 * `node scripts/make-emoji.ts` writes apps/web/src/emoji/*.json, what the emoji picker offers, from
 * emojibase's data (Unicode's CLDR); with --check it fails where a file differs.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./repository.ts";

interface Emoji {
  readonly emoji: string;
  readonly label: string;
  readonly tags?: readonly string[];
  readonly group?: number;
  readonly order?: number;
  readonly version: number;
  readonly skins?: readonly { readonly emoji: string; readonly tone: number | readonly number[] }[];
}

/** What systems of the last three years show: newer ones are a box on many. */
const NEWEST = 15;
/** Parts of emoji, which are none. */
const COMPONENTS = 2;
/** Tags beyond these only make the file longer. */
const MAX_TAGS = 12;

const dataOf = (language: string): Emoji[] =>
  JSON.parse(readFileSync(join(root, "node_modules/emojibase-data", language, "data.json"), "utf8")) as Emoji[];

/**
 * As Unicode recommends it for interchange: emojibase asks for the picture also where it is meant
 * anyhow.
 */
function recommended(emoji: string): string {
  const shorter = emoji.replaceAll("\ufe0f", "");
  return /^\p{RGI_Emoji}$/v.test(emoji) ? emoji : shorter;
}

/** The five tones of one skin, from light to dark; of emoji with one person only. */
function tonesOf({ skins = [] }: Emoji): string[] {
  const tones = skins.filter(({ tone }) => typeof tone === "number").map(({ emoji }) => recommended(emoji));
  return tones.length === 5 ? tones : [];
}

function fileOf(language: string): string {
  const rows = dataOf(language)
    .filter(({ group, version }) => group !== undefined && group !== COMPONENTS && version <= NEWEST)
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((one) => [
      recommended(one.emoji),
      one.label,
      (one.tags ?? []).slice(0, MAX_TAGS).join(" "),
      one.group,
      tonesOf(one).join(" "),
    ]);
  return `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`;
}

const isChecking = process.argv.includes("--check");
for (const language of ["en", "fr"]) {
  const path = join(root, "apps/web/src/emoji", `${language}.json`);
  const text = fileOf(language);
  if (!isChecking) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    console.error(`${path} is not what scripts/make-emoji.ts makes.`);
    process.exitCode = 1;
  }
}
