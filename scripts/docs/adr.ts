/**
 * The format of decision records: a title with the number of the file, status and date, then
 * context, decision and consequences, and nothing else at that level. The index lists them all.
 */
import type { SourceFile } from "../repository.ts";

interface DecisionRecord {
  readonly path: string;
  readonly number: string;
  readonly title: string;
  readonly status: string;
  readonly date: string;
}

export const INDEX = "docs/adr/README.md";
const RECORD = /^docs\/adr\/(\d{4})-[\w-]+\.md$/;
const HEAD =
  /^# ADR (\d+): (\S.*)\n\n\* Status: ((?:proposed|accepted|rejected|superseded)\b[^]*?)\n\* Date: (\d{4}-\d{2}-\d{2})\n\n## /;
const SECTIONS = "Context, Decision, Consequences";

/** What is wrong with the form of the records and of their index, as sentences. */
export function recordProblems(documents: readonly SourceFile[]): string[] {
  const records = documents.filter(({ path }) => RECORD.test(path));
  const index = documents.find(({ path }) => path === INDEX)?.text ?? "";
  return records.flatMap((document) => {
    const record = recordIn(document);
    if (record === undefined) return [`${document.path}: it does not begin with a title, a status and a date`];
    return [...formProblems(document, record), ...(index.includes(indexRow(record)) ? [] : [notListed(record)])];
  });
}

function recordIn({ path, text }: SourceFile): DecisionRecord | undefined {
  const [, number = "", title = "", status = "", date = ""] = HEAD.exec(text) ?? [];
  return number === "" ? undefined : { path, number, title, status, date };
}

function formProblems({ path, text }: SourceFile, { number }: DecisionRecord): string[] {
  const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, name]) => name).join(", ");
  const [, ofFile = ""] = RECORD.exec(path) ?? [];
  return [
    ...(sections === SECTIONS ? [] : [`${path}: its sections are ${sections}, not ${SECTIONS}`]),
    ...(Number(ofFile) === Number(number) ? [] : [`${path}: its title says ${number}`]),
  ];
}

/** The line of the index for a record. */
const indexRow = ({ path, number, title, status, date }: DecisionRecord): string =>
  `| [${number}](${path.split("/").at(-1)}) | ${title} | ${/^\w+/.exec(status)?.[0]} | ${date} |`;

const notListed = (record: DecisionRecord): string => `${INDEX}: there is no line ${indexRow(record)}`;
