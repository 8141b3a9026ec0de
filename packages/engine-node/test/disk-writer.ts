/**
 * Writes transactions of several rows into the database of a folder without end: `node
 * disk-writer.ts FOLDER FIRST`. Prints the number of each once it is durable, and the code of the
 * error that stops it.
 */
import { writeSync } from "node:fs";
import { openDiskDatabase } from "../src/database.ts";
import { DISK_KEY, ROWS } from "./disk-key.ts";

const database = await openDiskDatabase(process.argv[2] ?? "", DISK_KEY);
try {
  for (let number = Number(process.argv[3]); ; number++) {
    await database.transaction(async (sql) => {
      for (let row = 0; row < ROWS; row++)
        await sql.run("INSERT INTO entry (number, text) VALUES (?, ?)", [number, "z".repeat(900)]);
      await sql.run("UPDATE tally SET total = total + ?", [ROWS]);
    });
    writeSync(1, `${number}\n`);
  }
} catch (error) {
  writeSync(1, `${String((error as { code?: unknown }).code)}\n`);
}
