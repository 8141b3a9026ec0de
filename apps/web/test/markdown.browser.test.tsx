import fc from "fast-check";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { flushSync } from "react-dom";
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { LinkDialog, partsOf } from "../src/ui/message/link-dialog.tsx";
import { Markdown } from "../src/ui/message/markdown.tsx";
import { fr } from "../src/words/fr.ts";
import { show } from "./screen.tsx";

/** Every element a message may become, and the attributes it may have. */
const ALLOWED: Record<string, readonly string[]> = {
  DIV: ["class"],
  P: [],
  STRONG: [],
  EM: [],
  CODE: [],
  PRE: [],
  BR: [],
  BLOCKQUOTE: ["dir"],
  UL: ["dir"],
  OL: ["dir", "start", "style"],
  LI: [],
  S: [],
  /** What is hidden until it is asked for. */
  BUTTON: ["aria-label", "class", "tabindex", "title", "type"],
  A: ["href", "rel", "tabindex"],
  /** What is not shown as it is, with what it is. */
  ABBR: ["class", "title"],
};

function elementsOf(text: string): Element[] {
  const host = document.createElement("div");
  const root = createRoot(host);
  flushSync(() => root.render(<Markdown text={text} onLink={() => undefined} reachable />));
  const elements = [...host.querySelectorAll("*")];
  root.unmount();
  return elements;
}

function faults(text: string): string[] {
  return elementsOf(text).flatMap((element) => {
    const allowed = ALLOWED[element.tagName];
    if (allowed === undefined) return [element.tagName];
    const strange = element.getAttributeNames().filter((name) => !allowed.includes(name));
    const href = element.getAttribute("href");
    return href === null || /^(?:https?:\/\/|mailto:|tel:)/iu.test(href) ? strange : [...strange, href];
  });
}

const PIECES = [
  "**",
  "*",
  "~~",
  "||",
  "_",
  "`",
  "```\n",
  "> ",
  "- ",
  "1. ",
  "\n",
  "\n\n",
  " ",
  "\\",
  "[x](",
  ")",
  "<",
  ">",
  "&lt;",
].concat(
  [
    "https://a.example/b",
    "javascript:alert(1)",
    "data:text/html,x",
    "mailto:a@b.example",
    "www.c.example",
    "+33 6 12 34 56 78",
    "HTTPS://Ä.example",
  ],
  [
    "<img src=x onerror=alert(1)>",
    "<script>",
    "<svg/onload=1>",
    "</p>",
    "é",
    "\u202E",
    "\u0000",
    "\u200B",
    "\u0301",
    "word",
  ],
);

test("whatever the text, only the elements of the subset come of it, with harmless attributes and addresses", () => {
  const texts = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 5 })), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(texts, (pieces) => {
      expect(faults(pieces.join(""))).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test("the subset itself becomes elements", () => {
  const text = "**a** *b* ~~s~~ ||k|| `c` https://d.example/e\n\n> f\n\n- g\n- h\n\n1. i\n\n```\nj\n```";
  const tags = new Set(elementsOf(text).map(({ tagName }) => tagName));
  expect([...tags].toSorted()).toEqual([
    "A",
    "BLOCKQUOTE",
    "BUTTON",
    "CODE",
    "DIV",
    "EM",
    "LI",
    "OL",
    "P",
    "PRE",
    "S",
    "STRONG",
    "UL",
  ]);
});

test("what is hidden is not in the page before it is asked for, by mouse or key", async () => {
  show(<Markdown text="The murderer is ||the **gardener**||." onLink={() => undefined} reachable />);
  const button = page.getByRole("button", { name: fr.thread.hiddenShow });
  await expect.element(button).toBeVisible();
  expect(document.body.textContent).not.toContain("gardener");
  (button.element() as HTMLElement).focus();
  await userEvent.keyboard("{Enter}");
  await expect.element(page.getByText("gardener")).toBeVisible();
  expect(document.activeElement?.textContent).toBe("the gardener");
});

const HREF = "https://evil.example/?u=https://bank.example";

function Message() {
  const [href, setHref] = useState<string>();
  return (
    <>
      <Markdown text={`see ${HREF}`} onLink={setHref} reachable />
      <LinkDialog href={href} onClose={() => setHref(undefined)} />
    </>
  );
}

test("a link does not open by a click, a middle click or a key: it is shown whole, and opens after a yes", async () => {
  const open = vi.spyOn(window, "open").mockReturnValue(null);
  const before = location.href;
  show(<Message />);
  const link = page.getByRole("link", { name: HREF });
  await userEvent.click(link, { button: "middle" });
  await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
  await userEvent.click(link);
  await expect.element(page.getByRole("dialog")).toMatchTextContent(HREF);
  await userEvent.click(page.getByRole("button", { name: fr.app.cancel }));
  await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
  (link.element() as HTMLElement).focus();
  await userEvent.keyboard("{Enter}");
  await expect.element(page.getByRole("dialog")).toBeVisible();
  expect(open).not.toHaveBeenCalled();
  expect(location.href).toBe(before);
  await userEvent.click(page.getByRole("button", { name: fr.link.open }));
  expect(open.mock.calls).toEqual([[HREF, "_blank", "noopener,noreferrer"]]);
  open.mockRestore();
});

test("the part of an address that says where it leads is distinguished from the rest", () => {
  expect(partsOf(HREF)).toEqual({ before: "https://", site: "evil.example", after: "/?u=https://bank.example" });
  expect(partsOf("https://bank.example@evil.example/").site).toBe("evil.example");
  expect(partsOf("mailto:a@b.example").site).toBe("a@b.example");
});
test("an address without a scheme shows as it was written and opens with one; who opens it is said", async () => {
  function Written() {
    const [href, setHref] = useState<string>();
    return (
      <>
        <Markdown text="www.exemple.fr, a@b.example, +33 6 12 34 56 78" onLink={setHref} reachable />
        <LinkDialog href={href} onClose={() => setHref(undefined)} />
      </>
    );
  }
  show(<Written />);
  for (const [written, href, said] of [
    ["www.exemple.fr", "https://www.exemple.fr", fr.link.text],
    ["a@b.example", "mailto:a@b.example", fr.link.elsewhere],
    ["+33 6 12 34 56 78", "tel:+33612345678", fr.link.elsewhere],
  ] as const) {
    await userEvent.click(page.getByRole("link", { name: written }));
    await expect.element(page.getByRole("dialog")).toMatchTextContent(href);
    await expect.element(page.getByRole("dialog")).toMatchTextContent(said);
    await userEvent.click(page.getByRole("button", { name: fr.app.cancel }));
    await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
  }
});

test("what follows the reader is left out on request, and an international name is explained", async () => {
  const open = vi.spyOn(window, "open").mockReturnValue(null);
  const href = "https://xn--bnk-6cd.example/?id=1&utm_source=news";
  const close = vi.fn();
  show(<LinkDialog href={href} onClose={close} />);
  await expect.element(page.getByRole("dialog")).toMatchTextContent("bank.example");
  await expect.element(page.getByRole("dialog")).toMatchTextContent("utm_source");
  await userEvent.click(page.getByRole("switch", { name: fr.link.trackers }));
  await userEvent.click(page.getByRole("button", { name: fr.link.open }));
  expect(open.mock.calls).toEqual([["https://xn--bnk-6cd.example/?id=1", "_blank", "noopener,noreferrer"]]);
  expect(close).toHaveBeenCalledOnce();
  open.mockRestore();
});

test("the numbers of a list have room inside the bubble, however long they are", () => {
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, i) => `${from + i}. x`).join("\n");
  for (const text of [lines(1, 3), lines(8, 12), lines(1, 120), "1. x\n".repeat(1200)]) {
    const host = document.createElement("div");
    document.body.append(host);
    const root = createRoot(host);
    flushSync(() => root.render(<Markdown text={text} onLink={() => undefined} reachable />));
    const list = host.querySelector("ol");
    const ruler = document.createElement("span");
    ruler.textContent = `${list?.children.length ?? 0}. `;
    host.append(ruler);
    const room = Number.parseFloat(getComputedStyle(list ?? host).paddingInlineStart);
    expect(room).toBeGreaterThan(ruler.getBoundingClientRect().width);
    root.unmount();
    host.remove();
  }
});

test("each line is laid out in its own direction, from the side it begins at", () => {
  const host = document.createElement("div");
  host.style.inlineSize = "400px";
  document.body.append(host);
  const root = createRoot(host);
  flushSync(() => root.render(<Markdown text={"مرحبا hello.\n\nhello مرحبا."} onLink={() => undefined} reachable />));
  const sides = [...host.querySelectorAll("p")].map((line) => {
    const range = document.createRange();
    range.selectNodeContents(line);
    const [text, box] = [range.getBoundingClientRect(), line.getBoundingClientRect()];
    return text.left - box.left < box.right - text.right ? "left" : "right";
  });
  expect(sides).toEqual(["right", "left"]);
  root.unmount();
  host.remove();
});

test("the marks of a list and of a quote stand where its lines begin", () => {
  const host = document.createElement("div");
  document.body.append(host);
  const root = createRoot(host);
  const text = "- واحد\n- اثنان\n\n1. one\n\n> مرحبا\n\n> hello";
  flushSync(() => root.render(<Markdown text={text} onLink={() => undefined} reachable />));
  const directions = [...host.querySelectorAll("ul, ol, blockquote")].map(
    (element) => getComputedStyle(element).direction,
  );
  expect(directions).toEqual(["rtl", "ltr", "rtl", "ltr"]);
  root.unmount();
  host.remove();
});

test("code that is wider than its place is moved with the arrows, and only that is a stop of the tab key", async () => {
  const code = (text: string) => `\`\`\`\n${text}\n\`\`\``;
  const { element } = show(
    <div style={{ inlineSize: "12rem" }}>
      <Markdown text={`${code("short")}\n${code("x".repeat(200))}`} onLink={() => undefined} reachable={false} />
    </div>,
  );
  await expect.element(page.getByRole("group", { name: fr.thread.code })).toBeVisible();
  await userEvent.keyboard("{Tab}");
  const [short, wide] = element.querySelectorAll("pre");
  expect(document.activeElement).toBe(wide);
  expect(short?.hasAttribute("tabindex")).toBe(false);
  await userEvent.keyboard("{ArrowRight}");
  await vi.waitFor(() => expect(wide?.scrollLeft).toBeGreaterThan(0));
});
