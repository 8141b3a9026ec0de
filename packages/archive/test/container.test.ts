import { PliError } from "@pli/engine/errors";
import { propertyRuns } from "@pli/testkit/dials";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { open } from "../src/age.ts";
import { createPassphrase, readPassphrase } from "../src/index.ts";
import { readParts, type Part } from "../src/read.ts";
import {
  concat,
  conversation,
  end,
  header,
  line,
  message,
  PASSPHRASE,
  sealed,
  tarOf,
  withMessages,
  type Files,
} from "./support/forged.ts";
import { streamFrom } from "./support/memory-file.ts";

async function partsOf(plain: ReadableStream<Uint8Array>): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of readParts(plain)) parts.push(part);
  return parts;
}

const partsIn = (tar: Uint8Array): Promise<Part[]> => partsOf(streamFrom(tar));
const opened = async (file: Uint8Array, passphrase = PASSPHRASE): Promise<Part[]> =>
  partsOf(await open(streamFrom(file), passphrase));

/** The code that this rejects with; "read" when it does not. Anything else than a code fails. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "read";
  } catch (error) {
    if (error instanceof PliError) return error.code;
    throw error;
  }
}

const GOOD = withMessages(message(), message({ id: "d1".repeat(32) }));
const changed = (name: string, text: string): Files => GOOD.map((file) => (file[0] === name ? [name, text] : file));
const MESSAGES = "conversations/000001/messages-000001.jsonl";

describe("the words of an export", () => {
  test("are twelve of the list, 132 bits, and never the same", () => {
    const drawn = new Set(Array.from({ length: 100 }, createPassphrase));
    expect(drawn.size).toBe(100);
    for (const words of drawn) expect(words).toMatch(/^[a-z]+(-[a-z]+){11}$/u);
    expect(new Set([...drawn].flatMap((words) => words.split("-"))).size).toBeGreaterThan(600);
  });

  test("are read with spaces, capitals and line ends, and other words as they are", () => {
    expect(readPassphrase(" Abandon  ability\nABLE ")).toBe("abandon-ability-able");
    expect(readPassphrase("abandon-ability-able")).toBe("abandon-ability-able");
    expect(readPassphrase("My own, with Capitals")).toBe("My own, with Capitals");
    expect(readPassphrase("")).toBe("");
  });
});

describe("a file that was sealed", () => {
  let file: Uint8Array;
  beforeAll(async () => {
    file = await sealed(tarOf(GOOD));
  });

  test("opens with its words, and says with others that they are wrong", async () => {
    expect((await opened(file)).map(({ is }) => is)).toEqual(["header", "conversation", "messages", "end"]);
    expect(await outcome(opened(file, "ability-abandon"))).toBe("export_passphrase_wrong");
  });

  test("cut anywhere is damaged", async () => {
    for (const length of [0, 1, 21, 22, 40, 100, 149, 150, 165, 166, 182, 1_000, file.length - 1])
      expect([length, await outcome(opened(file.subarray(0, length)))]).toEqual([length, "export_damaged"]);
  });

  test("changed anywhere is not read", async () => {
    for (const at of [0, 23, 35, 60, 110, 152, 170, 400, file.length - 1]) {
      const bent = file.slice();
      bent[at] = (bent[at] ?? 0) ^ 1;
      expect(await outcome(opened(bent))).toMatch(/^export_(damaged|malformed|passphrase_wrong)$/u);
    }
  });

  test("longer than one chunk and cut between two is damaged, and so is one with more behind it", async () => {
    const long = await sealed(tarOf(withMessages(...Array.from({ length: 600 }, () => message()))));
    const first = long.indexOf(0x0a, 108) + 1 + 16 + 65_552;
    expect(long.length).toBeGreaterThan(first);
    expect(await outcome(opened(long.subarray(0, first)))).toBe("export_damaged");
    expect(await outcome(opened(concat([long, long.subarray(first)])))).toBe("export_damaged");
    expect(await outcome(opened(long))).toBe("read");
  });

  test("that asks for more memory than any export is refused before anything is derived", async () => {
    for (const work of [19, 20, 22, 30, 64, 99]) {
      const costly = Buffer.from(file)
        .toString("latin1")
        .replace(/^(.*\n-> scrypt \S+) \d+/u, `$1 ${work}`);
      const started = performance.now();
      expect(await outcome(opened(new Uint8Array(Buffer.from(costly, "latin1"))))).toBe("export_costly");
      expect(performance.now() - started).toBeLessThan(60_000);
    }
  });

  test("with another header than the one of a passphrase is no export, however long it is", async () => {
    const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, "latin1"));
    const stanza = `-> X25519 ${"A".repeat(43)}\n${"A".repeat(43)}\n`;
    const headers = [
      `age-encryption.org/v1\n${stanza}--- ${"A".repeat(43)}\n${"x".repeat(100)}`,
      `age-encryption.org/v1\n${"-> scrypt ".padEnd(1 << 20, "A")}`,
      `age-encryption.org/v2\n${"x".repeat(200)}`,
      `-----BEGIN AGE ENCRYPTED FILE-----\n${"A".repeat(200)}`,
      "PK\u0003\u0004".padEnd(300, "x"),
    ];
    for (const one of headers)
      expect([one.slice(0, 40), await outcome(opened(text(one)))]).toEqual([one.slice(0, 40), "export_malformed"]);
  });
});

describe("what is inside", () => {
  test.each([
    ["a path that leads out", [["../../etc/passwd", "x"]]],
    ["an absolute path", [["/etc/passwd", "x"]]],
    ["another first file", [["README.txt", ""]]],
    ["a second header", [...GOOD.slice(0, 2), ["export.json", header()]]],
    [
      "a conversation that was passed over",
      [...GOOD.slice(0, 2), ["conversations/000002/conversation.json", conversation()]],
    ],
    ["messages before a conversation", [...GOOD.slice(0, 2), [MESSAGES, message()]]],
    ["a part that was passed over", [...GOOD.slice(0, 3), ["conversations/000001/messages-000002.jsonl", message()]]],
    ["members behind messages", [...GOOD.slice(0, 4), ["conversations/000001/members-000001.jsonl", "{}\n"]]],
    ["something behind the end", [...GOOD, ["conversations/000002/conversation.json", conversation()]]],
    [
      "two lines for a conversation",
      changed("conversations/000001/conversation.json", conversation() + conversation()),
    ],
    ["no line for a conversation", changed("conversations/000001/conversation.json", "")],
    ["a last line without an end", changed(MESSAGES, message().trimEnd())],
    ["an end that is no JSON", changed("end.json", "{\n")],
    ["an end without a count", changed("end.json", line({ messages: 2 }))],
  ] as [string, Files][])("%s is refused", async (_, files) => {
    expect(await outcome(partsIn(tarOf(files)))).toBe("export_malformed");
  });

  test.each([
    ["no end", GOOD.slice(0, -1)],
    ["fewer messages than it says", changed("end.json", end({ conversations: 1, messages: 3 }))],
    ["more conversations than it says", changed("end.json", end({ messages: 2 }))],
  ] as [string, Files][])("%s is damaged", async (_, files) => {
    expect(await outcome(partsIn(tarOf(files)))).toBe("export_damaged");
  });

  test("a tar may be longer than it has to be, as other tools make it, and hold nothing behind its end", async () => {
    const tar = tarOf(GOOD);
    expect(await outcome(partsIn(concat([tar, new Uint8Array(10_240)])))).toBe("read");
    expect(await outcome(partsIn(concat([tar, new Uint8Array([1])])))).toBe("export_malformed");
    expect(await outcome(partsIn(tar.subarray(0, -1_024)))).toBe("export_damaged");
    expect(await outcome(partsIn(tar.subarray(0, -512)))).toBe("export_damaged");
  });

  test("a link, a folder, a device, a name of another form, or a size that nobody has is refused", async () => {
    const bend = (at: number, bytes: string): Uint8Array => {
      const tar = tarOf(GOOD);
      tar.set(new TextEncoder().encode(bytes), at);
      const sum = tar.subarray(0, 512).reduce((all, byte, i) => all + (i >= 148 && i < 156 ? 0x20 : byte), 0);
      tar.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
      return tar;
    };
    expect(await outcome(partsIn(bend(156, "0")))).toBe("read");
    for (const type of "123456LKxgS7\0")
      expect([type, await outcome(partsIn(bend(156, type)))]).toEqual([type, "export_malformed"]);
    expect(await outcome(partsIn(bend(345, "a/b")))).toBe("export_malformed");
    for (const size of ["77777777777\0", "-0000000001\0", "0000000000z\0", "\u0000".repeat(12)])
      expect([size, await outcome(partsIn(bend(124, size)))]).toEqual([size, "export_malformed"]);
    expect(await outcome(partsIn(bend(124, "00000200000\0")))).toBe("export_damaged");
    const unsummed = tarOf(GOOD);
    unsummed[0] = (unsummed[0] ?? 0) ^ 1;
    expect(await outcome(partsIn(unsummed))).toBe("export_malformed");
  });

  test("a line without an end, and one that is no UTF-8, are refused after a bounded length", async () => {
    let given = 0;
    const tar = tarOf(changed(MESSAGES, "x".repeat(40 << 20)));
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        controller.enqueue(tar.subarray(given, given + 65_536));
        given += 65_536;
      },
    });
    expect(await outcome(partsOf(stream))).toBe("export_malformed");
    expect(given).toBeLessThan(2 << 20);
    const tarred = tarOf(changed(MESSAGES, "\u00e9\n"));
    tarred[tarred.indexOf(0xc3)] = 0xff;
    expect(await outcome(partsIn(tarred))).toBe("export_malformed");
  });

  test("more conversations than anybody can be shown are refused", async () => {
    const many = Array.from({ length: 20_001 }, (_, i): [string, string] => [
      `conversations/${String(i + 1).padStart(6, "0")}/conversation.json`,
      "{}\n",
    ]);
    expect(await outcome(partsIn(tarOf([...GOOD.slice(0, 2), ...many])))).toBe("export_malformed");
  });

  test("any bytes at all, and any change of a good file, give a code or its parts", async () => {
    const good = tarOf(GOOD);
    const outcomes = /^(read|export_(malformed|damaged))$/u;
    const bytes = fc.uint8Array({ maxLength: 3_000 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (random, at, bits) => {
        expect(await outcome(partsIn(random))).toMatch(outcomes);
        const bent = good.slice();
        bent[at] = (bent[at] ?? 0) ^ bits;
        expect(await outcome(partsIn(bent))).toMatch(outcomes);
        expect(await outcome(partsIn(good.subarray(0, at)))).toBe("export_damaged");
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});
