const WORD = /"([^"]*)"|“([^”]*)”|«\s*([^»]*?)\s*»|(\S+)/gu;

/** The words of a line as a person writes them: what stands in quotes, whichever, is one. */
export function splitWords(line: string): string[] {
  return Array.from(line.matchAll(WORD), (found) => found.slice(1).find((word) => word !== undefined) ?? "");
}
