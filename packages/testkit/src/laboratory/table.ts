import type { Form } from "@pli/protocol/wire";
import type { Share, Finding } from "./judge.ts";

const HEAD = ["attack", "kind", "guesses", "right", "by chance", "first right", "by chance", "recall", "outcome"];

/** The findings over one form as lines of a Markdown table. */
export function tableOf(form: Form, findings: readonly Finding[]): string {
  const rows = findings.map((finding) => [
    finding.attack.name,
    finding.attack.kind,
    String(finding.guesses),
    found(finding.precision),
    chance(finding.precision),
    found(finding.first),
    chance(finding.first),
    finding.guesses === 0 ? "–" : percent(finding.recall),
    finding.outcome,
  ]);
  const all = [[`${form} form: ${HEAD[0] ?? ""}`, ...HEAD.slice(1)], ...rows];
  const widths = HEAD.map((_, i) => Math.max(3, ...all.map((row) => (row[i] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i < 2 || i === 8 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, i) => (i < 2 || i === 8 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(all[0] ?? []), line(rule), ...rows.map(line)].join("\n");
}

const found = (share: Share): string => (share.found === undefined ? "–" : percent(share.found));

const chance = ({ found, chance, from, to }: Share): string =>
  found === undefined ? "–" : `${percent(chance)} [${number(from)}–${number(to)}]`;

const number = (share: number): string => (share * 100).toFixed(0);
const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.0995 ? 1 : 0)} %`;
