import { describe, expect, test } from "vitest";
import { invitationLines } from "../../src/text/invitation.ts";
import { qrLines } from "../../src/text/qr.ts";
import { createStyle } from "../../src/text/style.ts";
import { wordsFor } from "../../src/words/index.ts";

const codeRows = (lines: readonly string[]): number => lines.filter((line) => line.includes("\u001b[38;5;16")).length;

describe("a QR code in the terminal", () => {
  const link = `http://127.0.0.1:7540/i#${"A".repeat(90)}`;

  test("is square, dark on light, two dots to a character", () => {
    const lines = qrLines(link, 80) ?? [];
    // oxlint-disable-next-line no-control-regex -- the escape sequences are what is taken away
    const plain = lines.map((line) => line.replaceAll(/\u001b\[[\d;]*m/gu, ""));
    expect(plain.length).toBeGreaterThan(10);
    expect(new Set(plain.map((line) => line.length)).size).toBe(1);
    expect(Math.ceil((plain[0]?.length ?? 0) / 2)).toBe(plain.length);
    expect(plain.join("")).toMatch(/^[ ▀▄█]+$/u);
  });

  const shownOn = (lang: "fr" | "en", columns: number, rows: number) => {
    const words = wordsFor(lang);
    const until = "23 November 2026 at 14:03";
    return invitationLines({ words, style: createStyle(false), link, until, columns, rows, others: 2 }, true);
  };

  test.each([
    ["en", 80, 24],
    ["fr", 80, 24],
    ["en", 40, 15],
    ["fr", 40, 15],
  ] as const)(
    "in %s, a screen of %i by %i has the link alone, and the size that a code takes",
    (lang, columns, rows) => {
      const { lines, hasCode } = shownOn(lang, columns, rows);
      expect(lines.slice(-(rows - 2)).join("")).toContain(link);
      expect([hasCode, codeRows(lines)]).toEqual([false, 0]);
      const [width, height] = lines.join(" ").match(/\d+(?= (?:col|rows|lignes))/gu) ?? [];
      expect(shownOn(lang, Number(width), Number(height)).hasCode).toBe(true);
      expect(shownOn(lang, Number(width), Number(height) - 1).hasCode).toBe(false);
    },
  );

  test.each([
    ["en", 80, 40],
    ["fr", 200, 60],
  ] as const)("in %s, a screen of %i by %i has the whole code, and the link below it", (lang, columns, rows) => {
    const { lines, hasCode } = shownOn(lang, columns, rows);
    expect([hasCode, codeRows(lines)]).toEqual([true, 23]);
    expect(lines.length).toBeLessThanOrEqual(rows - 2);
    expect(lines.slice(lines.findLastIndex((line) => line.includes("▀"))).join("")).toContain(link);
  });

  test("is left out where it does not fit", () => {
    expect(qrLines(link, 20)).toBeUndefined();
    expect(qrLines(link, 80, 10)).toBeUndefined();
  });
});
