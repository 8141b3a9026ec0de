import { expect, test } from "vitest";
import { wrapText } from "./wrap.ts";

const LONG =
  "Words enough to be wider than a page of one hundred columns, which is what this sentence is for, and more.";
const IN_TWO = [
  "Words enough to be wider than a page of one hundred columns, which is what this sentence is for, and",
  "more.",
];

test("a long paragraph of Markdown is wrapped, with the lead of its list or quote", () => {
  expect(wrapText("a.md", LONG)).toBe(IN_TWO.join("\n"));
  for (const [first, rest] of [
    ["* ", "  "],
    ["12. ", "    "],
    ["> ", "> "],
  ]) {
    const lines = wrapText("a.md", `${first}${LONG}`).split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]?.startsWith(`${first}Words`)).toBe(true);
    expect(lines[1]?.startsWith(`${rest}and`)).toBe(true);
  }
});

test("tables, headings, code and single long words stay", () => {
  const long = "x".repeat(120);
  for (const text of [`| ${LONG} |`, `# ${LONG}`, `\`\`\`\n${LONG}\n\`\`\``, `    ${LONG}`, `https://${long}`]) {
    expect(wrapText("a.md", text)).toBe(text);
  }
});

test("nothing that would begin a list or a heading begins a line", () => {
  const words = `${"word ".repeat(19)}word - word # word`;
  expect(wrapText("a.md", words).split("\n").slice(1).join("")).not.toMatch(/^[-#]/);
});

test("a comment of one line becomes one of several; code beside it stays", () => {
  const code = `const a = "${LONG}";`;
  expect(wrapText("a.ts", `  /** ${LONG} */\n${code}`)).toBe(
    ["  /**", `   * ${LONG.slice(0, 91)}`, `   * ${LONG.slice(92)}`, "   */", code].join("\n"),
  );
  expect(wrapText("a.ts", `// ${LONG}`)).toBe(`// ${LONG.slice(0, 96)}\n// ${LONG.slice(97)}`);
});

test("what is wrapped is not wrapped again", () => {
  for (const file of ["a.md", "a.ts"]) {
    const once = wrapText(file, `/** ${LONG} ${LONG} */\n// ${LONG}\n`);
    expect(wrapText(file, once)).toBe(once);
  }
});
