import { createPassphrase, exportAll, type Exported } from "@pli/archive";
import type { Command } from "../commands/command.ts";
import type { Context } from "../context.ts";
import { EXIT, type ExitCode } from "../exit.ts";
import { withProfile } from "../home.ts";
import { extra, missing } from "../line/errors.ts";
import { oneLine } from "../text/safe.ts";
import { createSizes } from "../text/size.ts";
import type { NewFile } from "../world.ts";
import { createProgressLine } from "./progress.ts";
import { stoppable } from "./stopping.ts";

interface Asked {
  /** The file that is to be written. */
  to: string;
}

/** Writes everything of the profile into a file. It is there whole, or not at all. */
export const exportCommand: Command<"export", Asked> = {
  name: "export",
  options: { to: { type: "string" } },
  read: (words, { options }) => {
    const to = options.get("to");
    return extra(words, 0) ?? (to === undefined ? missing("--to") : { to });
  },
  run: (context, { to }) =>
    withProfile(context, (api, _, lost) =>
      stoppable(context, lost, async (signal) => {
        const file = await context.world.createFile(to);
        const line = createProgressLine(context);
        try {
          const passphrase = createPassphrase();
          const exported = await exportAll(api, file, { passphrase, signal, onProgress: line.show });
          signal.throwIfAborted();
          await file.keep();
          line.end();
          return report(context, { to, passphrase, exported });
        } catch (thrown) {
          line.end();
          await discarded(context, file);
          throw thrown;
        }
      }),
    ),
};

async function discarded({ note, words }: Context, file: NewFile): Promise<void> {
  await file.discard();
  note(words.archive.discarded);
}

function report(
  context: Context,
  { to, passphrase, exported }: { to: string; passphrase: string; exported: Exported },
): ExitCode {
  const { emit, say, style, words, globals } = context;
  emit({ event: "exported", file: to, passphrase, ...exported });
  const size = createSizes(globals.language)(exported.bytes);
  say(words.archive.exported(exported.messages, exported.conversations));
  say(words.archive.where(oneLine(to), size));
  if (exported.leftOut > 0) say(words.archive.leftOut(exported.leftOut));
  say(`\n${words.archive.passphrase}\n\n  ${style.bold(passphrase)}\n`);
  say(words.archive.withAge(oneLine(to)));
  return EXIT.done;
}
