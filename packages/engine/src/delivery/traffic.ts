import { toHex } from "@pli/protocol/crypto";
import type { KnowledgeView } from "../api/views.ts";
import { addTraffic, deleteTrafficAround, listTraffic, type Hour } from "./traffic.table.ts";
import type { TrafficMeter } from "./store/traffic-meter.ts";
import type { Context, Tx } from "../runtime/context.ts";

const HOUR_MS = 3_600_000;
const HOURS = 24;
const SAVE_MS = 2_000;
const SAMPLE_BYTES = 48;

/**
 * Counts what a store could count about this client, by the hour, and keeps the last cell written
 * as it sees it.
 */
export interface Traffic extends TrafficMeter {
  read(tx: Tx): Promise<Pick<KnowledgeView, "hours" | "sample">>;
  /** How many cells and blocks were written since the start. */
  written(): number;
  /** Saves what was counted since the last time. */
  flush(): Promise<void>;
}

export function createTraffic(context: Context): Traffic {
  const { clock } = context;
  let pending: Hour = nothing();
  let sample: KnowledgeView["sample"];
  let scheduled = false;
  let written = 0;

  function note(change: Partial<Hour>): void {
    for (const [name, by] of Object.entries(change)) pending[name as keyof Hour] += by;
    if (scheduled) return;
    scheduled = true;
    clock.after(SAVE_MS, () => void flush().catch(() => undefined));
  }

  async function flush(): Promise<void> {
    scheduled = false;
    const saving = pending;
    pending = nothing();
    if (Object.values(saving).every((n) => n === 0)) return;
    await context.transact(async (tx) => {
      await addTraffic(tx, thisHour(), saving);
      await deleteTrafficAround(tx, thisHour(), HOURS);
      tx.changed("knowledge");
    });
  }

  const thisHour = (): number => Math.floor(clock.now() / HOUR_MS);

  return {
    wrote: (kind, label, bytes) => {
      written += 1;
      sample = { label: toHex(label), cell: toHex(bytes.subarray(0, SAMPLE_BYTES)) };
      note(kind === "cell" ? { cellsWritten: 1 } : { blocksWritten: 1 });
    },
    written: () => written,
    fetched: () => note({ fetched: 1 }),
    fed: (bytes) => note({ feedBytes: bytes }),
    read: async (tx) => {
      const counted = await listTraffic(tx, thisHour() - HOURS);
      const first = thisHour() - HOURS + 1;
      return { hours: Array.from({ length: HOURS }, (_, i) => counted.get(first + i) ?? nothing()), sample };
    },
    flush,
  };
}

const nothing = (): Hour => ({ cellsWritten: 0, blocksWritten: 0, fetched: 0, feedBytes: 0 });
