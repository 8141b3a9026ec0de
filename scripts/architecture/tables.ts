/** Tables of Markdown: found by the line of their heads. */

/** The cells of each row below this head; none when there is no such table. */
export function rowsBelow(text: string, head: string): string[][] {
  const at = text.indexOf(`${head}\n`);
  const [table = ""] = at < 0 ? [] : text.slice(at).split("\n\n");
  return table
    .split("\n")
    .slice(2)
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
