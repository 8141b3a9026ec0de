/** The files of a hidden profile within one spare. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryFolder, NoSpace, type SyncFolder } from "@pli/database";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyVeil, openVeil } from "../src/veil.ts";

const BYTES = 512 * 1024;
const KEY = new Uint8Array(32).fill(7);
const NAMES = ["pli.db", "pli.db-journal", "pli.db.key", "pli.db.key-journal"];

function freshSpare(): string {
  const path = join(mkdtempSync(join(tmpdir(), "pli-veil-")), "spare-1");
  writeFileSync(path, randomBytes(BYTES));
  return path;
}

const step = fc.record({
  name: fc.constantFrom(...NAMES),
  what: fc.constantFrom("write", "truncate", "remove", "reopen"),
  at: fc.nat(30_000),
  length: fc.nat(9_000),
});

const content = (folder: SyncFolder, name: string): Buffer | undefined => {
  const file = folder.open(name, false);
  if (file === undefined) return undefined;
  const bytes = Buffer.alloc(file.size() + 10);
  const count = file.read(bytes, 0);
  file.close();
  return bytes.subarray(0, count);
};

describe("the veil of a spare", () => {
  test("holds what a folder holds, whatever is done to it, and is as long as before", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const path = freshSpare();
        emptyVeil(path, KEY);
        const model = createMemoryFolder();
        let veil = openVeil(path, KEY);
        for (const { name, what, at, length } of steps) {
          if (what === "remove") for (const folder of [veil, model]) folder.remove(name);
          for (const folder of what === "write" || what === "truncate" ? [veil, model] : []) {
            const file = folder.open(name, true);
            if (what === "write") file?.write(new Uint8Array(length).fill(at % 256), at);
            else file?.truncate(at);
            file?.sync();
          }
          if (what === "reopen") {
            veil.close();
            veil = openVeil(path, KEY);
          }
        }
        for (const name of NAMES) {
          expect(veil.exists(name)).toBe(model.exists(name));
          expect(content(veil, name)).toEqual(content(model, name));
        }
        veil.close();
        expect(readFileSync(path).length).toBe(BYTES);
      }),
      { numRuns: 60 },
    );
  });

  test("keeps the slot at its beginning as it was", () => {
    const path = freshSpare();
    const slot = readFileSync(path).subarray(0, 512);
    emptyVeil(path, KEY);
    const veil = openVeil(path, KEY);
    veil.open("pli.db", true)?.write(new Uint8Array(100_000), 0);
    veil.close();
    expect(readFileSync(path).subarray(0, 512)).toEqual(slot);
  });

  test("is full where the database and its journal would meet, and keeps both", () => {
    const path = freshSpare();
    emptyVeil(path, KEY);
    const veil = openVeil(path, KEY);
    const [database, journal] = [veil.open("pli.db", true), veil.open("pli.db-journal", true)];
    database?.write(new Uint8Array(200_000).fill(1), 0);
    expect(() => journal?.write(new Uint8Array(200_000), 0)).toThrow(NoSpace);
    journal?.write(new Uint8Array(150_000).fill(2), 0);
    expect(() => database?.write(new Uint8Array(200_000), 200_000)).toThrow(NoSpace);
    expect(content(veil, "pli.db")?.every((byte) => byte === 1)).toBe(true);
    expect(content(veil, "pli.db-journal")?.every((byte) => byte === 2)).toBe(true);
    veil.close();
  });

  test.each(["another key", "random bytes", "a file cut short"])("is refused as damaged: %s", (what) => {
    const path = freshSpare();
    if (what !== "random bytes") emptyVeil(path, KEY);
    if (what === "a file cut short") writeFileSync(path, readFileSync(path).subarray(0, 1500));
    const key = what === "another key" ? new Uint8Array(32).fill(8) : KEY;
    expect(() => openVeil(path, key)).toThrow(expect.objectContaining({ code: "database_damaged" }));
  });
});
