const WORD = /"([^"]*)"|“([^”]*)”|«\s*([^»]*?)\s*»|(\S+)/gu;

/** The words of a line. What stands in quotes of any kind is one word. */
export function splitWords(line: string): string[] {
  return Array.from(line.matchAll(WORD), (found) => found.slice(1).find((word) => word !== undefined) ?? "");
}
