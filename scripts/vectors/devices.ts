import {
  createDeviceList,
  encodeDeviceKeys,
  encodeDeviceKeysWanted,
  encodeComingDevice,
  encodeErased,
  encodeLeafWanted,
} from "@pli/protocol/devices";
import {
  encodeLinkingEntry,
  encodeLinkingGrant,
  encodeLinkingReady,
  encodeLinkingWait,
  encodeOwnLeaf,
} from "@pli/protocol/devices";
import { encodeHistoryDone, encodeHistoryManifest, encodeHistoryWanted, encodePastSlice } from "@pli/protocol/devices";
import { linkingSeed } from "@pli/protocol/devices";
import {
  answerReturn,
  createReturnRequest,
  openReturnAnswer,
  returnSecretFrom,
  returnSeeds,
} from "@pli/protocol/devices";
import { createCard, createIdentity, encodeIdentity } from "@pli/protocol/identity";
import { encodeSelfEntries } from "@pli/protocol/self";
import { changed } from "./identity.ts";
import { damaged, patternOf, seededFor, type VectorFile } from "./json.ts";

const NOW = 1_790_000_000;
const STORE = "https://store.pli.example";

/** Lists of devices, section 7. */
export async function deviceListVectors(): Promise<VectorFile> {
  const crypto = await seededFor("device-list");
  const identity = createIdentity(crypto);
  const card = createCard(crypto, identity, "Camille", NOW).bytes;
  const device = (n: number) => ({
    id: new Uint8Array(16).fill(n),
    key: new Uint8Array(32).fill(n),
    addedAt: NOW + n,
    addedBy: new Uint8Array(16).fill(1),
  });
  const lists = [
    { name: "one device", version: 0, devices: [device(1)], removed: [] },
    { name: "eight, and two removed", version: 12, devices: [1, 2, 3, 4, 5, 6, 7, 8].map(device), removed: [20, 30] },
  ];
  const valid = lists.map(({ name, removed, ...rest }) => {
    const list = { generation: 0, ...rest, removed: removed.map((n) => new Uint8Array(16).fill(n)) };
    const entropy = crypto.random(32);
    const told = {
      ...crypto,
      mlDsaSign: (key: Uint8Array, message: Uint8Array) => crypto.mlDsaSign(key, message, entropy),
    };
    const { bytes, ...value } = createDeviceList(told, identity, list);
    return { name, identity: encodeIdentity(identity), card, entropy, value, bytes };
  });
  const good = valid[0]?.bytes ?? new Uint8Array(0);
  const malformed = "device_list_malformed";
  return {
    structure: "device-list",
    about:
      'Canonical CBOR; both signatures over "pli device list v1", 00 and the CBOR of { v, profileId } with the fields before them. `entropy` is the 32 bytes of the hedged ML-DSA-65 signature.',
    valid,
    invalid: [
      ...damaged(good, malformed, { card }),
      { name: "another version", card, bytes: changed(good, { version: 1 }), error: "device_list_not_authentic" },
      {
        name: "a removed device out of order",
        card,
        bytes: changed(good, { removed: [new Uint8Array(16).fill(9), new Uint8Array(16)] }),
        error: malformed,
      },
      {
        name: "a device in and out",
        card,
        bytes: changed(good, { removed: [new Uint8Array(16).fill(1)] }),
        error: malformed,
      },
    ],
  };
}

/** What devices of one person tell each other, sections 7.1 and 7.2. */
export async function ownDeviceVectors(): Promise<VectorFile> {
  const crypto = await seededFor("own-devices");
  const [secret, id32, device] = [crypto.random(32), crypto.random(32), crypto.random(16)];
  const entries = [
    { key: "settings/lockdown", value: Uint8Array.of(1), at: 1_790_000_000_000, count: 0, device },
    { key: "read/00ff", value: patternOf(32), at: 1_790_000_000_000, count: 1, device },
  ];
  const grant = {
    identity: patternOf(100),
    card: patternOf(200),
    certificate: patternOf(300),
    list: patternOf(400),
    backup: id32,
    packages: 20,
  };
  const ready = { packages: [patternOf(500), patternOf(501)] };
  const entry = {
    conversation: id32,
    store: STORE,
    feed: 0,
    welcome: patternOf(600),
    entries: encodeSelfEntries(entries),
  };
  const leaf = { conversation: id32, store: STORE, feed: 0, seed: secret, length: 28_000 };
  const wanted = { history: device, from: crypto.random(16), next: 40, missing: [0, 7, 39] };
  const manifest = {
    history: device,
    to: wanted.from,
    conversations: 30,
    messages: 20_000,
    isRecent: false,
    isEnd: true,
    slices: [
      { n: 40, conversation: id32, count: 256, seed: secret, length: 65_000, isLast: false },
      { n: 41, conversation: id32, count: 3, seed: id32, length: 32_000, isLast: true },
    ],
  };
  const past = {
    conversation: id32,
    people: [
      { id: secret, name: "Camille" },
      { id: id32, name: "" },
    ],
    texts: [
      { order: 3, from: 0, state: "received", content: patternOf(80) },
      { order: 2 ** 34, from: 1, state: "read", content: patternOf(90) },
    ] as const,
    notes: [{ order: 4, id: "00ff".repeat(8), at: 1_790_000_000_000, from: 2, line: '{"kind":"paired"}' }],
    endings: [{ order: 3, lifetime: 86_400, endsAt: 1_790_086_400_000 }],
    told: [{ order: 2 ** 34, by: 0 }],
  };
  const coming = { name: "Téléphone", until: 1_790_000_000_000, by: device };
  const erased = { messages: [{ id: id32, author: secret, mark: device }] };
  const sliceAt = (n: number) => ({ n, conversation: id32, count: 1, seed: secret, length: 9, isLast: false });
  const pastActions = { ...past, actions: [{ from: 0, content: patternOf(20) }] };
  const badPast = (what: object) => encodePastSlice({ ...past, ...what });
  const said = [
    { what: "history-wanted", value: wanted, bytes: encodeHistoryWanted(wanted) },
    { what: "history", value: manifest, bytes: encodeHistoryManifest(manifest) },
    { what: "history-done", value: { history: device }, bytes: encodeHistoryDone(device) },
    { what: "history slice", value: past, bytes: encodePastSlice(past) },
    { what: "history slice", value: pastActions, bytes: encodePastSlice(pastActions) },
    { what: "self-entries", value: { entries }, bytes: encodeSelfEntries(entries) },
    { what: "wait", value: { until: 1_790_000_000_000 }, bytes: encodeLinkingWait({ until: 1_790_000_000_000 }) },
    { what: "coming device", value: coming, bytes: encodeComingDevice(coming) },
    { what: "grant", value: grant, bytes: encodeLinkingGrant(grant) },
    { what: "ready", value: ready, bytes: encodeLinkingReady(ready) },
    { what: "entry", value: entry, bytes: encodeLinkingEntry(entry) },
    { what: "own-leaf", value: leaf, bytes: encodeOwnLeaf(leaf) },
    { what: "device-keys", value: ready, bytes: encodeDeviceKeys(ready) },
    { what: "device-keys-wanted", value: { device, count: 24 }, bytes: encodeDeviceKeysWanted({ device, count: 24 }) },
    { what: "erased", value: erased, bytes: encodeErased(erased) },
    { what: "leaf-wanted", value: { conversation: id32 }, bytes: encodeLeafWanted({ conversation: id32 }) },
  ];
  return {
    structure: "own-devices",
    about: "Canonical CBOR, each with v = 1. `seeds`: of the objects of linking, from the secret of the two sides.",
    valid: [
      ...said,
      {
        what: "seeds",
        secret,
        seeds: Object.fromEntries(
          (["wait", "grant", "ready", "entry"] as const).map((name) => [name, linkingSeed(crypto, secret, name)]),
        ),
      },
    ],
    invalid: [
      ...said.flatMap(({ what, bytes }) => damaged(bytes, "malformed", { what }, `${what}: `)),
      {
        what: "wait",
        name: "wait: after the year 9999",
        bytes: encodeLinkingWait({ until: 253_402_300_800_000 }),
        error: "malformed",
      },
      {
        what: "grant",
        name: "grant: no package wanted",
        bytes: changed(encodeLinkingGrant(grant), { packages: 0 }),
        error: "malformed",
      },
      {
        what: "device-keys-wanted",
        name: "device-keys-wanted: 65",
        bytes: encodeDeviceKeysWanted({ device, count: 65 }),
        error: "malformed",
      },
      ...(
        [
          ["history-wanted", "missing is not rising", encodeHistoryWanted({ ...wanted, missing: [7, 7] })],
          ["history-wanted", "missing is not before next", encodeHistoryWanted({ ...wanted, missing: [40] })],
          ["history-wanted", "next beyond all", encodeHistoryWanted({ ...wanted, next: 65_537 })],
          ["history", "the same slice twice", encodeHistoryManifest({ ...manifest, slices: [40, 40].map(sliceAt) })],
          ["history", "a slice beyond all", encodeHistoryManifest({ ...manifest, slices: [sliceAt(65_536)] })],
          ["history", "an empty slice", encodeHistoryManifest({ ...manifest, slices: [{ ...sliceAt(1), count: 0 }] })],
          [
            "history",
            "33 slices",
            encodeHistoryManifest({ ...manifest, slices: Array.from({ length: 33 }, (_, n) => sliceAt(n)) }),
          ],
          ["history slice", "an order beyond all", badPast({ notes: [{ ...past.notes[0], order: 2 ** 40 }] })],
          ["history slice", "two of one order", badPast({ notes: [{ ...past.notes[0], order: 3 }] })],
          ["history slice", "not rising", badPast({ texts: past.texts.toReversed() })],
          ["history slice", "nobody wrote a text", badPast({ texts: [{ ...past.texts[0], from: 2 }], told: [] })],
          ["history slice", "no such person", badPast({ notes: [{ ...past.notes[0], from: 3 }] })],
          ["history slice", "an hour's lifetime", badPast({ endings: [{ ...past.endings[0], lifetime: 3_600 }] })],
          ["history slice", "an ending of nothing", badPast({ endings: [{ ...past.endings[0], order: 5 }] })],
          ["history slice", "told of nothing", badPast({ told: [{ order: 4, by: 0 }] })],
          ["history slice", "an action of nobody", badPast({ actions: [{ from: 2, content: id32 }] })],
          ["history slice", "an id that is none", badPast({ notes: [{ ...past.notes[0], id: "x" }] })],
        ] as const
      ).map(([what, name, bytes]) => ({ what, name: `${what}: ${name}`, bytes, error: "malformed" })),
      {
        what: "device-keys",
        name: "device-keys: seven",
        bytes: encodeDeviceKeys({ packages: Array.from({ length: 7 }, () => patternOf(4)) }),
        error: "malformed",
      },
    ],
  };
}

/** How a device that has lost the thread asks the others, and is answered. Section 7.5. */
export async function deviceReturnVectors(): Promise<VectorFile> {
  const crypto = await seededFor("device-return");
  const [backup, profile, device] = [crypto.random(32), crypto.random(32), crypto.random(16)];
  const key = crypto.signKeyPair();
  const secret = returnSecretFrom(crypto, backup);
  const places = [
    { device, day: 20_788, index: 0 },
    { device, day: 0xffff_ffff, index: 255 },
  ];
  const valid = places.map((place, at) => {
    const kem = crypto.kemKeyPair();
    const bytes = createReturnRequest(crypto, { place, profile, kemKey: kem.publicKey, signKey: key.secretKey });
    const answer = answerReturn(crypto, { place, profile, kemKey: kem.publicKey });
    const given = { place, profile, kemSecret: kem.secretKey };
    return {
      name: at === 0 ? "the first of a day" : "the last of the last day",
      backup,
      secret,
      profile,
      place,
      seeds: returnSeeds(crypto, secret, place),
      signKey: key.secretKey,
      deviceKey: key.publicKey,
      kemKey: kem.publicKey,
      kemSecret: kem.secretKey,
      bytes,
      answer: answer?.bytes,
      linking: answer && openReturnAnswer(crypto, answer.bytes, given),
    };
  });
  const [first] = valid;
  const good = first?.bytes ?? new Uint8Array(0);
  const answer = first?.answer ?? new Uint8Array(0);
  return {
    structure: "device-return",
    about:
      "`bytes` and `answer`: canonical CBOR { v: 1, kemKey, signature } and { v: 1, enc }. `linking` is the secret under which grant, ready and entry follow.",
    valid,
    invalid: [
      ...damaged(good, "malformed", { what: "request" }, "request: "),
      ...damaged(answer, "malformed", { what: "answer" }, "answer: "),
      {
        what: "request",
        name: "request: another signature",
        bytes: changed(good, { signature: new Uint8Array(64) }),
        error: "not_signed",
      },
    ],
  };
}
