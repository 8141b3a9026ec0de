/**
 * An export in its parts, in order. The files stand in one order only, so that reading needs to
 * remember nothing: a name that is not the next one is no export.
 */
import { PliError } from "@pli/engine/errors";
import {
  contactsFile,
  conversationFile,
  END,
  HEADER,
  membersFile,
  messagesFile,
  MOST_CONVERSATIONS,
  NOTHING,
  README,
  type Counts,
} from "./layout.ts";
import { pagesOfLines } from "./lines.ts";
import { readTar, type TarFile } from "./tar.ts";

export type Part =
  | { readonly is: "header"; readonly line: string }
  | { readonly is: "contacts" | "members" | "messages"; readonly lines: readonly string[] }
  | { readonly is: "conversation"; readonly line: string }
  /** All of it was read, and is as much as it says. */
  | { readonly is: "end"; readonly counts: Counts };

/** `export_malformed`; `export_damaged`: it ends too early, or holds less than it says. */
export async function* readParts(plain: ReadableStream<Uint8Array>): AsyncGenerator<Part, void> {
  const place = createPlace();
  const counted: Record<keyof Counts, number> = { ...NOTHING };
  let end: Counts | undefined;
  for await (const file of readTar(plain)) {
    const is = place.next(file.name);
    if (is === "end") end = countsFrom(await onlyLine(file));
    else if (is === "header" || is === "conversation") {
      if (is === "conversation") counted.conversations += 1;
      yield { is, line: await onlyLine(file) };
    } else if (is === "readme") await skip(file);
    else
      for await (const lines of pagesOfLines(file.bytes())) {
        counted[is] += lines.length;
        yield { is, lines };
      }
  }
  if (end === undefined) throw new PliError("export_damaged");
  const { leftOut, ...rest } = end;
  const isWhole = Object.entries(rest).every(([what, count]) => counted[what as keyof Counts] === count);
  if (!isWhole) throw new PliError("export_damaged");
  yield { is: "end", counts: { ...counted, leftOut } };
}

type Kind = Part["is"] | "readme";

/** Where a reader stands among the files: which may come next, and what it is. */
function createPlace(): { next(name: string): Kind } {
  let nth = 0;
  let possible: readonly (readonly [string, Kind])[] = [[HEADER, "header"]];
  let part = 1;

  const after = (is: Kind): typeof possible => {
    const ending: typeof possible = [
      [conversationFile(nth + 1), "conversation"],
      [END, "end"],
    ];
    switch (is) {
      case "header":
        return [[README, "readme"]];
      case "readme":
      case "contacts":
        return [[contactsFile(part), "contacts"], ...ending];
      case "conversation":
      case "members":
        return [
          [membersFile(nth, part), "members"],
          [messagesFile(nth, is === "members" ? 1 : part), "messages"],
          ...ending,
        ];
      case "messages":
        return [[messagesFile(nth, part), "messages"], ...ending];
      case "end":
        return [];
    }
  };

  return {
    next: (name) => {
      const is = possible.find(([file]) => file === name)?.[1];
      if (is === undefined) throw new PliError("export_malformed");
      if (is === "conversation") nth += 1;
      if (nth > MOST_CONVERSATIONS) throw new PliError("export_malformed");
      const isSame = name.endsWith(".jsonl");
      part = isSame ? partIn(name) + 1 : 1;
      possible = after(is);
      return is;
    },
  };
}

const partIn = (name: string): number => Number(/(\d+)\.jsonl$/.exec(name)?.[1] ?? 0);

async function onlyLine(file: TarFile): Promise<string> {
  const lines: string[] = [];
  for await (const page of pagesOfLines(file.bytes())) lines.push(...page.slice(0, 2));
  const [line] = lines;
  if (line === undefined || lines.length > 1) throw new PliError("export_malformed");
  return line;
}

async function skip(file: TarFile): Promise<void> {
  for await (const _ of file.bytes()) continue;
}

function countsFrom(line: string): Counts {
  const value = jsonFrom(line);
  if (typeof value !== "object" || value === null) throw new PliError("export_malformed");
  const counts = value as Record<string, unknown>;
  const count = (what: keyof Counts): number => {
    const number = counts[what];
    if (!Number.isSafeInteger(number)) throw new PliError("export_malformed");
    return number as number;
  };
  return {
    contacts: count("contacts"),
    conversations: count("conversations"),
    members: count("members"),
    messages: count("messages"),
    leftOut: count("leftOut"),
  };
}

function jsonFrom(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new PliError("export_malformed");
  }
}
