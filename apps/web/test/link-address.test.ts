import fc from "fast-check";
import { expect, test } from "vitest";
import { imitatedBy, inOwnLetters } from "../src/ui/message/international.ts";
import { withoutTrackers } from "../src/ui/message/trackers.ts";

test.each([
  ["https://a.example/?utm_source=x&id=7&fbclid=y#part", "https://a.example/?id=7#part", ["utm_source", "fbclid"]],
  ["https://a.example/p?UTM_Medium=x", "https://a.example/p", ["UTM_Medium"]],
  ["https://a.example/p?%75tm_id=1&q=a%20b&empty", "https://a.example/p?q=a%20b&empty", ["utm_id"]],
  ["https://a.example/?gclid=1&gclid=2#a#b?utm_x=1", "https://a.example/#a#b?utm_x=1", ["gclid"]],
])("%j without what follows its reader", (href, shorter, trackers) => {
  expect(withoutTrackers(href)).toEqual({ href: shorter, trackers });
});

test.each([
  "https://a.example/?id=1&source=utm_x",
  "https://a.example/utm_source=1",
  "https://a.example/#?utm_source=1",
  "mailto:a@b.example",
  "https://a.example/?%=1&%E0=2",
  "",
])("%j stays as it is", (href) => expect(withoutTrackers(href)).toEqual({ href, trackers: [] }));

test("whatever the address, what is left of it is a part of it", () => {
  const parts = fc.constantFrom("utm_a", "id", "&", "=", "?", "#", "%", "fbclid", "/");
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 20 }), (pieces) => {
      const href = `https://a.example/${pieces.join("")}`;
      const once = withoutTrackers(href).href;
      expect(once.length).toBeLessThanOrEqual(href.length);
      expect(withoutTrackers(once)).toEqual({ href: once, trackers: [] });
    }),
  );
});

test.each([
  ["https://xn--bnk-6cd.example/a", "bаnk.example"],
  ["https://www.XN--MNCHEN-3YA.de:8080/", "www.münchen.de"],
  ["https://a.xn--p1ai", "a.рф"],
])("%s is shown in its own letters", (href, letters) => expect(inOwnLetters(href)).toBe(letters));

test.each([
  "https://a.example/xn--a",
  "https://xn--\u0430.example",
  "mailto:a@xn--p1ai",
  "tel:+33612345678",
  "https://xn--99999999999.example",
  "",
])("%j has no other letters", (href) => expect(inOwnLetters(href)).toBeUndefined());

test.each([
  ["bаnk.example", "bank.example"],
  ["www.аррӏе.com", "www.appie.com"],
  ["münchen.de", undefined],
  ["почта.рф", undefined],
  ["日本.example", undefined],
])("%s could be taken for %s", (name, other) => expect(imitatedBy(name)).toBe(other));
