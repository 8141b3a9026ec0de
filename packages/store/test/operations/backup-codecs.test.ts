import { assert, constant, nat, property, record, string, uint8Array, array, maxSafeNat } from "fast-check";
import type { Cell, Label } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import { parseManifest } from "../../src/operations/backup/manifest.ts";
import { encodeBlockPage, encodeCellPage, parseBlockPage, parseCellPage } from "../../src/operations/backup/page.ts";
import { parseSnapshot, snapshotOf } from "../../src/operations/backup/snapshot.ts";
import { openLogStorage } from "../../src/engines/log/log-storage.ts";
import { randomBlock, randomCell, randomLabel } from "../lib/client.ts";
import { testFolder } from "../lib/folder.ts";

const bytes = (length: number) => uint8Array({ minLength: length, maxLength: length });

describe("a page of cells", () => {
  const pages = record({
    first: maxSafeNat(),
    entries: array(record({ label: bytes(32), cell: bytes(4096) }), { maxLength: 3 }),
  });

  test("comes back as it was", () => {
    assert(
      property(pages, ({ first, entries }) => {
        const page = {
          first,
          entries: entries.map(({ label, cell }) => ({ label: label as Label, cell: cell as Cell })),
        };
        const parsed = parseCellPage(encodeCellPage(page));
        expect(parsed.ok && parsed.value.first).toBe(first);
        expect(parsed.ok && parsed.value.entries.map(({ label, cell }) => [...label, ...cell])).toEqual(
          page.entries.map(({ label, cell }) => [...label, ...cell]),
        );
      }),
      { numRuns: 20 },
    );
  });

  test("is refused when it is cut anywhere but between two cells, when a byte follows, and when its place is no position", () => {
    const entry = { label: randomLabel(), cell: randomCell() };
    const page = encodeCellPage({ first: 7, entries: [entry, entry] });
    for (let length = 0; length < page.length; length += 1) {
      expect(parseCellPage(page.subarray(0, length)).ok).toBe(length === 8 || length === 8 + 4128);
    }
    expect(parseCellPage(Buffer.concat([page, Buffer.alloc(1)])).ok).toBe(false);
    expect(parseCellPage(Buffer.concat([Buffer.alloc(8, 0xff), page.subarray(8)])).ok).toBe(false);
  });
});

describe("a page of blocks", () => {
  test("comes back as it was, and is refused when it is cut", () => {
    const blocks = [
      { label: randomLabel(), block: randomBlock() },
      { label: randomLabel(), block: randomBlock() },
    ];
    const page = encodeBlockPage({ blocks, last: 9 });
    const parsed = parseBlockPage(page);
    expect(parsed.ok && parsed.value.last).toBe(9);
    const found = parsed.ok ? parsed.value.blocks : [];
    for (const [i, { label, block }] of blocks.entries()) {
      expect(Buffer.compare(found[i]?.label ?? new Uint8Array(), label)).toBe(0);
      expect(Buffer.compare(found[i]?.block ?? new Uint8Array(), block)).toBe(0);
    }
    for (const length of [0, 7, 9, 39, page.length - 1])
      expect(parseBlockPage(page.subarray(0, length)).ok).toBe(false);
  });
});

describe("where a store stands", () => {
  test("comes back as it was, and is refused when it is cut", async () => {
    const storage = await openLogStorage({ folder: testFolder(), feeds: 2 });
    await storage.commit([{ kind: "cell", label: randomLabel(1), bytes: randomCell() }], 20_000);
    const snapshot = snapshotOf(storage, 2);
    await storage.close();
    const text = JSON.stringify(snapshot);
    expect(parseSnapshot(text)).toEqual({ ok: true, value: snapshot });
    expect(snapshot.feeds).toEqual([
      { oldest: 0, next: 0 },
      { oldest: 0, next: 1 },
    ]);
    for (let length = 0; length < text.length; length += 1) expect(parseSnapshot(text.slice(0, length)).ok).toBe(false);
  });

  test("is refused when it says what cannot be", () => {
    const good = { storeId: "ab".repeat(16), feeds: [{ oldest: 1, next: 2 }], days: [{ day: 3, firsts: [1] }] };
    expect(parseSnapshot(JSON.stringify(good)).ok).toBe(true);
    const bad = [
      null,
      [],
      { ...good, storeId: "ab" },
      { ...good, feeds: [] },
      { ...good, feeds: [{ oldest: 3, next: 2 }] },
      { ...good, feeds: [{ oldest: -1, next: 2 }] },
      { ...good, days: [{ day: 3, firsts: [] }] },
      { ...good, days: [{ day: 0.5, firsts: [1] }] },
      { ...good, days: undefined },
    ];
    for (const value of bad) expect(parseSnapshot(JSON.stringify(value)).ok).toBe(false);
  });
});

describe("backup.json", () => {
  const good = { format: 1, storeId: "cd".repeat(16), next: [5, 0], blocks: 2, lost: 0 };

  test("comes back as it was, and is refused when it is cut or says what cannot be", () => {
    const text = JSON.stringify(good);
    expect(parseManifest(text)).toEqual({ ok: true, value: good });
    for (let length = 0; length < text.length; length += 1) expect(parseManifest(text.slice(0, length)).ok).toBe(false);
    const bad = [{ format: 2 }, { storeId: 1 }, { next: [] }, { next: [-1] }, { blocks: 1.5 }, { lost: undefined }];
    for (const part of bad) expect(parseManifest(JSON.stringify({ ...good, ...part })).ok).toBe(false);
  });

  test("never throws, whatever a file holds", () => {
    assert(
      property(string(), nat(), constant(good), (text, at, value) => {
        const json = JSON.stringify(value);
        const place = at % json.length;
        for (const given of [text, json.slice(0, place) + text + json.slice(place)]) {
          expect([true, false]).toContain(parseManifest(given).ok);
          expect([true, false]).toContain(parseSnapshot(given).ok);
        }
      }),
    );
  });
});
