import { en } from "../../apps/web/src/words/en.ts";
import { read } from "../repository.ts";
import type { Place } from "./claims.ts";

/** The places where we promise something, and what in them is a promise. */
export function promisedPlaces(): Place[] {
  const security = read("SECURITY.md");
  const readme = read("README.md");
  return [
    {
      name: "SECURITY.md",
      text: security,
      promises: [
        ...rowsOf(sectionOf(security, "What Pli protects, and from whom")),
        ...bulletsOf(sectionOf(security, "How it is kept so")),
      ],
    },
    {
      name: "README.md",
      text: readme,
      promises: rowsOf(sectionOf(readme, "What it protects, and what it does not")).filter(
        (row) => !row.startsWith("| *Not "),
      ),
    },
    { name: "What the server knows", text: knowledge().join("\n"), promises: knowledge() },
  ];
}

/** Every sentence of the page that says something of the server. */
function knowledge(): string[] {
  const { lead, receivedText, full, tag, sample, size, knowsList, ignoresList, openlyText } = en.server;
  return [lead, receivedText, full, tag, `${sample}: ${size}`, ...knowsList, ...ignoresList, openlyText];
}

/** What stands under a heading of the second level. */
function sectionOf(text: string, heading: string): string {
  const found = text.split(/^## /m).find((section) => section.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`no section “${heading}”`);
  return found;
}

const rowsOf = (section: string): string[] => [...section.matchAll(/^\|.*\|$/gm)].map(([row]) => row).slice(2);

/** Each with the lines that belong to it. */
const bulletsOf = (section: string): string[] =>
  [...section.matchAll(/^\* [^\n]*(?:\n {2}[^\n]*)*/gm)].map(([bullet]) => bullet);
