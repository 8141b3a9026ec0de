import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createCrypto, type Crypto } from "@pli/protocol/crypto";
import { createInvitationLink, isStoreAddress, parseInvitationLink, parseStoreAddress } from "@pli/protocol/pairing";
import { codeFrom } from "../src/pairing/transcript.ts";

const base = "https://pli.example";
const stores = fc.constantFrom(
  "http://127.0.0.1:7540",
  "https://store.example",
  "http://[::1]:7540",
  `https://${"a".repeat(240)}.fr`,
);
const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });
let crypto: Crypto;
beforeAll(async () => {
  crypto = await createCrypto();
});

describe("an invitation link", () => {
  test("comes back whole, from the link or from what follows its #, with spaces around it", () => {
    fc.assert(
      fc.property(stores, secrets, (store, secret) => {
        const link = createInvitationLink(crypto, { base, purpose: "person", store, secret });
        const code = link.slice(link.indexOf("#") + 1);
        for (const form of [link, code, `  ${link}\n`, `pli:#${code}`])
          expect(parseInvitationLink(crypto, form)).toEqual({ ok: true, value: { purpose: "person", store, secret } });
        expect(createInvitationLink(crypto, { base: `${base}/`, purpose: "person", store, secret })).toBe(link);
      }),
      { numRuns: propertyRuns(30) },
    );
  });

  test("cut short anywhere says so", () => {
    fc.assert(
      fc.property(stores, secrets, (store, secret) => {
        const link = createInvitationLink(crypto, { base, purpose: "person", store, secret });
        for (let length = link.indexOf("#") + 1; length < link.length; length += 1)
          expect(parseInvitationLink(crypto, link.slice(0, length))).toEqual({
            ok: false,
            error: "invitation_cut_short",
          });
      }),
      { numRuns: propertyRuns(5) },
    );
  });

  test("with one character changed, or one more, is never taken for another", () => {
    fc.assert(
      fc.property(
        stores,
        secrets,
        fc.nat(),
        fc.constantFrom(...Array.from("AZaz09-_=+/ é")),
        (store, secret, at, char) => {
          const link = createInvitationLink(crypto, { base, purpose: "person", store, secret });
          const code = link.slice(link.indexOf("#") + 1);
          const index = at % code.length;
          const changed = code.slice(0, index) + char + code.slice(index + 1);
          const parsed = parseInvitationLink(crypto, changed);
          expect(parsed.ok).toBe(changed.trim() === code);
          expect(parseInvitationLink(crypto, `${code}${char}`).ok).toBe(char === " ");
        },
      ),
    );
  });

  /** A link as people paste it, of which a part in the middle, `|`, is where it was broken. */
  const broken = (link: string, at: number, by: string): string => link.slice(0, at) + by + link.slice(at);

  test.each([
    ["a line break", "\n"],
    ["a line break of Windows and an indent", "\r\n    "],
    ["spaces", "  "],
    ["spaces that do not break", "\u00a0\u202f"],
    ["a zero-width space", "\u200b"],
    ["a soft hyphen and a byte order mark", "\u00ad\ufeff"],
    ["a quoted line of a letter", "\n> > "],
    ["a space as browsers write it", "%20"],
    ["a zero-width space as browsers write it", "%E2%80%8B"],
  ])("comes back whole with %s anywhere behind its host", (_what, by) => {
    const [store, secret] = ["https://store.example", crypto.random(32)];
    const link = createInvitationLink(crypto, { base, purpose: "person", store, secret });
    for (let at = base.length + 1; at <= link.length; at += 1)
      expect(parseInvitationLink(crypto, broken(link, at, by))).toEqual({
        ok: true,
        value: { purpose: "person", store, secret },
      });
  });

  test.each([
    "<LINK>",
    "Bonjour,\nvoici l’invitation : LINK.\nÀ tout de suite !",
    "[Écrivons-nous](LINK)",
    'href="LINK">Pli</a>',
    "« LINK »",
    "**LINK**",
    "Not https://pli.example/i#AAAA, but this #1: LINK and then call me",
    "LINK LINK",
  ])("comes back whole from %j", (text) => {
    const [store, secret] = ["https://store.example", crypto.random(32)];
    const link = createInvitationLink(crypto, { base, purpose: "person", store, secret });
    expect(parseInvitationLink(crypto, text.replaceAll("LINK", link))).toEqual({
      ok: true,
      value: { purpose: "person", store, secret },
    });
  });

  test.each(["LINK", "<LINK>", "Here it is:\nLINK\nCall me when you are there, I have all day", "LINK\n", "LINK…"])(
    "of which a half is in %j says that it was cut short",
    (text) => {
      const link = createInvitationLink(crypto, {
        base,
        purpose: "person",
        store: "https://store.example",
        secret: crypto.random(32),
      });
      for (const half of [link.slice(0, link.indexOf("#") + 20), link.slice(0, -1)])
        expect(parseInvitationLink(crypto, text.replaceAll("LINK", half))).toEqual({
          ok: false,
          error: "invitation_cut_short",
        });
    },
  );

  test.each([`${base}/i`, `${base}/i#`, `<${base}/i#>`])("that lost all behind its #, %j, was cut short", (text) => {
    expect(parseInvitationLink(crypto, text)).toEqual({ ok: false, error: "invitation_cut_short" });
  });

  test("a long text with a thousand places that look like links is read in no time", () => {
    expect(parseInvitationLink(crypto, "/i#AR ".repeat(2_500))).toMatchObject({ ok: false });
    expect(parseInvitationLink(crypto, " ".repeat(16_000))).toMatchObject({ ok: false });
    expect(parseInvitationLink(crypto, "/ ".repeat(8_000))).toMatchObject({ ok: false });
  });

  test("any text is answered with a code", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (input) => {
        expect(parseInvitationLink(crypto, input).ok).toBe(false);
      }),
    );
    expect(parseInvitationLink(crypto, "A".repeat(100_000))).toEqual({ ok: false, error: "invitation_malformed" });
  });

  test("is not made for what is no store address", () => {
    const secret = crypto.random(32);
    for (const store of [
      "",
      "example.org",
      "ftp://example.org",
      "https://example.org/path",
      "https://a@b.c",
      "https://é.fr",
    ])
      expect(() => createInvitationLink(crypto, { base, purpose: "person", store, secret })).toThrow(RangeError);
  });
});

describe("a store address", () => {
  test.each([
    ["http://127.0.0.1:7540", "http://127.0.0.1:7540"],
    [" HTTPS://Store.Example/ ", "https://store.example"],
    ["https://store.example:443", "https://store.example"],
    ["http://[::1]:80/", "http://[::1]"],
    ["http://store.example:443", "http://store.example:443"],
  ])("typed as %j is %s", (input, address) => {
    expect(parseStoreAddress(input)).toEqual({ ok: true, value: address });
    expect(isStoreAddress(address)).toBe(true);
  });

  test.each([
    "",
    "store.example",
    "ws://a.b",
    "https://a.b/c",
    "https://a.b?c",
    "https://a.b:99999",
    "https://a.b:0",
    "https://-a.b",
    "https://u@a.b",
  ])("%j is none", (input) => {
    expect(parseStoreAddress(input)).toEqual({ ok: false, error: "store_address_malformed" });
  });
});

describe("the eight digits", () => {
  test("are as likely one as another", () => {
    const counts = Array.from({ length: 10 }, () => 0);
    const zero = new Uint8Array(32);
    for (let i = 0; i < 2000; i += 1)
      for (const digit of codeFrom(crypto, crypto.sha256(Uint8Array.of(i & 255, i >> 8)), zero, zero))
        counts[Number(digit)] = (counts[Number(digit)] ?? 0) + 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1600) ** 2 / 1600, 0);
    expect(chiSquare).toBeLessThan(27.9);
  });

  test("depend on the transcript and on each nonce, and tell the nonces apart", () => {
    const [a, b, c] = [crypto.random(32), crypto.random(32), crypto.random(32)];
    expect(codeFrom(crypto, a, b, c)).toMatch(/^[0-9]{8}$/);
    expect(codeFrom(crypto, a, b, c)).toBe(codeFrom(crypto, a.slice(), b.slice(), c.slice()));
    const others = [
      codeFrom(crypto, a, c, b),
      codeFrom(crypto, b, b, c),
      codeFrom(crypto, a, a, c),
      codeFrom(crypto, a, b, a),
    ];
    expect(others).not.toContain(codeFrom(crypto, a, b, c));
  });
});
