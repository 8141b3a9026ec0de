/** The table of causes and repairs in docs/protocol.md, compared with the one in the code. */
import { rowsBelow } from "./tables.ts";

export const REPAIRS_HEAD = "| cause | what happened | who repairs it | repair |";

/** Where the two tables differ, as sentences. */
export function repairProblems(document: string, repairs: Readonly<Record<string, string>>): string[] {
  const rows = rowsBelow(document, REPAIRS_HEAD).map((cells) => cells.map((cell) => cell.replaceAll("`", "")));
  const written = new Map(rows.map(([cause = "", , , repair = ""]) => [cause, repair]));
  return [
    ...Object.entries(repairs)
      .filter(([cause, repair]) => written.get(cause) !== repair)
      .map(
        ([cause, repair]) => `the code repairs ${cause} by ${repair}, the table by ${written.get(cause) ?? "nothing"}`,
      ),
    ...[...written.keys()].filter((cause) => !(cause in repairs)).map((cause) => `the code knows no cause ${cause}`),
    ...(written.size === rows.length ? [] : ["a cause stands twice in the table of repairs"]),
  ];
}
