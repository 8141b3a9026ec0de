import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createCrypto, toHex, type Crypto } from "@pli/protocol/crypto";
import { encodeCbor, type CborValue } from "@pli/protocol/object";
import {
  MAX_DESCRIPTION_CHARS,
  MAX_HISTORY_BYTES,
  encodeEvidence,
  encodeGroupControl,
  encodeRoster,
  encodeRules,
  parseDescription,
  parseEvidence,
  parseGroupControl,
  parseRoster,
  parseRules,
  type GroupControl,
  type Role,
  type Roster,
  type Rules,
} from "@pli/protocol/group";

let crypto: Crypto;
beforeAll(async () => {
  crypto = await createCrypto();
});

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const upTo = (length: number) => fc.uint8Array({ maxLength: length });
const pointer = fc.record({ seed: bytes(32), length: fc.integer({ min: 1, max: 16_777_216 }) });
const role = fc.constantFrom<Role>("owner", "admin", "reader");
const description = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => {
  const parsed = parseDescription(text);
  return parsed.ok ? parsed.value : "";
});
const needed: fc.Arbitrary<Rules> = fc.record({
  conversation: bytes(32),
  name: fc.constantFrom("Les Amis", "👩‍🚀", "x".repeat(64)),
  description,
  roles: fc
    .uniqueArray(fc.tuple(bytes(32).map(toHex), role), { maxLength: 9, selector: ([id]) => id })
    .map((roles) => new Map(roles)),
  whoAdds: fc.constantFrom("admins", "members"),
  whoWrites: fc.constantFrom("everyone", "admins"),
  timer: fc.nat(31_536_000),
  newcomersRead: fc.constantFrom("nothing", "week"),
});
const picture = fc.record({ seed: bytes(32), length: fc.integer({ min: 1, max: 65_536 }), hash: bytes(32) });
const rules = fc.oneof(
  needed,
  fc.tuple(needed, picture).map(([without, shown]) => ({ ...without, picture: shown })),
);
const epochs = fc
  .uniqueArray(fc.nat(), { maxLength: 64 })
  .map((list) => list.toSorted((a, b) => a - b).map((epoch) => ({ epoch, mark: new Uint8Array(16) })));
const place = fc.record({ group: bytes(32), epoch: fc.maxSafeNat(), mark: bytes(16) });
const placeOrNull = fc.option(place);
const state = fc.record({
  name: fc.constant("group-state" as const),
  conversation: bytes(32),
  group: bytes(32),
  epochs,
});
/** Somebody who came in behind the first epoch they tell of. */
const stateSince = fc
  .tuple(
    state.filter(({ epochs: list }) => list.length > 0),
    fc.integer({ min: 1, max: 2 ** 40 }),
  )
  .map(([said, after]) => ({ ...said, since: (said.epochs[0]?.epoch ?? 0) + after }));
const control: fc.Arbitrary<GroupControl> = fc.oneof(
  fc.record({
    name: fc.constant("key-packages" as const),
    packages: fc.array(upTo(60), { minLength: 1, maxLength: 8 }),
  }),
  fc.constant({ name: "key-packages-wanted" as const }),
  fc.record({ name: fc.constant("texts-wanted" as const), conversation: bytes(32) }),
  fc.record({ name: fc.constant("group-asks" as const), asks: fc.constantFrom(0, 1) }),
  fc.record({
    name: fc.constant("group-offer" as const),
    conversation: bytes(32),
    title: fc.constantFrom("Chorale", "x".repeat(64)),
    store: fc.constantFrom("http://127.0.0.1:7540", "https://store.example"),
    members: fc.integer({ min: 1, max: 2000 }),
  }),
  fc.record({
    name: fc.constant("group-offer-answer" as const),
    conversation: bytes(32),
    accepts: fc.constantFrom(0, 1),
  }),
  fc.record({ name: fc.constant("group-offer-ended" as const), conversation: bytes(32) }),
  fc.record({
    name: fc.constant("group-invitation" as const),
    conversation: bytes(32),
    store: fc.constantFrom("http://127.0.0.1:7540", "https://store.example"),
    feed: fc.nat(65_535),
    welcome: pointer,
    tree: pointer,
    roster: pointer,
  }),
  fc.record({
    name: fc.constant("group-rejoin" as const),
    conversation: bytes(32),
    place: placeOrNull,
    keyPackage: upTo(60),
  }),
  fc.record({
    name: fc.constant("group-rejoin-answer" as const),
    conversation: bytes(32),
    standing: fc.constantFrom(0, 1, 2),
    place: placeOrNull,
    leaf: upTo(60),
  }),
  fc.record(
    {
      name: fc.constant("group-rejoin-answer" as const),
      conversation: bytes(32),
      standing: fc.constantFrom(0, 1, 2),
      place: placeOrNull,
      leaf: bytes(60),
      device: bytes(16),
      asker: bytes(16),
    },
    { requiredKeys: ["name", "conversation", "standing", "place", "leaf"] },
  ),
  fc.record(
    { name: fc.constant("group-rejoin-refused" as const), conversation: bytes(32), asker: bytes(16) },
    { requiredKeys: ["name", "conversation"] },
  ),
  state,
  stateSince,
  fc.record({ name: fc.constant("group-leave" as const), signature: bytes(64) }),
  fc.record({
    name: fc.constant("group-left" as const),
    conversation: bytes(32),
    group: bytes(32),
    leaf: upTo(60),
    signature: bytes(64),
  }),
  fc.record({ name: fc.constant("group-card" as const), card: pointer }),
  fc.record({ name: fc.constant("group-refound" as const), without: fc.array(bytes(32), { maxLength: 64 }) }),
  fc.record({ name: fc.constant("group-package" as const), keyPackage: upTo(60) }),
);
const member = fc.record({ profile: bytes(32), name: fc.constantFrom("Ada", "Zoë") });
const epochMark = fc.record({ epoch: fc.nat(), mark: bytes(16) });
const epochMarks = fc
  .uniqueArray(epochMark, { minLength: 1, maxLength: 9, selector: ({ epoch }) => epoch })
  .map((list) => list.toSorted((a, b) => a.epoch - b.epoch));
const rosterFields = {
  members: fc
    .uniqueArray(
      fc.oneof(
        member,
        fc.tuple(member, pointer).map(([who, card]) => ({ ...who, card })),
      ),
      {
        maxLength: 9,
        selector: ({ profile }) => toHex(profile),
      },
    )
    .map((list) => list.toSorted((a, b) => (toHex(a.profile) < toHex(b.profile) ? -1 : 1))),
  history: fc.array(fc.record({ sender: bytes(32), content: upTo(90) }), { maxLength: 5 }),
};
const roster: fc.Arbitrary<Roster> = fc.oneof(
  fc.record(rosterFields),
  fc.record({ ...rosterFields, epochs: epochMarks }),
);
const evidence = fc
  .uniqueArray(fc.nat(1999), { maxLength: 9 })
  .chain((leaves) =>
    fc.tuple(
      ...leaves.toSorted((a, b) => a - b).map((leaf) => fc.record({ leaf: fc.constant(leaf), signature: bytes(64) })),
    ),
  );

/** What each codec makes of bytes: the value, encoded again. */
const CODECS: Readonly<
  Record<string, { encoded: fc.Arbitrary<Uint8Array>; again: (of: Uint8Array) => Uint8Array | undefined }>
> = {
  rules: {
    encoded: rules.map(encodeRules),
    again: (of) => valueOr(parseRules(of), encodeRules),
  },
  roster: {
    encoded: roster.map(encodeRoster),
    again: (of) => valueOr(parseRoster(of), encodeRoster),
  },
  evidence: {
    encoded: evidence.filter((list) => list.length > 0).map(encodeEvidence),
    again: (of) => valueOr(parseEvidence(of), encodeEvidence),
  },
  ...Object.fromEntries(
    (
      [
        "key-packages",
        "group-asks",
        "group-offer",
        "group-offer-answer",
        "group-offer-ended",
        "group-invitation",
        "group-rejoin",
        "group-rejoin-answer",
        "group-rejoin-refused",
        "group-card",
        "group-refound",
      ] as const
    ).map((name) => [name, codecOf(control.filter((one) => one.name === name))]),
  ),
  "group-state": codecOf(state),
  "group-state of a latecomer": codecOf(stateSince),
};

function codecOf(said: fc.Arbitrary<GroupControl>): (typeof CODECS)[string] {
  const [{ name }] = fc.sample(said, { numRuns: 1 }) as [GroupControl];
  return {
    encoded: said.map((one) => encodeGroupControl(one).body),
    again: (of) => valueOr(parseGroupControl(name, of), (one) => encodeGroupControl(one).body),
  };
}

function valueOr<T>(
  parsed: { ok: true; value: T } | { ok: false },
  encode: (value: T) => Uint8Array,
): Uint8Array | undefined {
  return parsed.ok ? encode(parsed.value) : undefined;
}

const isNothingOr = (read: Uint8Array | undefined, bytes: Uint8Array): boolean =>
  read === undefined || toHex(read) === toHex(bytes);

describe("what is encoded comes back", () => {
  test("rules", () => {
    fc.assert(
      fc.property(rules, (value) => {
        expect(parseRules(encodeRules(value))).toEqual({ ok: true, value });
      }),
    );
  });
  test("controls", () => {
    fc.assert(
      fc.property(control, (value) => {
        const { name, body } = encodeGroupControl(value);
        expect(parseGroupControl(name, body)).toEqual({ ok: true, value });
      }),
    );
  });
  test("rosters", () => {
    fc.assert(
      fc.property(roster, (value) => {
        expect(parseRoster(encodeRoster(value))).toEqual({ ok: true, value });
      }),
    );
  });
  test("evidence, in one order, and nothing for nobody", () => {
    fc.assert(
      fc.property(evidence, (value) => {
        const encoded = encodeEvidence(value.toReversed());
        expect(encoded).toEqual(encodeEvidence(value));
        expect(parseEvidence(encoded)).toEqual({ ok: true, value });
        expect(encoded.length === 0).toBe(value.length === 0);
      }),
    );
  });
});

describe.each(Object.entries(CODECS))("%s", (name, { encoded, again }) => {
  test("every truncation and every further byte is refused", () => {
    const [whole] = fc.sample(encoded, { numRuns: 1, seed: 7 });
    if (whole === undefined) throw new Error("nothing");
    expect(again(whole)).toEqual(whole);
    const least = name === "evidence" ? 1 : 0;
    for (let length = least; length < whole.length; length += 1)
      expect(again(whole.subarray(0, length))).toBeUndefined();
    expect(again(Uint8Array.of(...whole, 0))).toBeUndefined();
  });

  test("bytes that were changed are refused, or are the one encoding of another value", () => {
    fc.assert(
      fc.property(encoded, fc.nat(), fc.integer({ min: 1, max: 255 }), (whole, at, flip) => {
        const wrong = whole.slice();
        wrong[at % wrong.length] = (wrong[at % wrong.length] ?? 0) ^ flip;
        return isNothingOr(again(wrong), wrong);
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  test("any bytes at all give a verdict", () => {
    fc.assert(fc.property(upTo(200), (any) => isNothingOr(again(any), any)));
  });
});

describe("bounds", () => {
  test("what nobody would take is not made", () => {
    const conversation = new Uint8Array(32);
    const good: Rules = {
      conversation,
      name: "Les Amis",
      description: "",
      roles: new Map(),
      whoAdds: "admins",
      whoWrites: "everyone",
      timer: 0,
      newcomersRead: "nothing",
    };
    expect(() => encodeRules({ ...good, name: "" })).toThrow(RangeError);
    expect(() => encodeRules({ ...good, roles: new Map([["ab", "admin"]]) })).toThrow(RangeError);
    expect(() => encodeRules({ ...good, timer: 1.5 })).toThrow(RangeError);
    expect(() => encodeGroupControl({ name: "group-leave", signature: new Uint8Array(63) })).toThrow(RangeError);
    expect(() => encodeEvidence([{ leaf: 1, signature: new Uint8Array(63) }])).toThrow(RangeError);
    expect(() => encodeRoster({ members: [{ profile: conversation, name: "" }], history: [] })).toThrow(RangeError);
  });

  const id = new Uint8Array(32).fill(3);
  const mark = new Uint8Array(16);
  const here = { group: id, epoch: 4, mark };
  const GOOD = {
    "group-rejoin": { conversation: id, place: here, keyPackage: new Uint8Array(40) },
    "group-rejoin-answer": { conversation: id, standing: 0, place: here, leaf: new Uint8Array(1216) },
    "group-rejoin-refused": { conversation: id },
    "group-state": { conversation: id, group: id, epochs: [{ epoch: 3, mark }], since: 4 },
  } as const;
  type Name = keyof typeof GOOD;
  const bodyOf = (name: Name, change: Readonly<Record<string, CborValue | undefined>>): Uint8Array =>
    encodeCbor(
      Object.fromEntries(Object.entries({ v: 1, ...GOOD[name], ...change }).filter(([, one]) => one !== undefined)),
    );
  const of = (length: number) => new Uint8Array(length);

  test.each<[Name, string, Readonly<Record<string, CborValue | undefined>>]>([
    ["group-rejoin", "nothing known of the group", { place: null, keyPackage: of(0) }],
    ["group-rejoin", "a place and no key package", { keyPackage: of(0) }],
    ["group-rejoin", "the largest epoch", { place: { ...here, epoch: Number.MAX_SAFE_INTEGER } }],
    ["group-rejoin", "the longest key package", { keyPackage: of(16_384) }],
    ["group-rejoin-answer", "somebody who is out", { standing: 2, place: null, leaf: of(0) }],
    ["group-rejoin-answer", "the longest key of a leaf", { leaf: of(2048) }],
    ["group-rejoin-answer", "the device of the leaf", { device: of(16) }],
    ["group-rejoin-answer", "the device that asks", { asker: of(16) }],
    ["group-rejoin-answer", "both", { device: of(16), asker: of(16) }],
    ["group-rejoin-refused", "the device that asks", { asker: of(16) }],
    ["group-state", "no epochs", { epochs: [], since: undefined }],
    ["group-state", "64 epochs", { epochs: Array.from({ length: 64 }, (_, epoch) => ({ epoch, mark })), since: 63 }],
  ])("%s is taken with %s", (name, _, change) => {
    const body = bodyOf(name, change);
    const parsed = parseGroupControl(name, body);
    expect(parsed.ok && encodeGroupControl(parsed.value).body).toEqual(body);
  });

  test.each<[Name, string, Readonly<Record<string, CborValue | undefined>>]>([
    ["group-rejoin", "no place at all", { place: undefined }],
    ["group-rejoin", "a place of another kind", { place: 4 }],
    ["group-rejoin", "a place without a mark", { place: { group: id, epoch: 4 } }],
    ["group-rejoin", "a place with more", { place: { ...here, more: 1 } }],
    ["group-rejoin", "a place in a group of 31 bytes", { place: { ...here, group: of(31) } }],
    ["group-rejoin", "a place with a mark of 17 bytes", { place: { ...here, mark: of(17) } }],
    ["group-rejoin", "a place before all epochs", { place: { ...here, epoch: -1 } }],
    ["group-rejoin", "no key package at all", { keyPackage: undefined }],
    ["group-rejoin", "null for a key package", { keyPackage: null }],
    ["group-rejoin", "a key package of 16 KiB and a byte", { keyPackage: of(16_385) }],
    ["group-rejoin", "a leaf, which is of the answer", { leaf: of(0) }],
    ["group-rejoin-answer", "a fourth standing", { standing: 3 }],
    ["group-rejoin-answer", "a standing below all", { standing: -1 }],
    ["group-rejoin-answer", "a standing in words", { standing: "stuck" }],
    ["group-rejoin-answer", "no standing", { standing: undefined }],
    ["group-rejoin-answer", "no place at all", { place: undefined }],
    ["group-rejoin-answer", "null for a leaf", { leaf: null }],
    ["group-rejoin-answer", "a key of a leaf of 2,049 bytes", { leaf: of(2049) }],
    ["group-rejoin-answer", "a conversation of 33 bytes", { conversation: of(33) }],
    ["group-rejoin-answer", "a device without a leaf", { leaf: of(0), device: of(16) }],
    ["group-rejoin-answer", "a device of 15 bytes", { device: of(15) }],
    ["group-rejoin-answer", "a device that asks, of 17 bytes", { asker: of(17) }],
    ["group-rejoin-answer", "null for the device that asks", { asker: null }],
    ["group-rejoin-refused", "more", { place: null }],
    ["group-rejoin-refused", "a device that asks, of 15 bytes", { asker: of(15) }],
    ["group-rejoin-refused", "the device of a leaf", { device: of(16) }],
    ["group-state", "null for since", { since: null }],
    ["group-state", "since below nothing", { since: -1 }],
    ["group-state", "since in words", { since: "4" }],
    ["group-state", "since the first epoch listed, which needs no saying", { since: 3 }],
    ["group-state", "since before it", { since: 0 }],
    ["group-state", "since, and no epochs", { epochs: [] }],
    ["group-state", "more beside since", { more: 1 }],
    ["group-state", "more in the place of since", { since: undefined, more: 1 }],
    ["group-state", "no epochs at all", { epochs: undefined }],
  ])("%s is refused with %s", (name, _, change) => {
    expect(parseGroupControl(name, bodyOf(name, {})).ok).toBe(true);
    expect(parseGroupControl(name, bodyOf(name, change))).toEqual({ ok: false, error: "control_malformed" });
  });

  test("since is said once, in its place and in its shortest form, or not at all", () => {
    const body = bodyOf("group-state", { since: 10 });
    const without = bodyOf("group-state", { since: undefined });
    const field = Uint8Array.of(0x65, ...new TextEncoder().encode("since"), 10);
    const start = body.findIndex((_, i) => field.every((byte, j) => body[i + j] === byte));
    expect(start).toBeGreaterThan(0);
    const rest = body.subarray(start + field.length);
    const [head, before] = [body[0] ?? 0, body.subarray(1, start)];
    expect(Uint8Array.of(head - 1, ...before, ...rest)).toEqual(without);
    const long = Uint8Array.of(...field.subarray(0, -1), 0x18, 10);
    for (const wrong of [
      Uint8Array.of(head + 1, ...before, ...field, ...field, ...rest),
      Uint8Array.of(head, ...before, ...long, ...rest),
      Uint8Array.of(head, ...field, ...before, ...rest),
      Uint8Array.of(head, ...before, ...rest, ...field),
      Uint8Array.of(head - 1, ...before, ...field, ...rest),
    ])
      expect(parseGroupControl("group-state", wrong)).toEqual({ ok: false, error: "control_malformed" });
    expect(parseGroupControl("group-state", body).ok).toBe(true);
  });

  test("what of these nobody would take is not made", () => {
    const place = { group: id, epoch: 3, mark };
    const bad: GroupControl[] = [
      { name: "group-rejoin", conversation: id, place: { ...place, mark: of(15) }, keyPackage: of(0) },
      { name: "group-rejoin", conversation: id, place, keyPackage: of(16_385) },
      { name: "group-rejoin-answer", conversation: id, standing: 0, place, leaf: of(2049) },
      { name: "group-rejoin-answer", conversation: id, standing: 3 as 2, place, leaf: of(0) },
      { name: "group-state", conversation: id, group: id, since: 3, epochs: [{ epoch: 3, mark }] },
      { name: "group-state", conversation: id, group: id, since: 3, epochs: [] },
    ];
    for (const one of bad) expect(() => encodeGroupControl(one)).toThrow(RangeError);
  });

  test("a group of 2,000 roles fits its rules, and one more does not", () => {
    const roles = new Map(Array.from({ length: 2000 }, () => [toHex(crypto.random(32)), "reader" as const]));
    const [some] = fc.sample(needed, { numRuns: 1, seed: 3 });
    if (some === undefined) throw new Error("no rules");
    const full = { ...some, description: "é".repeat(MAX_DESCRIPTION_CHARS), roles };
    expect(parseRules(encodeRules(full))).toEqual({ ok: true, value: full });
    const more = new Map([...roles, [toHex(crypto.random(32)), "reader" as const]]);
    expect(() => encodeRules({ ...full, roles: more })).toThrow(RangeError);
  });

  test("history is at most a mebibyte", () => {
    const sender = new Uint8Array(32);
    const of = (last: number): Roster => ({
      members: [],
      history: [...Array.from({ length: 16 }, () => 65_000), last].map((length) => ({
        sender,
        content: new Uint8Array(length),
      })),
    });
    const left = MAX_HISTORY_BYTES - 16 * 65_000;
    expect(parseRoster(encodeRoster(of(left))).ok).toBe(true);
    expect(() => encodeRoster(of(left + 1))).toThrow(RangeError);
  });
});

describe("descriptions", () => {
  test.each([
    ["", ""],
    ["  Deux\r\nlignes\t! \n", "Deux\nlignes !"],
    ["Zoe\u0308", "Zoë"],
    ["a\u202eb\u0000c", "abc"],
    ["x".repeat(1000), "x".repeat(1000)],
    ["😀".repeat(1000), "😀".repeat(1000)],
  ])("%j is %j", (input, value) => {
    expect(parseDescription(input)).toEqual({ ok: true, value });
  });

  test.each(["x".repeat(1001), "x".repeat(1_000_000)])("too long is refused", (input) => {
    expect(parseDescription(input)).toEqual({ ok: false, error: "description_too_long" });
  });

  test("one that is accepted is accepted again, unchanged, and fits the rules", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), needed, (input, some) => {
        const parsed = parseDescription(input);
        if (!parsed.ok) return;
        expect(parseDescription(parsed.value)).toEqual(parsed);
        expect(parseRules(encodeRules({ ...some, description: parsed.value })).ok).toBe(true);
      }),
    );
  });
});
