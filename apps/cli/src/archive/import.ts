import { importAll, readPassphrase, type Imported, type Work } from "@pli/archive";
import type { PliApi } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import type { Command } from "../commands/command.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { codeOf, Failure } from "../failure.ts";
import { withProfile } from "../home.ts";
import { extra, missing } from "../line/errors.ts";
import type { ReadFile } from "../world.ts";
import { createProgressLine } from "./progress.ts";
import { stoppable } from "./stopping.ts";

interface Asked {
  file: string;
  /** Whether contacts get the names that the file gives them. */
  names: boolean;
  /** Only says what it would add. */
  count: boolean;
}

/** How often the words are asked for in a terminal. */
const TRIES = 3;
/** Names that are said one by one; of more only the number is. */
const SAID_NAMES = 20;

/** Says what a file would add, asks in a terminal, and makes archives of it. */
export const importCommand: Command<"import", Asked> = {
  name: "import",
  options: { names: { type: "boolean" }, count: { type: "boolean" } },
  read: ([file, ...more], { flags }) => {
    if (file === undefined) return missing("FILE");
    return extra(more, 0) ?? { file, names: flags.has("names"), count: flags.has("count") };
  },
  run: (context, asked) =>
    withProfile(context, (api, _, lost) =>
      stoppable(context, lost, async (signal) => {
        const file = await context.world.openFile(asked.file);
        const line = createProgressLine(context);
        const work: Work = { signal, onProgress: line.show };
        try {
          const { passphrase, found } = await opened({ context, api, file, work, end: line.end });
          line.end();
          say(context, found, asked);
          if (asked.count || isNothing(found, asked) || !(await agreed(context))) return EXIT.done;
          const { names } = asked;
          const added = await importAll(api, file, { ...work, passphrase, names, mode: "add" });
          line.end();
          return report(context, added, asked);
        } finally {
          line.end();
        }
      }),
    ),
};

interface Opening {
  readonly context: Context;
  readonly api: PliApi;
  readonly file: ReadFile;
  readonly work: Work;
  end(): void;
}

/** The words, once they are right, and what the file would add. */
async function opened({ context, api, file, work, end }: Opening) {
  const { words, world, note } = context;
  for (let tried = 1; ; tried++) {
    const typed = await world.stdin.line(world.stdin.isTerminal ? words.archive.ask : "");
    if (typed === undefined) throw new Failure("locked", { advice: words.archive.askAdvice });
    work.signal?.throwIfAborted();
    const passphrase = readPassphrase(typed);
    try {
      return { passphrase, found: await importAll(api, file, { ...work, passphrase, mode: "count" }) };
    } catch (thrown) {
      end();
      const isLast = tried === TRIES || !world.stdin.isTerminal;
      if (codeOf(thrown) !== "export_passphrase_wrong" || isLast) throw thrown;
      note(words.archive.wrong);
    }
  }
}

const isNothing = ({ messages, names }: Imported, asked: Asked): boolean =>
  messages === 0 && (names.length === 0 || !asked.names);

/** A program has agreed by running the command; a person is asked. */
async function agreed({ world, words, say, emit }: Context): Promise<boolean> {
  const { stdin } = world;
  if (!stdin.isTerminal) return true;
  const answer = (await stdin.line(words.archive.agree)) ?? "";
  if (words.archive.yes.test(answer.trim())) return true;
  emit({ event: "not_imported" });
  say(words.archive.refused);
  return false;
}

function say({ emit, say: write, words, when }: Context, found: Imported, asked: Asked): void {
  const { archive } = words;
  emit({ event: "importing", ...fieldsOf(found) });
  const { madeAt, profile } = found.file;
  write(archive.from(nameForQuotes(profile.name), when.moment(madeAt)));
  write(found.messages === 0 ? archive.nothing : archive.would(found.messages, found.conversations));
  if (found.here > 0) write(archive.here(found.here));
  if (found.passed > 0) write(archive.passed(found.passed));
  if (found.names.length === 0) return;
  write(asked.names ? archive.names(found.names.length) : archive.otherNames(found.names.length));
  for (const { from, to } of found.names.slice(0, SAID_NAMES))
    write(`  ${archive.name(nameForQuotes(from), nameForQuotes(to))}`);
}

function report({ emit, say: write, words }: Context, added: Imported, asked: Asked): ExitCode {
  const names = asked.names ? added.names.length : 0;
  emit({ event: "imported", ...fieldsOf(added), names });
  write(words.archive.isAdded(added.messages, added.conversations));
  if (added.conversations > 0) write(words.archive.read);
  return EXIT.done;
}

const fieldsOf = ({ file, messages, conversations, here, passed, names }: Imported) => ({
  madeAt: file.madeAt,
  profile: file.profile.name,
  profileId: file.profile.id,
  messages,
  conversations,
  here,
  passed,
  names: names.length,
});
