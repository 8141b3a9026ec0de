import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMarkdown, plainFromMarkdown, type BlockNode, type InlineNode } from "@pli/protocol/content";
import { writtenLinks } from "../src/content/links.ts";
import { announce, readVectorText, vectorsPresent } from "./published-vectors.ts";

const plainOf = (nodes: readonly BlockNode[]): string => plainFromMarkdown(nodes, "[hidden]");

type Link = Extract<InlineNode, { type: "link" }>;

function linksIn(nodes: readonly (BlockNode | InlineNode)[]): Link[] {
  return nodes.flatMap((node) => {
    if (node.type === "link") return [node];
    if (node.type === "list") return node.items.flatMap(linksIn);
    return "children" in node ? linksIn(node.children) : [];
  });
}

/** What of a text is shown as a link, or what it opens where that is not the same. */
const linked = (text: string): string[] =>
  linksIn(parseMarkdown(text)).map(({ text: shown, href }) => (shown === href ? href : `${shown} → ${href}`));

describe("an address ends where its sentence goes on", () => {
  test.each([
    ["(see https://example.org/a)", "https://example.org/a"],
    ["https://en.wikipedia.org/wiki/Mercury_(planet)", "https://en.wikipedia.org/wiki/Mercury_(planet)"],
    ["(https://en.wikipedia.org/wiki/Mercury_(planet))", "https://en.wikipedia.org/wiki/Mercury_(planet)"],
    ["(voir https://fr.wikipedia.org/wiki/Mercure_(planète)).", "https://fr.wikipedia.org/wiki/Mercure_(planète)"],
    ["[see https://example.org/a_[b]]", "https://example.org/a_[b]"],
    ["https://example.org/?a[]=1&b[]=2", "https://example.org/?a[]=1&b[]=2"],
    ["https://example.org/a(", "https://example.org/a"],
    ["请看 https://example.org/path。谢谢", "https://example.org/path"],
    ["请看 https://example.org/path，谢谢", "https://example.org/path"],
    ["（https://example.org/path）", "https://example.org/path"],
    ["「https://example.org/path」を見て", "https://example.org/path"],
    ["请看https://example.org/path", "https://example.org/path"],
    ["请看https://example.org谢谢", "https://example.org"],
    ["https://zh.wikipedia.org/wiki/维基百科", "https://zh.wikipedia.org/wiki/维基百科"],
    ["«https://exemple.fr/chemin»", "https://exemple.fr/chemin"],
    ["«\u202fhttps://exemple.fr/chemin\u202f»", "https://exemple.fr/chemin"],
    ["“https://example.org/path”", "https://example.org/path"],
    ["„https://example.org/path“", "https://example.org/path"],
    ["‘https://example.org/path’", "https://example.org/path"],
    ["'https://example.org/path'", "https://example.org/path"],
    ["https://fr.wikipedia.org/wiki/L’Équipe", "https://fr.wikipedia.org/wiki/L’Équipe"],
    ["https://fr.wikipedia.org/wiki/Paris–Roubaix", "https://fr.wikipedia.org/wiki/Paris–Roubaix"],
    ["https://example.org/path…", "https://example.org/path"],
    ["https://example.org/path...", "https://example.org/path"],
    ["https://example.org/path ?!", "https://example.org/path"],
    ["https://example.org/?a=1&amp;b=2;", "https://example.org/?a=1&amp;b=2"],
    ["https://mastodon.example/@camille/1", "https://mastodon.example/@camille/1"],
    [
      "https://www.gp.example/nyheter/göteborg/spårvagn-1.115",
      "https://www.gp.example/nyheter/göteborg/spårvagn-1.115",
    ],
    ["https://example.org/a_b_c*d*e", "https://example.org/a_b_c*d*e"],
    ["**https://example.org/a**", "https://example.org/a"],
    ["_https://example.org/a_", "https://example.org/a"],
    ["http://[::1]:8080/x", "http://[::1]:8080/x"],
    ["<https://example.org>", "https://example.org"],
  ])("%j", (text, address) => {
    expect(linked(text)).toEqual([address]);
  });

  test("one address behind another", () => {
    expect(linked("https://a.example,https://b.example")).toEqual(["https://a.example", "https://b.example"]);
  });
});

describe("a labelled address", () => {
  test("may hold parentheses, and its label is never the only thing shown", () => {
    const labelled = parseMarkdown("[Mercury](https://en.wikipedia.org/wiki/Mercury_(planet)) is far");
    expect(linksIn(labelled).map(({ href }) => href)).toEqual(["https://en.wikipedia.org/wiki/Mercury_(planet)"]);
    expect(plainOf(labelled)).toBe("Mercury (https://en.wikipedia.org/wiki/Mercury_(planet)) is far");
    expect(plainOf(parseMarkdown("[https://bank.example](https://evil.example)"))).toBe(
      "https://bank.example (https://evil.example)",
    );
  });

  test("may be a number to call or an address of mail", () => {
    expect(linked("[call](tel:+33612345678) or [write](mailto:a@b.example)")).toEqual([
      "tel:+33612345678",
      "mailto:a@b.example",
    ]);
  });
});

describe("addresses without a scheme", () => {
  test.each([
    ["voir www.exemple.fr.", "www.exemple.fr → https://www.exemple.fr"],
    ["WWW.Exemple.FR/a_(b)", "WWW.Exemple.FR/a_(b) → https://WWW.Exemple.FR/a_(b)"],
    ["请看www.example.org谢谢", "www.example.org → https://www.example.org"],
    ["camille@exemple.fr", "camille@exemple.fr → mailto:camille@exemple.fr"],
    ["(_c.d+e@sous.exemple.fr_)", "c.d+e@sous.exemple.fr → mailto:c.d+e@sous.exemple.fr"],
    ["Mail: john_doe@example.org.", "john_doe@example.org → mailto:john_doe@example.org"],
    ["邮箱a@b.example。", "a@b.example → mailto:a@b.example"],
    ["+33 6 12 34 56 78", "+33 6 12 34 56 78 → tel:+33612345678"],
    ["+33 (0)6.12.34.56.78.", "+33 (0)6.12.34.56.78 → tel:+33612345678"],
    ["+33 6 12 34 56 78 15 minutes", "+33 6 12 34 56 78 → tel:+33612345678"],
    ["+1 (212) 555-0123", "+1 (212) 555-0123 → tel:+12125550123"],
    ["+442079460958", "+442079460958 → tel:+442079460958"],
    ["au 06 12 34 56 78, merci", "06 12 34 56 78 → tel:0612345678"],
    ["tél. 06.12.34.56.78", "06.12.34.56.78 → tel:0612345678"],
    ["tel:0612345678", "tel:0612345678"],
  ])("%j", (text, address) => {
    expect(linked(text)).toEqual([address]);
  });

  test.each([
    "exemple.fr and node.js and rapport.pdf",
    "www.exemple",
    "www..fr",
    "x@www.exemple.fr@y",
    "www.b\u0430nk.example",
    "www.exemple.fré",
    "école@b",
    "@camille",
    "a@b.fr@c.fr",
    "écamille@exemple.fr",
    "git@github.com:pli/pli.git",
    "sftp://user@host.example",
    "2026 + 12 345 678",
    "+12 345 678",
    "+1234567890123456",
    "01.02.2026",
    "06 12 34 56 78 90",
    "1 06 12 34 56 78",
    "06 12.34 56-78",
    "10612345678",
    "06123456789",
    "06 12 34 56 78x",
    "tel:*#06#",
    "[x](tel:*%2306%23)",
  ])("%j stays text", (text) => {
    expect(linked(text)).toEqual([]);
  });
});

describe("what lies stays text", () => {
  test.each([
    "https://hördle.example/",
    "https://bank.example@evil.example/",
    "https://google.example/search?q=\u202eSENO+I+CULOS",
    "https:\\\\evil.example",
    "[x](javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "javascript:alert('www.a.example')//",
    "[x](data:text/html,www.a.example)",
    "[x](file:///etc/passwd)",
    "`https://example.org`",
    "\\+33 6 12 34 56 78",
  ])("%j", (text) => {
    expect(linked(text).filter((link) => !link.includes("www.a.example → https://www.a.example"))).toEqual([]);
  });
});

describe("whatever is written", () => {
  const hostile = fc
    .array(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 4 }),
        fc.constantFrom(
          ..."https:// www. @ mailto: tel: + 0 06 12 34 a.example ( ) ] } ' , . 。 é 字 \u202e : /".split(" "),
        ),
        fc.constantFrom(" ", "\u00a0", "https://b.example/x", "a@b.example", "+33 6 12 34 56 78"),
      ),
      { maxLength: 30 },
    )
    .map((pieces) => pieces.join(""));

  test("every character is there once, in its order, whether in a link or not", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = text.replaceAll(/[\\*_`[\n\r>]|^\s*(?:[-+*]|[0-9]+[.)])\s/gu, "");
        fc.pre(!/^ {0,3}(?:[-*+]|[0-9]+[.)])[ \t]/u.test(line) && line.trim() !== "");
        expect(plainOf(parseMarkdown(line))).toBe(line);
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  test("what is shown is what opens: the same address, but for a scheme of ours or the spaces of a number", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const { text: shown, href } of linksIn(parseMarkdown(text))) {
          expect(href).toMatch(/^(?:https?:\/\/|mailto:|tel:)[^\s\p{Cf}\p{Cc}<>"`\\]+$/iu);
          const number = `tel:${shown.replace("(0)", "").replaceAll(/[^+0-9]/gu, "")}`;
          expect([shown, `https://${shown}`, `mailto:${shown}`, number]).toContain(href);
        }
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  test.each(
    [
      "www.",
      "www.a.b",
      "a@",
      "a@a.",
      "@a.a",
      "a.a",
      "+1",
      "+1 ",
      "01",
      "01 ",
      "0 1",
      "mailto:a@b.fr",
      "tel:1",
      "https://a/(",
      "https://a/)",
    ].concat([
      "https://a'",
      "https://a,",
      "[a](http://b/(",
      "[](",
      "[a](b(c)",
      "http://a.b ",
      "字www.",
      "https://a字",
      "www.a字",
      "+1 (2) ",
      "https://a/[({",
    ]),
  )("%j repeated to a mebibyte is read once, not once for each of its characters", (unit) => {
    const input = unit.repeat(Math.ceil(1_048_576 / unit.length));
    expect(plainOf(parseMarkdown(input)).length).toBeGreaterThan(0);
  });
});

/** Where we decide otherwise than the published cases, and why. */
const DIFFERENT: Readonly<Record<string, readonly string[]>> = {
  "a part for a user is how one address is dressed as another": [
    "http://user:pass@example.com:8080",
    "http://user@example.com",
    "http://user@example.com:8080",
    "http://user:pass@example.com",
  ],
  "without a scheme or www. an address is not told from the name of a file": [
    ">>example.com",
    "google.com",
    "google.com: // no port",
    "s.l.o.w.io",
    "a-b.com",
    "GOOGLE.COM.",
    "google.xxx // known tld",
    "[example.com/foo_bar.jpg)]",
    "<domain.com>",
    "<domain.com>.",
    "<domain.com/foo>",
    "a.ws",
    "example.com/䨹",
    "4.4.4.4",
    "192.168.1.1/abc",
    "//localhost",
    "//test.123",
    "My ssl //example.com site",
  ],
  "only http, https, mailto and tel": ["My ftp://example.com site"],
  "letters that look alike: a host is ASCII, an international one as xn--": [
    "http://✪df.ws/123",
    "➡.ws/䨹",
    "президент.рф",
    "http://www.bürgerentscheid-krankenhäuser.de",
    "http://bündnis-für-krankenhäuser.de/wp-content/uploads/2011/11/cropped-logohp.jpg",
    "http://ﻡﻮﻘﻋ.ﻭﺯﺍﺭﺓ-ﺍﻼﺘﺻﺍﻼﺗ.ﻢﺻﺭ/",
  ],
  "a character nobody sees": ["http://lyricstranslate.com/en/someone-you-നിന്നെ-പോലൊരാള്‍.html"],
  "a quotation mark ends an address": ['http://foo.com/blah_blah_"doublequoted"', 'test."foo".bar@gmail.co.uk!'],
  "an underscore around it is emphasis": ["_http://example.com", "http://example.com_"],
};

describe("the published cases", () => {
  const COUNT = { links: 117, notLinks: 38 } as const;
  const different = new Set(Object.values(DIFFERENT).flat());
  const bare = (line = ""): string =>
    line
      .replace(/^%.*/u, "")
      .replace(/\s+%\s.*$/u, "")
      .trim();
  const read = (name: string): string[] => readVectorText(`text/${name}`).split("\n").map(bare);

  test.runIf(vectorsPresent)(
    "links are found as published, but for those in the list, each of which still differs",
    () => {
      const cases = pairsOf(read("links.txt"));
      expect(cases).toHaveLength(COUNT.links);
      const others = cases.filter(([text, wanted]) => firstShown(text) !== wanted).map(([text]) => text);
      const listed = cases.map(([text]) => text).filter((text) => different.has(text));
      expect(others).toEqual(listed);
    },
  );

  test.runIf(vectorsPresent)("what is no link is none, but for those in the list", () => {
    const cases = read("not_links.txt").filter((text) => text !== "");
    expect(cases).toHaveLength(COUNT.notLinks);
    expect(cases.filter((text) => firstShown(text) !== undefined)).toEqual(cases.filter((text) => different.has(text)));
  });

  test("what ran is said", () => {
    const all = COUNT.links + COUNT.notLinks;
    announce(
      `published vectors: text: ${all} cases ran (${all - different.size} as published, ${different.size} decided otherwise)`,
      all,
    );
    expect(different.size).toBe(34);
  });
});

function firstShown(text: string): string | undefined {
  return writtenLinks(text)
    .filter(({ href }) => href !== undefined)
    .map(({ start, end }) => text.slice(start, end))[0];
}

/** A text, and on the next line what of it is the link where that is not all of it. */
function pairsOf(lines: readonly string[]): (readonly [text: string, link: string])[] {
  const blocks = lines.join("\n").split(/\n{2,}/u);
  return blocks.flatMap((block) => {
    const [text, link] = block.trim().split("\n");
    return text === undefined || text === "" ? [] : [[text, link ?? text] as const];
  });
}
