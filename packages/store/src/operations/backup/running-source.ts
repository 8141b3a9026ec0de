import { request } from "node:http";
import type { Result } from "@pli/protocol/wire";
import type { Source } from "../copy/source.ts";
import { MAX_CELLS } from "./backup-server.ts";
import { BackupError } from "./backup-error.ts";
import { parseBlockPage, parseCellPage } from "./page.ts";
import { parseSnapshot } from "./snapshot.ts";

/**
 * A running store as it was when the source was opened. Later cells are not seen; later blocks of
 * its days may be.
 */
export interface RunningSource extends Source {
  readonly feeds: number;
}

/** Rejects with a BackupError: `store_not_running` when no store listens at `path`. */
export const openRunningSource = async (path: string): Promise<RunningSource> => {
  const text = await ask(path, "/snapshot");
  const { storeId, feeds, days } = understood(parseSnapshot(text.toString()));
  const firstsOn = new Map(days.map(({ day, firsts }) => [day, firsts]));
  return {
    feeds: feeds.length,
    cellsAtOnce: MAX_CELLS,
    storeId: Buffer.from(storeId, "hex"),
    range: (feed) => feeds[feed] ?? { oldest: 0, next: 0 },
    days: () => [...firstsOn.keys()],
    firstOn: (feed, day) => firstsOn.get(day)?.[feed] ?? feeds[feed]?.next ?? 0,
    read: async (feed, from, max) =>
      understood(parseCellPage(await ask(path, `/cells?feed=${feed}&from=${from}&max=${max}`))),
    blocksOn: async (day, after, max) =>
      understood(parseBlockPage(await ask(path, `/blocks?day=${day}&after=${after}&max=${max}`))),
  };
};

const understood = <T>(parsed: Result<T, "damaged">): T => {
  if (parsed.ok) return parsed.value;
  throw new BackupError("store_unreadable", "the store answered something else");
};

const ask = (socketPath: string, path: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const lost = (): void => reject(new BackupError("store_not_running", `no store answers at ${socketPath}`));
    const call = request({ socketPath, path }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", lost);
      response.on("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(pieces));
        else reject(new BackupError("store_unreadable", "the store could not read its data: see its log"));
      });
    });
    call.on("error", lost);
    call.end();
  });
