/**
 * The index of 100,000 messages: what keeping it costs, how large it is and how fast it answers,
 * beside the words that SQLite itself finds.
 */
import { openDiskDatabase } from "@pli/engine-node";
import { indexQuery, indexText } from "../packages/engine/src/features/messages/terms.ts";
import { CREATE_SEARCH_INDEX } from "../packages/engine/src/runtime/storage/search-index.ts";
import { temporaryFolder } from "../e2e/lib/store-process.ts";
import { median, percentile, rounded, type Measurement } from "./measure.ts";
import { folderBytes } from "./store/folder-bytes.ts";
import { seededRandom } from "./store/seeded-random.ts";

const MESSAGES = 100_000;
const PER_TRANSACTION = 1000;
const ROUNDS = 20;
/**
 * A fifth of the messages is Chinese; the others are of a language of 20,000 words. Both follow
 * Zipf's law.
 */
const WORDS = 20_000;
const CHARACTERS = 3_000;
const QUERIES = {
  "a rare word": "w15000",
  "the most frequent word": "w1 ",
  "one letter": "w",
  "two frequent characters": "一丁",
  "one frequent character": "一",
};

const SQLITE = [`CREATE VIRTUAL TABLE messages_text USING fts5(text, tokenize = 'unicode61 remove_diacritics 2')`];
const FIND = `SELECT rowid FROM messages_text WHERE messages_text MATCH ? ORDER BY rowid DESC LIMIT 30`;

export async function run(): Promise<Measurement[]> {
  return [
    ...(await measure(
      "SQLite's words",
      SQLITE,
      (text) => text,
      (typed) => `"${typed.trim()}"*`,
    )),
    ...(await measure("our terms", CREATE_SEARCH_INDEX, indexText, (typed) => indexQuery(typed) ?? "")),
  ];
}

async function measure(
  subject: string,
  schema: readonly string[],
  indexed: (text: string) => string,
  query: (typed: string) => string,
): Promise<Measurement[]> {
  const figure = (metric: string, value: number, unit: string): Measurement => ({
    bench: "search",
    subject,
    metric,
    value: rounded(value),
    unit,
  });
  const folder = temporaryFolder("search");
  const database = await openDiskDatabase(folder, new Uint8Array(32).fill(1));
  await database.transaction(async (sql) => {
    for (const statement of schema) await sql.run(statement);
  });
  const random = seededRandom(13);
  const texts = Array.from({ length: MESSAGES }, () => textOf(random));
  const before = folderBytes(folder);
  const started = performance.now();
  for (let at = 0; at < MESSAGES; at += PER_TRANSACTION)
    await database.transaction(async (sql) => {
      for (let i = at; i < at + PER_TRANSACTION; i++)
        await sql.run("INSERT INTO messages_text (rowid, text) VALUES (?, ?)", [i + 1, indexed(texts[i] ?? "")]);
    });
  const filled = performance.now() - started;
  const figures = [
    figure("a message put into it, 1,000 a transaction", filled / MESSAGES, "ms"),
    figure("bytes of a message in it", (folderBytes(folder) - before) / MESSAGES, "B"),
  ];
  for (const [what, typed] of Object.entries(QUERIES)) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      await database.transaction((sql) => sql.all(FIND, [query(typed)]));
      times.push(performance.now() - start);
    }
    figures.push(figure(`${what}, the newest 30, p50`, median(times), "ms"));
  }
  const erasing: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const start = performance.now();
    await database.transaction((sql) => sql.run("DELETE FROM messages_text WHERE rowid = ?", [i * 4999 + 1]));
    erasing.push(performance.now() - start);
  }
  figures.push(
    figure("a message erased, p50", median(erasing), "ms"),
    figure("a message erased, worst", percentile(erasing, 1), "ms"),
  );
  await database.close();
  return figures;
}

function textOf(random: () => number): string {
  const zipf = (kinds: number): number => Math.floor(kinds ** random());
  if (random() < 0.2)
    return Array.from({ length: 5 + Math.floor(random() * 30) }, () =>
      String.fromCodePoint(0x4e00 + zipf(CHARACTERS) - 1),
    ).join("");
  return Array.from({ length: 3 + Math.floor(random() * 20) }, () => `w${zipf(WORDS)}`).join(" ");
}
