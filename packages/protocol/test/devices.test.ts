import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { createSeededCrypto, createCrypto, utf8, type Crypto } from "@pli/protocol/crypto";
import {
  answerReturn,
  createDeviceList,
  createReturnRequest,
  encodeDeviceKeys,
  encodeDeviceKeysWanted,
  encodeHistoryDone,
  encodeErased,
  encodeHistoryManifest,
  encodeHistoryWanted,
  encodePastSlice,
  encodeLeafWanted,
  encodeComingDevice,
  encodeLinkingEntry,
  encodeLinkingGrant,
  encodeLinkingReady,
  encodeLinkingWait,
  encodeOwnLeaf,
  linkingSeed,
  MAX_OWN_DEVICES,
  mergeDeviceLists,
  openReturnAnswer,
  parseDeviceKeys,
  parseDeviceKeysWanted,
  parseDeviceList,
  parseHistoryDone,
  parseErased,
  parseHistoryManifest,
  parseHistoryWanted,
  parsePastSlice,
  parseLeafWanted,
  parseComingDevice,
  parseLinkingEntry,
  parseLinkingGrant,
  parseLinkingReady,
  parseLinkingWait,
  parseOwnLeaf,
  parseReturnRequest,
  returnSecretFrom,
  returnSeeds,
  type DeviceList,
  type LinkingObject,
  type PastSlice,
  type ReturnPlace,
} from "@pli/protocol/devices";
import { createCard, createIdentity, parseCard, parseIdentity } from "@pli/protocol/identity";
import type { Card, IdentitySecret } from "@pli/protocol/identity";
import { encodeSelfEntries, parseSelfEntries, type SelfEntry } from "@pli/protocol/self";
import { load, type Bytes } from "./vector-files.ts";

let crypto: Crypto;
let identity: IdentitySecret;
let card: Card;

beforeAll(async () => {
  crypto = createSeededCrypto(await createCrypto(), utf8("devices"));
  identity = createIdentity(crypto);
  card = createCard(crypto, identity, "Camille", 1_790_000_000);
});

const idOf = (n: number): Uint8Array => new Uint8Array(16).fill(n);
const device = (n: number, by = 0) => ({ id: idOf(n), key: new Uint8Array(32).fill(n), addedAt: n, addedBy: idOf(by) });
const listOf = (
  version: number,
  devices: readonly number[],
  removed: readonly number[] = [],
  generation = 0,
): DeviceList => ({
  generation,
  version,
  devices: devices.map((n) => device(n)),
  removed: removed.toSorted((a, b) => a - b).map(idOf),
});
const shown = ({ version, devices, removed }: DeviceList) => ({
  version,
  devices: devices.map(({ id }) => id[0]),
  removed: removed.map((id) => id[0]),
});

describe("a list of devices", () => {
  test("comes back as it was signed, and fits a control", () => {
    const full = listOf(
      7,
      Array.from({ length: MAX_OWN_DEVICES }, (_, i) => i + 1),
      [20, 30],
    );
    const signed = createDeviceList(crypto, identity, full);
    expect(signed.bytes.length).toBeLessThan(16_384);
    expect(parseDeviceList(crypto, signed.bytes, card)).toEqual({ ok: true, value: signed });
  });

  test("cut anywhere, or changed, is refused", () => {
    const { bytes } = createDeviceList(crypto, identity, listOf(1, [1, 2], [3]));
    for (let length = 0; length < bytes.length; length += 97)
      expect(parseDeviceList(crypto, bytes.subarray(0, length), card).ok).toBe(false);
    expect(parseDeviceList(crypto, Uint8Array.of(...bytes, 0), card).ok).toBe(false);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bad = bytes.slice();
        bad[at] = (bad[at] ?? 0) ^ by;
        expect(parseDeviceList(crypto, bad, card).ok).toBe(false);
      }),
      { numRuns: propertyRuns(25) },
    );
  });

  test("of somebody else, or of another generation, is none of this person's", () => {
    const other = createIdentity(crypto);
    const theirs = createDeviceList(crypto, other, listOf(1, [1]));
    expect(parseDeviceList(crypto, theirs.bytes, card)).toEqual({ ok: false, error: "device_list_not_authentic" });
    expect(() => createDeviceList(crypto, identity, listOf(1, [1], [], 1))).toThrow(RangeError);
  });

  test("with a device twice, in and out, or more than eight is not made", () => {
    for (const bad of [listOf(1, [1, 1]), listOf(1, [1], [1]), listOf(1, [1], [2, 2])])
      expect(() => createDeviceList(crypto, identity, bad)).toThrow(RangeError);
    const nine = createDeviceList(crypto, identity, listOf(1, [1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(parseDeviceList(crypto, nine.bytes, card).ok).toBe(false);
  });
});

describe("of two lists", () => {
  const merged = (one: DeviceList, other: DeviceList) => {
    const { list, is } = mergeDeviceLists(one, other);
    return { ...shown(list), is };
  };

  test("a higher generation beats all", () => {
    expect(merged(listOf(9, [1, 2]), listOf(1, [3], [], 1)).is).toBe("other");
    expect(merged(listOf(1, [3], [], 1), listOf(9, [1, 2])).is).toBe("one");
  });

  test("one that has seen the other counts, whatever their order", () => {
    expect(merged(listOf(2, [1, 2, 3]), listOf(1, [1, 2]))).toMatchObject({ is: "one", devices: [1, 2, 3] });
    expect(merged(listOf(1, [1, 2]), listOf(2, [1], [2]))).toMatchObject({ is: "other", devices: [1], removed: [2] });
  });

  test("what was removed once stays out, also where a later version says otherwise", () => {
    expect(merged(listOf(1, [1], [2]), listOf(5, [1, 2, 3]))).toEqual({
      version: 6,
      devices: [1, 3],
      removed: [2],
      is: "neither",
    });
  });

  test("of what was done at one moment each removal and each addition counts", () => {
    expect(merged(listOf(3, [1, 3], [2]), listOf(3, [1, 2], [3]))).toMatchObject({
      devices: [1],
      removed: [2, 3],
      version: 4,
    });
    expect(merged(listOf(3, [1, 2, 4]), listOf(3, [1, 2, 5]))).toMatchObject({ devices: [1, 2, 4, 5], version: 4 });
    expect(merged(listOf(3, [1, 2]), listOf(3, [1, 2]))).toMatchObject({ is: "one", version: 3 });
  });

  test("none has more than eight, the oldest", () => {
    const [low, high] = [listOf(3, [1, 2, 3, 4, 5, 6]), listOf(3, [1, 2, 7, 8, 9, 10])];
    expect(merged(low, high).devices).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("every device ends with one list, in any order of reading and signing, and no removed device returns", () => {
    const lists = fc
      .tuple(
        fc.integer({ min: 0, max: 4 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 6 }),
        fc.nat(6),
      )
      .map(([version, all, cut]) =>
        listOf(
          version,
          all.slice(cut).toSorted((a, b) => a - b),
          all.slice(0, cut),
        ),
      );
    const orders = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 12 });
    fc.assert(
      fc.property(fc.tuple(lists, lists, lists), orders, (first, order) => {
        const held = [...first];
        const read = (by: number, from: number): void => {
          held[by] = mergeDeviceLists(held[by] ?? first[0], held[from] ?? first[0]).list;
        };
        for (const [by, from] of order) read(by, from);
        // Each says what it has; what is signed again is read again, and that ends.
        for (let turn = 0; turn < 4; turn++) for (const by of [0, 1, 2]) for (const from of [0, 1, 2]) read(by, from);
        const [one, ...others] = held.map(shown);
        for (const other of others) expect(other).toEqual(one);
        const removed = new Set(first.flatMap((list) => list.removed.map((id) => id[0])));
        expect(new Set(one?.removed)).toEqual(removed);
        expect(one?.devices.filter((n) => removed.has(n))).toEqual([]);
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});

describe("vectors", () => {
  const lists = load<{ identity: Bytes; card: Bytes; entropy: Bytes; value: DeviceList }>("device-list");
  test.each(lists.valid)("a list of $name", ({ identity: seeds, card: bytesOfCard, entropy, value, bytes }) => {
    const [whose, shownCard] = [parseIdentity(crypto, seeds), parseCard(crypto, bytesOfCard)];
    if (!whose.ok || !shownCard.ok) throw new Error("no person");
    expect(parseDeviceList(crypto, bytes, shownCard.value)).toEqual({ ok: true, value: { ...value, bytes } });
    const told: Crypto = { ...crypto, mlDsaSign: (key, message) => crypto.mlDsaSign(key, message, entropy) };
    expect(createDeviceList(told, whose.value, value).bytes).toEqual(bytes);
  });
  test.each(lists.invalid)("a list of $name is refused", ({ card: bytesOfCard, bytes, error }) => {
    const shownCard = parseCard(crypto, bytesOfCard);
    expect(shownCard.ok && parseDeviceList(crypto, bytes, shownCard.value)).toEqual({ ok: false, error });
  });

  type Said = { what: string; value: never; secret: Bytes; seeds: Record<LinkingObject, Bytes> };
  const codecs: Record<string, readonly [(value: never) => Bytes, (bytes: Bytes) => unknown]> = {
    "self-entries": [
      ({ entries }: { entries: readonly SelfEntry[] }) => encodeSelfEntries(entries),
      (bytes) => {
        const entries = parseSelfEntries(bytes, 100_000);
        return entries.ok ? { entries: entries.value } : undefined;
      },
    ],
    wait: [encodeLinkingWait, parseLinkingWait],
    "coming device": [encodeComingDevice, parseComingDevice],
    grant: [encodeLinkingGrant, parseLinkingGrant],
    ready: [encodeLinkingReady, parseLinkingReady],
    entry: [encodeLinkingEntry, parseLinkingEntry],
    "own-leaf": [encodeOwnLeaf, parseOwnLeaf],
    "device-keys": [encodeDeviceKeys, parseDeviceKeys],
    "device-keys-wanted": [encodeDeviceKeysWanted, parseDeviceKeysWanted],
    "leaf-wanted": [encodeLeafWanted, parseLeafWanted],
    erased: [encodeErased, parseErased],
    "history-wanted": [encodeHistoryWanted, parseHistoryWanted],
    history: [encodeHistoryManifest, parseHistoryManifest],
    "history slice": [encodePastSlice, parsePastSlice],
    "history-done": [
      ({ history }: { history: Bytes }) => encodeHistoryDone(history),
      (bytes) => {
        const history = parseHistoryDone(bytes);
        return history && { history };
      },
    ],
  };
  const said = load<Said>("own-devices");
  test.each(said.valid.filter(({ what }) => what !== "seeds"))("$what, both ways", ({ what, value, bytes }) => {
    expect(codecs[what]?.[1](bytes)).toMatchObject(value);
    expect(codecs[what]?.[0](value)).toEqual(bytes);
  });
  test.each(said.invalid)("$name is refused", ({ what, bytes }) => {
    expect(codecs[what]?.[1](bytes)).toBeUndefined();
  });
  test.each(said.valid.filter(({ what }) => what !== "seeds"))(
    "$what: nothing cut short is taken",
    ({ what, bytes }) => {
      for (let length = 0; length < bytes.length; length += 7)
        expect(codecs[what]?.[1](bytes.subarray(0, length))).toBeUndefined();
    },
  );
  test("seeds of the objects of linking", () => {
    const { secret, seeds } = said.valid.find(({ what }) => what === "seeds") as Said;
    for (const name of ["wait", "grant", "ready", "entry"] as const)
      expect(linkingSeed(crypto, secret, name)).toEqual(seeds[name]);
  });
});

describe("a slice of what was said before", () => {
  const bytesUpTo = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength });
  const slice: fc.Arbitrary<PastSlice> = fc
    .record({
      ids: fc.uniqueArray(fc.nat(255), { minLength: 1, maxLength: 5 }),
      orders: fc.uniqueArray(fc.nat(1_000_000), { maxLength: 40 }),
      content: bytesUpTo(200),
      isNote: fc.func(fc.boolean()),
      line: fc.string(),
      at: fc.nat(),
    })
    .map(({ ids, orders, content, isNote, line, at }) => {
      const sorted = orders.toSorted((a, b) => a - b);
      const texts = sorted.filter((order) => !isNote(order));
      return {
        conversation: new Uint8Array(32).fill(1),
        people: ids.map((n) => ({ id: new Uint8Array(32).fill(n), name: `${n}` })),
        texts: texts.map((order) => ({ order, from: order % ids.length, state: "received" as const, content })),
        notes: sorted
          .filter((order) => isNote(order))
          .map((order) => ({ order, id: "ab".repeat(16), at, from: ids.length, line })),
        endings: texts.slice(0, 2).map((order) => ({ order, lifetime: 86_400, endsAt: at })),
        told: texts.slice(1, 3).map((order) => ({ order, by: 0 })),
        ...(texts.length > 1 && { actions: texts.map(() => ({ from: 0, content: Uint8Array.of(7) })) }),
      };
    });

  test("is read as it was written", () => {
    fc.assert(
      fc.property(slice, (value) => {
        expect(parsePastSlice(encodePastSlice(value))).toEqual(value);
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  test("no bytes make the parsers of histories throw, and no changed byte is read as two slices", () => {
    fc.assert(
      fc.property(slice, fc.nat(), fc.nat(255), fc.uint8Array(), (value, at, byte, junk) => {
        const bytes = encodePastSlice(value);
        bytes[at % bytes.length] = byte;
        const read = parsePastSlice(bytes);
        expect(read === undefined ? bytes : encodePastSlice(read)).toEqual(bytes);
        for (const parse of [parsePastSlice, parseHistoryManifest, parseHistoryWanted, parseHistoryDone]) parse(junk);
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});

describe("a device that asks to be let in again", () => {
  interface Asked {
    readonly backup: Bytes;
    readonly secret: Bytes;
    readonly profile: Bytes;
    readonly place: ReturnPlace;
    readonly seeds: { readonly request: Bytes; readonly answer: Bytes };
    readonly signKey: Bytes;
    readonly deviceKey: Bytes;
    readonly kemKey: Bytes;
    readonly kemSecret: Bytes;
    readonly bytes: Bytes;
    readonly answer: Bytes;
    readonly linking: Bytes;
  }
  const { valid, invalid } = load<Asked>("device-return");
  const first = valid[0] as Asked;
  const answered = (bytes: Bytes, { place, profile, kemSecret }: Asked) =>
    openReturnAnswer(crypto, bytes, { place, profile, kemSecret });

  test.each(valid)("$name: where, by whom, and the secret of the two", (asked) => {
    expect(returnSecretFrom(crypto, asked.backup)).toEqual(asked.secret);
    expect(returnSeeds(crypto, asked.secret, asked.place)).toEqual(asked.seeds);
    expect(createReturnRequest(crypto, asked)).toEqual(asked.bytes);
    expect(parseReturnRequest(crypto, asked.bytes, asked)).toEqual(asked.kemKey);
    expect(answered(asked.answer, asked)).toEqual(asked.linking);
  });

  test.each(invalid)("$name is refused", ({ bytes, name }) => {
    const read = name.startsWith("request") ? parseReturnRequest(crypto, bytes, first) : answered(bytes, first);
    expect(read).toBeUndefined();
  });

  test("nothing cut short is taken, and no bytes make the parsers throw", () => {
    for (let length = 0; length < first.bytes.length; length += 7)
      expect(parseReturnRequest(crypto, first.bytes.subarray(0, length), first)).toBeUndefined();
    for (let length = 0; length < first.answer.length; length += 7)
      expect(answered(first.answer.subarray(0, length), first)).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (junk) => {
        expect(parseReturnRequest(crypto, junk, first)).toBeUndefined();
        expect(answered(junk, first)).toBeUndefined();
      }),
      { numRuns: propertyRuns(50) },
    );
  });

  test("counts at its place, for its profile, by its device, and unchanged, and nowhere else", () => {
    const { place } = first;
    const others: Asked[] = [
      { ...first, place: { ...place, index: 1 } },
      { ...first, place: { ...place, day: place.day + 1 } },
      { ...first, place: { ...place, device: idOf(9) } },
      { ...first, profile: new Uint8Array(32) },
    ];
    for (const other of others) {
      expect(parseReturnRequest(crypto, first.bytes, other)).toBeUndefined();
      expect(answered(first.answer, other)).not.toEqual(first.linking);
    }
    const deviceKey = crypto.signKeyPair().publicKey;
    expect(parseReturnRequest(crypto, first.bytes, { ...first, deviceKey })).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(first.bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bad = first.bytes.slice();
        bad[at] = (bad[at] ?? 0) ^ by;
        expect(parseReturnRequest(crypto, bad, first)).toBeUndefined();
      }),
      { numRuns: propertyRuns(25) },
    );
  });

  test("is answered for its own key alone, and not for one that cannot be one", () => {
    const made = answerReturn(crypto, first);
    const other = { ...first, kemSecret: crypto.kemKeyPair().secretKey };
    expect(made && answered(made.bytes, first)).toEqual(made?.secret);
    expect(made && answered(made.bytes, other)).not.toEqual(made?.secret);
    expect(answerReturn(crypto, { ...first, kemKey: new Uint8Array(1_216).fill(255) })).toBeUndefined();
    for (const index of [-1, 256, 0.5])
      expect(() => returnSeeds(crypto, first.secret, { ...first.place, index })).toThrow(RangeError);
  });
});
