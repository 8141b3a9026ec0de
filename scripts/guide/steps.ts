/**
 * The steps of a guide: its blocks of code that name a file. A block `ts` or `tsx` is a new file; a
 * block `diff` changes one that is there.
 */
export interface Step {
  readonly path: string;
  /**
   * The file with the step taken. `before`: undefined where there is none. Throws when it does not
   * fit.
   */
  take(before: string | undefined): string;
  /** The file without it again. */
  takeBack(after: string): string;
  readonly isEdit: boolean;
}

const BLOCK = /^```(tsx?|diff) (\S+)\n([^]*?)^```$/gm;

export const stepsOf = (guide: string): Step[] =>
  [...guide.matchAll(BLOCK)].map(([, kind = "", path = "", text = ""]) =>
    kind === "diff" ? edit(path, text) : newFile(path, text),
  );

const newFile = (path: string, text: string): Step => ({
  path,
  isEdit: false,
  take: (before) => {
    if (before !== undefined) throw new Error(`${path} is there already`);
    return text;
  },
  takeBack: () => "",
});

function edit(path: string, text: string): Step {
  const lines = text.trimEnd().split("\n");
  const side = (marks: RegExp): string =>
    lines
      .filter((line) => marks.test(line))
      .map((line) => line.slice(1))
      .join("\n");
  const [old, young] = [side(/^(?:[ -]|$)/), side(/^(?:[ +]|$)/)];
  return {
    path,
    isEdit: true,
    take: (before) => replaced(path, before ?? "", old, young),
    takeBack: (after) => replaced(path, after, young, old),
  };
}

/** Whole lines, which stand there once. */
function replaced(path: string, text: string, from: string, to: string): string {
  const [whole, lines] = [`\n${text}`, `\n${from}\n`];
  const at = whole.indexOf(lines);
  if (at < 0 || at !== whole.lastIndexOf(lines)) throw new Error(`${path} does not have once:\n${from}`);
  return `${whole.slice(0, at)}\n${to}\n${whole.slice(at + lines.length)}`.slice(1);
}
