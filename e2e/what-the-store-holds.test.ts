import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { whenTexts } from "./lib/homes.ts";
import { pairOnStore } from "./lib/pair.ts";
import { hasFolder } from "./lib/store-process.ts";

const MARK = "Rendez-vous-au-pont-Mirabeau";

/**
 * Chi-square with 255 degrees of freedom: six standard deviations above its mean. Text or structure
 * gives thousands.
 */
const CHI_SQUARE_LIMIT = 390;

test.runIf(hasFolder)(
  "after 200 messages of many lengths the store's folder shows equal random cells under random names, and nothing else",
  async () => {
    const { store, alice, bob } = await pairOnStore(["Alice-Quatremer", "Bob-Vandermeer"]);
    for (let i = 0; i < 100; i++) {
      const length = Math.round(1 + 20_000 * (i / 100) ** 4);
      await alice.say(`${MARK} ${i} ${"a".repeat(length)}`);
      await bob.say(`${MARK} ${i}`);
    }
    await Promise.all([whenTexts(alice, 200), whenTexts(bob, 200)]);
    const identities = [await profileId(alice), await profileId(bob)];
    await Promise.all([alice.close(), bob.close()]);
    await store.stop();

    const rows = storedRows(store.data);
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.filter(({ cell }) => cell.length !== 4096)).toEqual([]);
    expect(rows.filter(({ label }) => label.length !== 32)).toEqual([]);
    expect(new Set(rows.map(({ label }) => label.toString("hex"))).size).toBe(rows.length);

    const everything = filesIn(store.data).map((path) => readFileSync(path));
    const secrets = [MARK, "Quatremer", "Vandermeer", "aaaaaaaa", ...identities];
    for (const bytes of everything) {
      for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
      for (const identity of identities) expect(bytes.includes(Buffer.from(identity, "hex"))).toBe(false);
    }

    // Every cell begins with the version byte and is random behind it; every label with its feed.
    // Neither tells its neighbours.
    const bodies = rows.map(({ cell }) => cell.subarray(1));
    const names = rows.map(({ label }) => label.subarray(2));
    expect(chiSquare(Buffer.concat(bodies))).toBeLessThan(CHI_SQUARE_LIMIT);
    expect(chiSquare(Buffer.concat(names))).toBeLessThan(CHI_SQUARE_LIMIT);
    for (const step of [1, 2, 3, 8]) {
      expect(chiSquare(Buffer.concat(differences(bodies, step)))).toBeLessThan(CHI_SQUARE_LIMIT);
      expect(chiSquare(Buffer.concat(differences(names, step)))).toBeLessThan(CHI_SQUARE_LIMIT);
    }
    expect(new Set(bodies.map((body) => body.subarray(0, 16).toString("hex"))).size).toBe(rows.length);
  },
  120_000,
);

async function profileId(person: {
  api: { read(query: "status", p: Record<string, never>): Promise<{ profile: { id: string } | undefined }> };
}) {
  return (await person.api.read("status", {})).profile?.id ?? "";
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

/** All that the store keeps, in the order in which it came, whichever engine keeps it. */
function storedRows(folder: string): { label: Buffer; cell: Buffer }[] {
  const files = filesIn(folder);
  expect(files.filter((path) => path.includes("/blocks/"))).toEqual([]);
  return files.flatMap((path) => {
    if (path.endsWith(".cells")) return rowsOfSegment(readFileSync(path));
    return /\d{4}-\d{2}-\d{2}\.db$/.test(path) ? rowsOfDatabase(path) : [];
  });
}

/** docs/store.md: a header, then records, each of sums, commit and position, label, cell. */
function rowsOfSegment(bytes: Buffer): { label: Buffer; cell: Buffer }[] {
  const [header, before, record] = [4096, 20, 20 + 32 + 4096];
  expect((bytes.length - header) % record).toBe(0);
  return Array.from({ length: (bytes.length - header) / record }, (_, slot) => {
    const at = header + slot * record + before;
    return { label: bytes.subarray(at, at + 32), cell: bytes.subarray(at + 32, at + 32 + 4096) };
  });
}

function rowsOfDatabase(path: string): { label: Buffer; cell: Buffer }[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const columns = database.prepare("SELECT name FROM pragma_table_info('feed_0')").all();
  expect(columns.map((column) => column["name"])).toEqual(["position", "label", "cell"]);
  expect(database.prepare("SELECT count(*) AS n FROM blocks").get()).toEqual({ n: 0 });
  const rows = database.prepare("SELECT label, cell FROM feed_0 ORDER BY position").all();
  database.close();
  return rows.map((row) => ({
    label: Buffer.from(row["label"] as Uint8Array),
    cell: Buffer.from(row["cell"] as Uint8Array),
  }));
}

function chiSquare(bytes: Buffer): number {
  const counts = Array.from({ length: 256 }, () => 0);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const expected = bytes.length / 256;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Each value XOR the one `step` later: random too, unless something of one shows in the other. */
function differences(values: readonly Buffer[], step: number): Buffer[] {
  return values.slice(step).map((value, i) => Buffer.from(value.map((byte, at) => byte ^ (values[i]?.[at] ?? 0))));
}
