import { expect } from "vitest";
import { toHex } from "../src/crypto/index.ts";

/**
 * How the cases come by the published files: Node reads its disk, a page asks the test runner for
 * them.
 */
export type Published = {
  readonly where: "Node" | "Chromium";
  readonly present: boolean;
  read(path: string): Promise<string>;
  announce(what: string, cases: number): Promise<void>;
};

/**
 * What a case of each file of Wycheproof holds, and what its group of cases does. Bytes are in
 * hexadecimal.
 */
type Files = {
  x25519_test: { one: Record<"public" | "private" | "shared", string>; group: object };
  ed25519_test: { one: Record<"msg" | "sig", string>; group: { publicKey: { pk: string } } };
  mldsa_65_verify_test: { one: Record<"msg" | "sig", string> & { ctx?: string }; group: { publicKey: string } };
  chacha20_poly1305_test: { one: Record<"key" | "iv" | "aad" | "msg" | "ct" | "tag", string>; group: object };
  hmac_sha256_test: { one: Record<"key" | "msg" | "tag", string>; group: { tagSize: number } };
  hmac_sha512_test: { one: Record<"key" | "msg" | "tag", string>; group: { tagSize: number } };
  hkdf_sha256_test: { one: Record<"ikm" | "salt" | "info" | "okm", string> & { size: number }; group: object };
  mlkem_768_encaps_test: { one: Record<"ek" | "m" | "c" | "K", string>; group: object };
  mlkem_768_test: { one: Record<"seed" | "c", string>; group: object };
  mlkem_768_semi_expanded_decaps_test: { one: Record<"dk" | "c", string>; group: object };
  mlkem_768_keygen_seed_test: { one: object; group: object };
};
type FileName = keyof Files;

type Case = {
  readonly tcId: number;
  readonly comment?: string;
  readonly result: "valid" | "invalid" | "acceptable";
  readonly flags: readonly string[];
};
export type CaseOf<Name extends FileName> = Files[Name]["one"] & Case;
type GroupOf<Name extends FileName> = Files[Name]["group"] & { readonly tests: readonly CaseOf<Name>[] };

/**
 * What the port made of a case. "as published": exactly the published result. "refused":
 * `undefined` or `false`, which it promises for somebody else's bytes. "thrown": an error, which it
 * promises only for a length that is ours.
 */
export type Verdict = "as published" | "refused" | "thrown" | "another result";

export type Judged = { readonly wanted: Verdict | "not run"; readonly found: Verdict | "not run" };

/** A case whose published result the port has no way to give. */
export const NOT_RUN: Judged = { wanted: "not run", found: "not run" };

/** How many cases of a file are wanted to end how: fixed, so that none goes missing unseen. */
type Counts = Partial<Record<Judged["wanted"], number>>;

/** What to say of the cases that ran, and why others did not. */
type Remarks = { readonly ran?: string; readonly notRun?: string };

/**
 * The verdict on one call of the port. `published` is hexadecimal; a call that answers true or
 * false needs none.
 */
export function verdict(act: () => Uint8Array | boolean | undefined, published = ""): Verdict {
  try {
    const result = act();
    if (result === undefined || result === false) return "refused";
    return result === true || toHex(result) === published ? "as published" : "another result";
  } catch {
    return "thrown";
  }
}

/** One verdict on two calls. */
export function both(one: Verdict, other: Verdict): Verdict {
  return one === other ? one : "another result";
}

/** What the file wants where nothing is to decide. */
export function wantedOf({ tcId, result }: Case): Verdict {
  if (result === "acceptable") throw new Error(`case ${tcId}: acceptable, and nothing decides`);
  return result === "valid" ? "as published" : "refused";
}

/**
 * Runs a file of Wycheproof, checks every case and the counts, and says what ran and what did not.
 */
export async function checkFile<Name extends FileName>(
  published: Published,
  name: Name,
  counts: Counts,
  judge: (one: CaseOf<Name>, group: GroupOf<Name>) => Judged,
  remarks: Remarks = {},
): Promise<void> {
  const { numberOfTests, testGroups } = await readFile(published, name);
  const judged = testGroups.flatMap((group) =>
    group.tests.map((one) => ({ tcId: one.tcId, comment: one.comment, ...judge(one, group) })),
  );
  expect(judged.filter(({ wanted, found }) => wanted !== found)).toEqual([]);
  expect(countsOf(judged)).toEqual(counts);
  expect(judged).toHaveLength(numberOfTests);
  await published.announce(`published vectors: wycheproof/${name}: ${said(published.where, counts, remarks)}`, 0);
}

export async function readFile<Name extends FileName>(published: Published, name: Name) {
  const text = await published.read(`wycheproof/${name}.json`);
  return JSON.parse(text) as { numberOfTests: number; testGroups: GroupOf<Name>[] };
}

/** How many cases run of files with these counts. */
export function casesIn(...files: readonly Counts[]): number {
  const counts = files.flatMap((file) => Object.entries(file).filter(([wanted]) => wanted !== "not run"));
  return counts.reduce((total, [, count]) => total + count, 0);
}

function said(where: string, { "not run": left, ...counts }: Counts, { ran, notRun }: Remarks): string {
  const kinds = Object.entries(counts).map(([wanted, count]) => `${count} ${wanted}`);
  const how = kinds.length === 0 ? "" : ` (${kinds.join(", ")}${ran === undefined ? "" : `; ${ran}`})`;
  const others = left === undefined ? "" : `, ${left} not run: ${notRun}`;
  return `${casesIn(counts)} cases ran in ${where}${how}${others}`;
}

function countsOf(judged: readonly Judged[]): Counts {
  const counts: Counts = {};
  for (const { wanted } of judged) counts[wanted] = (counts[wanted] ?? 0) + 1;
  return counts;
}
