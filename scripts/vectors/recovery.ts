import { createCard, createRecoverySecret, identityFromRecovery, recoverySecretFrom } from "@pli/protocol/identity";
import { encodePastSlice, type PastSlice } from "@pli/protocol/devices";
import {
  backupSeed,
  COPY_OBJECT_LEAST,
  copySecretFrom,
  createPasskeyCopy,
  encodeBackup,
  encodeCopyList,
  encodeCopyPart,
  encodePasskeyCopy,
  sealBackup,
  secretFromWords,
  wordsFromSecret,
  type Backup,
  type CopyList,
} from "@pli/protocol/recovery";
import { changed } from "./identity.ts";
import { damaged, patternOf, seededFor, type VectorFile } from "./json.ts";

/** The recovery secret as words, section 6.4. */
export async function recoveryWordsVectors(): Promise<VectorFile> {
  const crypto = await seededFor("recovery words");
  const fixed = [new Uint8Array(24), new Uint8Array(24).fill(255)].flatMap((bytes) => recoverySecretFrom(bytes) ?? []);
  const secrets = [...fixed, createRecoverySecret(crypto), createRecoverySecret(crypto)];
  const valid = secrets.flatMap((secret) =>
    (["en", "fr"] as const).map((language) => ({
      name: `${language}: ${wordsFromSecret(crypto, secret, language)[0] ?? ""}…`,
      secret,
      language,
      words: wordsFromSecret(crypto, secret, language),
    })),
  );
  const words = wordsFromSecret(crypto, createRecoverySecret(crypto), "fr");
  const refused = (name: string, typed: readonly string[]) => {
    const read = secretFromWords(crypto, typed.join(" "));
    if (read.ok) throw new Error(name);
    return { name, typed: typed.join(" "), error: read.error.code };
  };
  return {
    structure: "recovery-words",
    about:
      'The 192 bits of the secret and the first 17 of SHA-256("pli recovery words v1", secret), 11 bits a word, most significant first, in the BIP39 list of the language. Read without capitals, accents and numbers; four letters stand for their word.',
    valid,
    invalid: [
      refused("two words in each other's place", words.with(0, words[1] ?? "").with(1, words[0] ?? "")),
      refused("a word of no list", words.with(4, "xylophage")),
      refused("a word too few", words.slice(0, 18)),
      refused("a word too many", [...words, "zoologie"]),
      refused("nothing", []),
    ],
  };
}

/** The content of backups, and the object that it is sealed in, section 8.3. */
export async function backupVectors(): Promise<VectorFile> {
  const crypto = await seededFor("backup");
  const identity = identityFromRecovery(crypto, createRecoverySecret(crypto), 0);
  const contact = createCard(crypto, identity, "Camille", 1_790_000_000);
  const place = { shared: patternOf(32), store: "https://store.example", feed: 0, muted: false };
  const empty: Backup = {
    madeAt: 1_790_000_000_000,
    profile: patternOf(32),
    name: "Zoë",
    issuedAt: 1_790_000_000,
    createdAt: 1_780_000_000_000,
    generation: 0,
    devices: [],
    removed: [],
    contacts: [],
    groups: [],
    settings: [],
  };
  const full: Backup = {
    ...empty,
    generation: 2,
    devices: [{ id: patternOf(16), key: patternOf(32) }],
    removed: [crypto.random(16)],
    contacts: [
      {
        card: contact.bytes,
        generation: 1,
        pairwise: { secret: crypto.random(32), own: 2, peer: 1 },
        former: { secret: crypto.random(32), own: 1, peer: 1 },
        role: "responder",
        level: 3,
        givenName: "Cam",
        blocked: true,
        pairedAt: 1_785_000_000_000,
        ...place,
      },
    ],
    groups: [
      { name: "Les Amis", members: [{ profile: patternOf(32), role: "owner", devices: 1 }], ...place, muted: true },
    ],
    settings: ["readReceipts"],
  };
  const secret = crypto.random(32);
  const at = { week: 2_960, n: 3 };
  const valid = [
    ["nobody and nothing", empty],
    ["a contact who is blocked, and a group", full],
  ] as const;
  const bytes = encodeBackup(empty);
  const bad = (name: string, fields: Parameters<typeof changed>[1], error = "backup_malformed") => ({
    name,
    bytes: changed(bytes, fields),
    error,
  });
  return {
    structure: "backup",
    about:
      'Canonical CBOR { v: 2, madeAt, profile 32, name, issuedAt, createdAt, generation, devices [{ id 16, key 32 }], removed [16], contacts, groups, settings }. seed = kdf(secret, "backup object", week u32, n u8); object = padded(01, salt 32, ChaCha20-Poly1305(kdf(secret, "backup content", salt), 12 zeros, "pli backup v1", 00, week u32, n u8, bytes)).',
    valid: valid.map(([name, value]) => ({
      name,
      value,
      bytes: encodeBackup(value),
      secret,
      ...at,
      seed: backupSeed(crypto, secret, at),
      object: sealBackup(crypto, secret, at, encodeBackup(value)),
    })),
    invalid: [
      ...damaged(bytes, "backup_malformed"),
      bad("a newer version", { v: 3 }, "backup_newer"),
      bad("a version that is none", { v: -1 }),
      bad("a field too many", { more: 1 }),
      bad("a short profile", { profile: patternOf(31) }),
      bad("a contact that is none", { contacts: [new Map([["card", patternOf(3)]])] }),
      bad("a group without members", { groups: [new Map([["name", "Les Amis"]])] }),
      bad("a device without a key", { devices: [new Map([["id", patternOf(16)]])] }),
      bad("settings that are no names", { settings: [1] }),
    ],
  };
}

/** The list of a copy of messages, the object that it is sealed in, and a part, section 8.3. */
export async function messageCopyVectors(): Promise<VectorFile> {
  const crypto = await seededFor("message copy");
  const backup = crypto.random(32);
  const secret = copySecretFrom(crypto, backup);
  const at = { week: 2_960, n: 3 };
  const empty: CopyList = {
    madeAt: 1_790_000_000_000,
    profile: patternOf(32),
    generation: 0,
    older: 0,
    parts: [],
  };
  const part = { seed: crypto.random(32), length: 69_572, count: 300 };
  const full: CopyList = { ...empty, generation: 2, older: 12_000, parts: [part, { ...part, count: 1 }] };
  const slice: PastSlice = {
    conversation: patternOf(32),
    people: [{ id: patternOf(32), name: "Zoë" }],
    texts: [{ order: 7, from: 0, state: "read", content: patternOf(20) }],
    notes: [],
    endings: [],
    told: [],
  };
  const slices = encodeCopyPart([encodePastSlice(slice)]);
  const bytes = encodeCopyList(full);
  const bad = (name: string, fields: Parameters<typeof changed>[1], error = "copy_malformed") => ({
    name,
    what: "list",
    bytes: changed(bytes, fields),
    error,
  });
  return {
    structure: "message-copy",
    about:
      'list: canonical CBOR { v: 1, madeAt, profile 32, generation, older, parts: [{ seed 32, length, count }] }; secret = kdf(backup, "message copy"); seed and object as in backup.json, padded to a cell and a block at least. part: CBOR { v: 1, slices: [an encoded history slice] }.',
    valid: [
      ...[
        ["a list of nothing", empty],
        ["a list of two parts", full],
      ].map(([name, value]) => {
        const content = encodeCopyList(value as CopyList);
        const object = sealBackup(crypto, secret, at, content, COPY_OBJECT_LEAST);
        return {
          name,
          what: "list",
          value,
          bytes: content,
          backup,
          ...at,
          seed: backupSeed(crypto, secret, at),
          objectHash: crypto.sha256(object),
          salt: object.slice(5, 37),
        };
      }),
      { name: "a part of one slice", what: "part", value: [slice], bytes: slices },
    ],
    invalid: [
      ...damaged(bytes, "copy_malformed", { what: "list" }, "list: "),
      ...damaged(slices, "copy_malformed", { what: "part" }, "part: "),
      bad("a newer version", { v: 2 }, "copy_newer"),
      bad("a field too many", { more: 1 }),
      bad("a part of no message", { parts: [{ ...part, count: 0 }] }),
      bad("a part that is too long", {
        parts: [{ ...part, length: 2 ** 23 }],
      }),
      { name: "a slice that is none", what: "part", bytes: encodeCopyPart([patternOf(9)]), error: "copy_malformed" },
    ],
  };
}

/** The copy of the recovery secret that a passkey opens, section 8.3. */
export async function passkeyCopyVectors(): Promise<VectorFile> {
  const crypto = await seededFor("passkey copy");
  const valid = [patternOf(32), crypto.random(32)].map((passkey, at) => {
    const secret = createRecoverySecret(crypto);
    const copy = createPasskeyCopy(crypto, { passkey, secret, madeAt: 1_790_000_000_000 * at });
    return { name: `copy ${at}`, passkey, secret, value: copy, bytes: encodePasskeyCopy(copy) };
  });
  const [first] = valid;
  if (first === undefined) throw new Error("a copy");
  const { bytes, passkey, value } = first;
  const bad = (name: string, fields: Parameters<typeof changed>[1]) => ({
    name,
    bytes: changed(bytes, fields),
    error: "passkey_copy_malformed",
  });
  const unopened = (name: string, sealed: Uint8Array, error = "passkey_copy_sealed") => ({
    name,
    passkey,
    sealed,
    error,
  });
  return {
    structure: "passkey-copy",
    about:
      'root = HKDF-Extract-SHA256("pli passkey copy v1", passkey 32); place = kdf(root, "passkey copy place"); sealed = 01, salt 32, ChaCha20-Poly1305(kdf(root, "passkey copy", salt), 12 zeros, "pli passkey copy v1", 00, place, secret 24, madeAt u64). What devices keep: canonical CBOR { v: 1, place 32, sealed, madeAt }.',
    valid,
    invalid: [
      ...damaged(bytes, "passkey_copy_malformed"),
      bad("a newer version", { v: 2 }),
      bad("a short place", { place: patternOf(31) }),
      bad("a field too many", { more: 1 }),
      bad("sealed at more length than any version may have", { sealed: new Uint8Array(513) }),
      unopened(
        "of another passkey",
        createPasskeyCopy(crypto, {
          passkey: crypto.random(32),
          secret: createRecoverySecret(crypto),
          madeAt: 0,
        }).sealed,
      ),
      unopened("of a newer version", value.sealed.with(0, 2), "passkey_copy_newer"),
      unopened("without its last byte", value.sealed.slice(0, -1)),
      unopened("nothing", new Uint8Array(0)),
    ],
  };
}
