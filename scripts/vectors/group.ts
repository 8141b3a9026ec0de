import {
  consentToAdd,
  consentToRejoin,
  createLeaveStatement,
  encodeEvidence,
  encodeGroupControl,
  encodeRoster,
  encodeRules,
  type GroupControl,
  type GroupPlace,
  type Roster,
  type Rules,
} from "@pli/protocol/group";
import { toHex, type Crypto } from "@pli/protocol/crypto";
import { encodeCbor, type CborValue } from "@pli/protocol/object";
import { changed } from "./identity.ts";
import { damaged, patternOf, seededFor, type VectorFile } from "./json.ts";

/** Bytes that come again and again, from one crypto. */
function materialFrom(crypto: Crypto) {
  const pointer = (length: number) => ({ seed: crypto.random(32), length });
  return { conversation: crypto.random(32), pointer };
}

/** The rules of a group, section 5. Roles are listed here as pairs. */
export async function rulesVectors(): Promise<VectorFile> {
  const crypto = await seededFor("rules");
  const { conversation, pointer } = materialFrom(crypto);
  const [ada, ben, cleo] = [crypto.random(32), crypto.random(32), crypto.random(32)];
  const base: Rules = {
    conversation,
    name: "Les Amis",
    description: "",
    roles: new Map([[toHex(ada), "owner"]]),
    whoAdds: "admins",
    whoWrites: "everyone",
    timer: 0,
    newcomersRead: "nothing",
  };
  const roles = new Map([
    [toHex(ada), "owner"],
    [toHex(ben), "admin"],
    [toHex(cleo), "reader"],
  ] as const);
  const cases: Readonly<Record<string, Rules>> = {
    "a new group": base,
    "an announcement group with everything set": {
      ...base,
      name: "Équipe 👩‍🚀",
      description: "Annonces.\nUne par semaine.",
      picture: { ...pointer(40_000), hash: crypto.random(32) },
      roles,
      whoAdds: "members",
      whoWrites: "admins",
      timer: 31_536_000,
      newcomersRead: "week",
    },
  };
  const valid = Object.entries(cases).map(([name, rules]) => ({
    name,
    value: { ...rules, roles: [...rules.roles] },
    bytes: encodeRules(rules),
  }));
  const bytes = encodeRules(base);
  const bad = (name: string, fields: Record<string, CborValue>) => ({
    name,
    bytes: changed(bytes, fields),
    error: "rules_malformed",
  });
  const picture = { seed: ada, length: 5, hash: ben };
  return {
    structure: "rules",
    about:
      "Canonical CBOR { v: 1, conversation 32, name, description, picture: null or { seed 32, length, hash 32 }, roles: { profile id 32: owner | admin | reader }, whoAdds: admins | members, whoWrites: everyone | admins, timer, newcomersRead: nothing | week }, at most 131,072 bytes, as GroupContext extension 0xF0F1 (section 5).",
    valid,
    invalid: [
      ...damaged(bytes, "rules_malformed"),
      bad("a newer version", { v: 2 }),
      bad("a field too many", { more: 1 }),
      bad("no name", { name: "" }),
      bad("a name of nothing that shows", { name: " \u200d" }),
      bad("a name that turns text around", { name: "Les\u202e Amis" }),
      bad("a name of two lines", { name: "Les\nAmis" }),
      bad("a name of 65 characters", { name: "x".repeat(65) }),
      bad("a description of 1,001 characters", { description: "x".repeat(1001) }),
      bad("a description with a tab", { description: "a\tb" }),
      bad("a conversation of 31 bytes", { conversation: patternOf(31) }),
      bad("a picture of nothing", { picture: { ...picture, length: 0 } }),
      bad("a picture of 64 KiB and a byte", { picture: { ...picture, length: 65_537 } }),
      bad("a picture without its hash", { picture: { seed: ada, length: 5 } }),
      bad("the role that needs no naming", { roles: new Map([[ada, "member"]]) }),
      bad("a role there is not", { roles: new Map([[ada, "king"]]) }),
      bad("a role of a short id", { roles: new Map([[patternOf(31), "admin"]]) }),
      bad("a role twice", {
        roles: new Map([
          [ada, "owner"],
          [ada.slice(), "owner"],
        ]),
      }),
      bad("adding by everyone", { whoAdds: "everyone" }),
      bad("a timer beyond a year", { timer: 31_536_001 }),
    ],
  };
}

/**
 * Leave statements and the evidence made of them, and what a key package says of its use,
 * section 5.
 */
export async function leaveVectors(): Promise<VectorFile> {
  const crypto = await seededFor("leave");
  const { conversation } = materialFrom(crypto);
  const [groupId, encryptionKey, signSeed, profileId] = [16, 1216, 32, 32].map((length) => crypto.random(length));
  if (groupId === undefined || encryptionKey === undefined || signSeed === undefined || profileId === undefined)
    throw new Error("four draws");
  const { publicKey: signatureKey, secretKey: signKey } = crypto.signKeyPair(signSeed);
  const signature = createLeaveStatement(crypto, { conversation, groupId, encryptionKey, signKey });
  const evidence = [
    { leaf: 3, signature },
    { leaf: 1999, signature: patternOf(64) },
  ];
  const bytes = encodeEvidence(evidence);
  const bad = (name: string, list: CborValue) => ({ name, bytes: encodeCbor(list), error: "evidence_malformed" });
  return {
    structure: "leave",
    about:
      'signature = Ed25519 by the leaf\'s key over "pli leave v1", 00, conversation, group id, the leaf\'s encryption key. Evidence: CBOR [[leaf, signature] …] by rising leaf, at most 65,536 bytes, or nothing at all. Consent: the profile id of who may add; SHA-256("pli rejoin v2", 00, conversation, group id, profile id, the leaf\'s encryption key) for coming back in the place of that leaf (section 5).',
    valid: [
      {
        name: "one leaves, with another's beside it",
        conversation,
        groupId,
        encryptionKey,
        signSeed,
        signatureKey,
        signature,
        value: evidence,
        bytes,
        profileId,
        consent: {
          add: consentToAdd(profileId),
          rejoin: consentToRejoin(crypto, { conversation, groupId, encryptionKey }, profileId),
        },
      },
    ],
    invalid: [
      ...damaged(bytes, "evidence_malformed").filter(({ name }) => name !== "nothing"),
      bad("an empty list", []),
      bad("a leaf twice", [
        [3, signature],
        [3, signature],
      ]),
      bad("falling leaves", [
        [4, signature],
        [3, signature],
      ]),
      bad("a short signature", [[3, signature.subarray(1)]]),
      bad("a leaf below nothing", [[-1, signature]]),
      bad("no list of lists", [3, signature]),
    ],
  };
}

/** Bodies of the control messages of groups, section 5. */
export async function groupControlVectors(): Promise<VectorFile> {
  const crypto = await seededFor("group-control");
  const { conversation, pointer } = materialFrom(crypto);
  const profile = crypto.random(32);
  const place: GroupPlace = { group: patternOf(32), epoch: 4, mark: patternOf(16) };
  const controls: readonly GroupControl[] = [
    { name: "key-packages", packages: [patternOf(300), patternOf(301)] },
    { name: "key-packages-wanted" },
    { name: "group-asks", asks: 1 },
    { name: "group-offer", conversation, title: "Chorale", store: "https://store.example:7540", members: 12 },
    { name: "group-offer-answer", conversation, accepts: 0 },
    { name: "group-offer-ended", conversation },
    {
      name: "group-invitation",
      conversation,
      store: "https://store.example:7540",
      feed: 513,
      welcome: pointer(5000),
      tree: pointer(300_000),
      roster: pointer(40_000),
    },
    { name: "group-rejoin", conversation, place, keyPackage: patternOf(300) },
    { name: "group-rejoin", conversation, place: null, keyPackage: patternOf(0) },
    { name: "group-rejoin-answer", conversation, standing: 0, place, leaf: patternOf(1216) },
    { name: "group-rejoin-answer", conversation, standing: 0, place, leaf: patternOf(1216), device: patternOf(16) },
    { name: "group-rejoin-answer", conversation, standing: 0, place, leaf: patternOf(1216), asker: patternOf(16) },
    {
      name: "group-rejoin-answer",
      conversation,
      standing: 0,
      place,
      leaf: patternOf(1216),
      device: patternOf(16),
      asker: patternOf(16),
    },
    { name: "group-rejoin-answer", conversation, standing: 1, place, leaf: patternOf(0) },
    { name: "group-rejoin-answer", conversation, standing: 2, place: null, leaf: patternOf(0) },
    { name: "group-rejoin-refused", conversation },
    { name: "group-rejoin-refused", conversation, asker: patternOf(16) },
    {
      name: "group-state",
      conversation,
      group: patternOf(32),
      epochs: [
        { epoch: 3, mark: patternOf(16) },
        { epoch: 4, mark: crypto.random(16) },
      ],
    },
    {
      name: "group-state",
      conversation,
      group: patternOf(32),
      since: 4,
      epochs: [
        { epoch: 3, mark: patternOf(16) },
        { epoch: 4, mark: patternOf(16) },
      ],
    },
    { name: "group-leave", signature: patternOf(64) },
    { name: "group-left", conversation, group: patternOf(32), leaf: patternOf(1216), signature: patternOf(64) },
    { name: "texts-wanted", conversation },
    { name: "group-card", card: pointer(5500) },
    { name: "group-refound", without: [profile] },
    { name: "group-package", keyPackage: patternOf(300) },
  ];
  const valid = controls.map((value) => ({ ...value, value, bytes: encodeGroupControl(value).body }));
  const bodyOf = (name: string): Uint8Array => {
    const found = valid.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found.bytes;
  };
  const bad = (control: string, name: string, fields: Record<string, CborValue>) => ({
    control,
    name: `${control}: ${name}`,
    bytes: changed(bodyOf(control), fields),
    error: "control_malformed",
  });
  const mark = { epoch: 3, mark: patternOf(16) };
  return {
    structure: "group-control",
    about:
      "Bodies of control messages (section 9) of these names: canonical CBOR of { v: 1 } and the fields of `value` but its name; a pointer is { seed 32, length }; since is left out by who was there with the first epoch listed (section 5).",
    valid: valid.map(({ name, value, bytes }) => ({ name, value, bytes })),
    invalid: [
      ...damaged(bodyOf("group-card"), "control_malformed", { control: "group-card" }, "group-card: "),
      bad("group-card", "a newer version", { v: 2 }),
      bad("group-card", "a field too many", { more: 1 }),
      bad("group-card", "a pointer to nothing", { card: { ...pointer(1), length: 0 } }),
      bad("group-card", "a pointer beyond 16 MiB", { card: pointer(16_777_217) }),
      bad("group-card", "a short seed", { card: { seed: patternOf(31), length: 5 } }),
      bad("key-packages", "none", { packages: [] }),
      bad("key-packages", "nine", { packages: Array.from({ length: 9 }, () => patternOf(10)) }),
      bad("key-packages", "one of 16 KiB and a byte", { packages: [patternOf(16_385)] }),
      bad("group-invitation", "an address with a path", { store: "https://store.example/x" }),
      bad("group-invitation", "a feed of 17 bits", { feed: 65_536 }),
      bad("group-invitation", "a conversation of 31 bytes", { conversation: patternOf(31) }),
      bad("group-rejoin", "a place of another kind", { place: 4 }),
      bad("group-rejoin", "a place with a mark of 17 bytes", { place: { ...place, mark: patternOf(17) } }),
      bad("group-rejoin", "a place in a group of 31 bytes", { place: { ...place, group: patternOf(31) } }),
      bad("group-rejoin", "a place with more", { place: { ...place, more: 1 } }),
      bad("group-rejoin", "null for a key package", { keyPackage: null }),
      bad("group-rejoin", "a key package of 16 KiB and a byte", { keyPackage: patternOf(16_385) }),
      bad("group-rejoin-answer", "a fourth standing", { standing: 3 }),
      bad("group-rejoin-answer", "a key of a leaf of 2,049 bytes", { leaf: patternOf(2049) }),
      bad("group-rejoin-answer", "a device without a leaf", { leaf: patternOf(0), device: patternOf(16) }),
      bad("group-asks", "a third wish", { asks: 2 }),
      bad("group-offer", "no title", { title: "" }),
      bad("group-offer", "a title that cannot be seen", { title: "\u200d" }),
      bad("group-offer", "a store that is no address", { store: "ftp://store.example" }),
      bad("group-offer", "nobody in it", { members: 0 }),
      bad("group-offer", "2,001 people", { members: 2001 }),
      bad("group-offer-answer", "perhaps", { accepts: 2 }),
      bad("group-offer-ended", "a reason", { why: "no" }),
      bad("group-rejoin-answer", "a device that asks, of 15 bytes", { asker: patternOf(15) }),
      bad("group-rejoin-refused", "a place", { place: null }),
      bad("group-rejoin-refused", "a device that asks, of 17 bytes", { asker: patternOf(17) }),
      bad("group-rejoin-refused", "null for the device that asks", { asker: null }),
      bad("group-state", "null for since", { since: null }),
      bad("group-state", "since the first epoch listed", { since: 3 }),
      bad("group-state", "since, and no epochs", { since: 3, epochs: [] }),
      bad("group-state", "an epoch twice", { epochs: [mark, mark] }),
      bad("group-state", "a long mark", { epochs: [{ epoch: 3, mark: patternOf(17) }] }),
      bad("group-state", "65 epochs", { epochs: Array.from({ length: 65 }, (_, epoch) => ({ ...mark, epoch })) }),
      bad("group-state", "a group of 31 bytes", { group: patternOf(31) }),
      bad("group-leave", "a short signature", { signature: patternOf(63) }),
      bad("group-left", "a key of a leaf of 2,049 bytes", { leaf: patternOf(2049) }),
      bad("group-left", "a short signature", { signature: patternOf(63) }),
      bad("group-refound", "without 65", { without: Array.from({ length: 65 }, () => profile) }),
      { control: "group-other", name: "another name", bytes: bodyOf("group-card"), error: "control_unknown" },
      { control: "toString", name: "a name of the language", bytes: bodyOf("group-card"), error: "control_unknown" },
    ],
  };
}

/** What newcomers get, section 5. */
export async function rosterVectors(): Promise<VectorFile> {
  const crypto = await seededFor("roster");
  const { pointer } = materialFrom(crypto);
  const [low, high] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const roster: Roster = {
    members: [
      { profile: low, name: "Ada", card: pointer(5500) },
      { profile: high, name: "Zoë" },
    ],
    picture: patternOf(500),
    history: [{ sender: low, content: patternOf(90) }],
  };
  const bytes = encodeRoster(roster);
  const marks = [
    { epoch: 3, mark: patternOf(16) },
    { epoch: 5, mark: patternOf(16) },
  ];
  const known: Roster = { ...roster, epochs: marks };
  const bad = (name: string, fields: Record<string, CborValue>) => ({
    name,
    bytes: changed(bytes, fields),
    error: "roster_malformed",
  });
  return {
    structure: "roster",
    about:
      "Canonical CBOR { v: 1, members: [[profile id 32, name, null or { seed 32, length }] …] by rising id, picture: null or bytes, history: [[sender 32, content] …] }, at most 4 MiB; and epochs: [{ epoch, mark 16 } …] by rising epoch, 1 to 64, where its author knows the history (section 5).",
    valid: [
      { name: "two, a picture, a message", value: roster, bytes },
      { name: "the history of the group", value: known, bytes: encodeRoster(known) },
      { name: "nobody", value: { members: [], history: [] }, bytes: encodeRoster({ members: [], history: [] }) },
    ],
    invalid: [
      ...damaged(bytes, "roster_malformed"),
      bad("a newer version", { v: 2 }),
      bad("a member twice", {
        members: [
          [low, "Ada", null],
          [low, "Ben", null],
        ],
      }),
      bad("falling ids", {
        members: [
          [high, "Ada", null],
          [low, "Ben", null],
        ],
      }),
      bad("a name that is none", { members: [[low, " Ada", null]] }),
      bad("a card that is none", { members: [[low, "Ada", { seed: low }]] }),
      bad("a picture of 64 KiB and a byte", { picture: patternOf(65_537) }),
      bad("501 messages", { history: Array.from({ length: 501 }, () => [low, patternOf(1)]) }),
      bad("a sender of 31 bytes", { history: [[patternOf(31), patternOf(1)]] }),
      bad("a history of no epoch", { epochs: [] }),
      bad("an epoch twice", { epochs: [3, 3].map((epoch) => ({ epoch, mark: patternOf(16) })) }),
      bad("falling epochs", { epochs: [5, 3].map((epoch) => ({ epoch, mark: patternOf(16) })) }),
      bad("65 epochs", { epochs: Array.from({ length: 65 }, (_, epoch) => ({ epoch, mark: patternOf(16) })) }),
      bad("a mark of 15 bytes", { epochs: [{ epoch: 3, mark: patternOf(15) }] }),
    ],
  };
}
