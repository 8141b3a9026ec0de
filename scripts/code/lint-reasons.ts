/** Lint rules that are turned off without saying why. */
import type { SourceFile } from "../repository.ts";

const DIRECTIVE = /(?:\/\/|\/\*)\s*(?:oxlint|eslint)-disable[^\n]*/g;
const CHECKER_OFF = /\/\/\s*@ts-(?:ignore|nocheck|expect-error)[^\n]*/g;
const REASON = /\s--\s\S.{5,}/;
const RULE_OFF = /^\s*"([^"]+)": (?:"off"|\["off"|0|\[0)/;
const COMMENT = /^\s*\/\/ \S.{5,}/;

/** As sentences: directives in a source that have no ` -- why` behind them. */
export const directivesWithoutReason = ({ path, text }: SourceFile): string[] =>
  [...text.matchAll(DIRECTIVE), ...text.matchAll(CHECKER_OFF)]
    .filter(([directive]) => !REASON.test(directive))
    .map(([directive]) => `${path}: “${directive.trim()}” does not say why (\`-- why\`)`);

/** As sentences: rules that the configuration turns off without a comment on the line before. */
export function rulesWithoutReason({ path, text }: SourceFile): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    const [, rule] = RULE_OFF.exec(line) ?? [];
    const isExplained = COMMENT.test(lines[i - 1] ?? "");
    return rule === undefined || isExplained ? [] : [`${path}: ${rule} is off, and no comment before it says why`];
  });
}
