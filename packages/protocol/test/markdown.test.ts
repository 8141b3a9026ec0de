import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMarkdown, plainFromMarkdown, type BlockNode, type InlineNode } from "@pli/protocol/content";

const text = (value: string): InlineNode => ({ type: "text", text: value });
const link = (href: string): InlineNode => ({ type: "link", href, text: href });
const bold = (...children: InlineNode[]): InlineNode => ({ type: "bold", children });
const italic = (...children: InlineNode[]): InlineNode => ({ type: "italic", children });
const strike = (...children: InlineNode[]): InlineNode => ({ type: "strike", children });
const spoiler = (...children: InlineNode[]): InlineNode => ({ type: "spoiler", children });
const code = (value: string): InlineNode => ({ type: "code", text: value });
const plain = (value: string): string => plainFromMarkdown(parseMarkdown(value), "[hidden]");
const line = (...children: InlineNode[]): BlockNode[] => [{ type: "paragraph", children }];

describe("Markdown in a line", () => {
  test.each<readonly [string, readonly InlineNode[]]>([
    ["hello", [text("hello")]],
    ["**bold** and *italic*", [bold(text("bold")), text(" and "), italic(text("italic"))]],
    ["__bold__ and _italic_", [bold(text("bold")), text(" and "), italic(text("italic"))]],
    ["***both***", [bold(italic(text("both")))]],
    ["**a *b* c**", [bold(text("a "), italic(text("b")), text(" c"))]],
    ["*a **b** c*", [italic(text("a "), bold(text("b")), text(" c"))]],
    ["2*3*4 and snake_case_name", [text("2*3*4 and snake_case_name")]],
    ["2 * 3 * 4", [text("2 * 3 * 4")]],
    ["**not closed", [text("**not closed")]],
    ["not opened**", [text("not opened**")]],
    ["**a *b**", [text("**a "), italic(text("b")), text("*")]],
    ["**a _b**", [bold(text("a _b"))]],
    ["`a*b*c`", [code("a*b*c")]],
    ["``a`b``", [code("a`b")]],
    ["`` ` ``", [code("`")]],
    ["`not closed", [text("`not closed")]],
    ["~~gone~~ and ||hidden||", [strike(text("gone")), text(" and "), spoiler(text("hidden"))]],
    ["||a **b** c||", [spoiler(text("a "), bold(text("b")), text(" c"))]],
    ["~~a ||b~~ c||", [strike(text("a ||b")), text(" c||")]],
    ["a || b || c", [text("a || b || c")]],
    ["~~ a~~ |a| ~a~ ~~~a~~~ |||a|||", [text("~~ a~~ |a| ~a~ ~~~a~~~ |||a|||")]],
    ["||||", [text("||||")]],
    ["\\||a||", [text("||a||")]],
    ["~~https://a.example/x~~", [strike(link("https://a.example/x"))]],
    ["||https://a.example/x||", [spoiler(link("https://a.example/x"))]],
    ["https://a.example/~b/", [link("https://a.example/~b/")]],
    ["\\*not italic\\*", [text("*not italic*")]],
    ["a\\b", [text("a\\b")]],
    ["one\ntwo", [text("one"), { type: "break" }, text("two")]],
    ["****", [text("****")]],
    ["** **", [text("** **")]],
    ["<b>hi</b> &amp;", [text("<b>hi</b> &amp;")]],
    ["![x](http://e.org/i.png)", [text("!x ("), link("http://e.org/i.png"), text(")")]],
  ])("%j", (input, nodes) => {
    expect(parseMarkdown(input)).toEqual(line(...nodes));
  });
});

describe("links", () => {
  test.each<readonly [string, readonly InlineNode[]]>([
    ["see https://example.org/a?b=c#d.", [text("see "), link("https://example.org/a?b=c#d"), text(".")]],
    ["(https://example.org)", [text("("), link("https://example.org"), text(")")]],
    ["https://en.wikipedia.org/wiki/Pli_(a)", [link("https://en.wikipedia.org/wiki/Pli_(a)")]],
    ["**https://example.org**", [bold(link("https://example.org"))]],
    ["mailto:a.b+c@example.org", [link("mailto:a.b+c@example.org")]],
    ["HTTP://EXAMPLE.ORG", [link("HTTP://EXAMPLE.ORG")]],
    ["http://127.0.0.1:7540/i#abc", [link("http://127.0.0.1:7540/i#abc")]],
    ["[my bank](https://evil.example)", [text("my bank ("), link("https://evil.example"), text(")")]],
    ["[https://a.org](https://a.org)", [link("https://a.org")]],
    ["[https://bank.org](https://evil.org)", [text("https://bank.org ("), link("https://evil.org"), text(")")]],
    ["xhttps://example.org", [text("xhttps://example.org")]],
  ])("%j", (input, nodes) => {
    expect(parseMarkdown(input)).toEqual(line(...nodes));
  });

  test.each([
    "[x](javascript:alert(1))",
    "javascript:alert(1)",
    "[x](data:text/html,hi)",
    "[x](/relative)",
    "[x](//example.org)",
    "https://bank.example@evil.example/",
    "https://exa\u202emple.org",
    "https://b\u0430nk.example/",
    "https://example.org\\@evil.org",
    "[x](file:///etc/passwd)",
    "https://",
    "mailto:",
  ])("%j makes no link", (input) => {
    expect(hrefs(parseMarkdown(input))).toEqual([]);
  });
});

describe("Markdown in blocks", () => {
  test("paragraphs, quotes, lists and code", () => {
    const input = "one\ntwo\n\n> quoted\n> more\n- a\n- *b*\n3. c\n4) d\n```ts\nlet x = `1`;\n\n**y**\n```\nend";
    expect(parseMarkdown(input)).toEqual([
      { type: "paragraph", children: [text("one"), { type: "break" }, text("two")] },
      { type: "quote", children: line(text("quoted"), { type: "break" }, text("more")) },
      { type: "list", ordered: false, start: 1, items: [[text("a")], [italic(text("b"))]] },
      { type: "list", ordered: true, start: 3, items: [[text("c")], [text("d")]] },
      { type: "codeBlock", language: "ts", text: "let x = `1`;\n\n**y**" },
      { type: "paragraph", children: [text("end")] },
    ]);
  });

  const numbered = (start: number, ...items: InlineNode[][]): BlockNode => ({
    type: "list",
    ordered: true,
    start,
    items,
  });

  test.each([
    "2026. Une grande année",
    "3000. C’est beaucoup",
    "14. juillet",
    "2. a\n2. b",
    "2) deux",
    "9. neuf\n8. huit",
    "100. a\n101. b",
    "Il est né en\n1987. Une autre année",
    "999999999999. x",
    "01. a\n02. b",
  ])("%j is no list: every number is there as it was written", (input) => {
    expect(parseMarkdown(input)).toEqual(
      line(
        ...input.split("\n").flatMap((part, i) => (i === 0 ? [text(part)] : [{ type: "break" } as const, text(part)])),
      ),
    );
  });

  test("an ordered list begins with 0 or 1, or has a second item; each item keeps its number", () => {
    expect(parseMarkdown("1. a")).toEqual([numbered(1, [text("a")])]);
    expect(parseMarkdown("0) a\n1) b")).toEqual([numbered(0, [text("a")], [text("b")])]);
    expect(parseMarkdown("9. a\n10. b\n11. c")).toEqual([numbered(9, [text("a")], [text("b")], [text("c")])]);
    expect(parseMarkdown("1. a\n1. b\n1. c")).toEqual([numbered(1, [text("a")], [text("b")], [text("c")])]);
    expect(parseMarkdown("1. a\n3. b")).toEqual([numbered(1, [text("a")]), ...line(text("3. b"))]);
    expect(parseMarkdown("1. a\n2. b\n1. c")).toEqual([
      numbered(1, [text("a")], [text("b")]),
      numbered(1, [text("c")]),
    ]);
    expect(parseMarkdown("1. a\n- b")).toEqual([
      numbered(1, [text("a")]),
      { type: "list", ordered: false, start: 1, items: [[text("b")]] },
    ]);
    expect(plain("9. *a*\n10. b")).toBe("9. a\n10. b");
  });

  test("a plain text tells neither what is hidden nor how long it is", () => {
    expect(plain("The end: ||**everybody** lives|| ~~not~~")).toBe("The end: [hidden] not");
  });

  test("a list of more than 99 items goes on", () => {
    const lines = Array.from({ length: 120 }, (_, i) => `${i + 1}. x`);
    expect(parseMarkdown(lines.join("\n"))).toEqual([numbered(1, ...lines.map(() => [text("x")]))]);
    expect(plain(lines.join("\n"))).toBe(lines.join("\n"));
  });

  test("a fence that is never closed runs to the end, and Windows line ends are line ends", () => {
    expect(parseMarkdown("```\r\na\r\nb")).toEqual([{ type: "codeBlock", language: "", text: "a\nb" }]);
  });

  test("quotes nest four deep and no deeper", () => {
    expect(plain(">>>>>> deep")).toBe(">> deep");
    expect(depthOf(parseMarkdown(`${">".repeat(10_000)} deep`))).toBeLessThan(8);
  });

  test("the empty text has no blocks", () => {
    expect(parseMarkdown("")).toEqual([]);
    expect(parseMarkdown(" \n \n")).toEqual([]);
  });

  test("plain text has the words and not the marks", () => {
    expect(plain("**a** `b`\n- [c](https://d.org)")).toBe("a b\nc (https://d.org)");
  });
});

describe("whatever is typed", () => {
  const hostile = fc.array(
    fc.constantFrom(
      "*",
      "**",
      "_",
      "`",
      "``",
      "~~",
      "|",
      "[",
      "](",
      ")",
      "> ",
      "- ",
      "\n",
      "```",
      "http://a.b/",
      "\\",
      " ",
      "é",
      "x",
    ),
    {
      maxLength: 200,
    },
  );

  test("is parsed without throwing, nests a bounded depth, and links only where links may lead", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          hostile.map((parts) => parts.join("")),
        ),
        (input) => {
          const blocks = parseMarkdown(input);
          expect(depthOf(blocks)).toBeLessThanOrEqual(14);
          expect(hrefs(blocks).every((href) => /^(https?:\/\/|mailto:)\S+$/i.test(href))).toBe(true);
        },
      ),
      { numRuns: propertyRuns(1000) },
    );
  });

  test("loses no letter", () => {
    fc.assert(
      fc.property(hostile, (parts) => {
        const letters = (value: string): string => value.replaceAll(/[^éx]/g, "");
        // What is hidden is not in the plain text.
        const input = parts.join("").replaceAll("```", "").replaceAll("http://a.b/", "").replaceAll("|", "");
        expect(letters(plain(input))).toBe(letters(input));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  test.each([
    "*",
    "**",
    "_",
    "`",
    "[",
    "](",
    "[](",
    "[a](",
    "\\",
    "> ",
    ">",
    "- ",
    "*a ",
    "**a _b ",
    "http://",
    "h",
    "`` ` ",
    "[x](http://",
    ")",
    "***",
    "mailto:",
    "~",
    "~~",
    "~~a ",
    "~~a~~ ||b|| ",
    "||a ~~b ",
    "1. a\n",
    "7. a\n",
    "98. a\n99. b\n",
    "2026. a\n",
  ])("%j repeated to a mebibyte is read once, not once for each of its characters", (unit) => {
    const input = unit.repeat(Math.ceil(1_048_576 / unit.length));
    expect(depthOf(parseMarkdown(input))).toBeLessThanOrEqual(14);
  });
});

function depthOf(nodes: readonly (BlockNode | InlineNode)[]): number {
  return nodes.reduce((deepest, node) => Math.max(deepest, 1 + depthOf(childrenOf(node))), 0);
}

function hrefs(nodes: readonly (BlockNode | InlineNode)[]): string[] {
  return nodes.flatMap((node) => (node.type === "link" ? [node.href] : hrefs(childrenOf(node))));
}

function childrenOf(node: BlockNode | InlineNode): readonly (BlockNode | InlineNode)[] {
  if (node.type === "list") return node.items.flat();
  return "children" in node ? node.children : [];
}
