/** How far an export or an import is: one line of a terminal, or an object now and then. */
import { percentOf, type Progress } from "@pli/archive/work";
import type { Context } from "../context.ts";

/** What is over sooner needs no progress; a program hears of it this often. In ms. */
const QUIET_MS = 2_000;
const REDRAWN_MS = 100;

export interface ProgressLine {
  show(progress: Progress): void;
  /** Leaves the line empty. */
  end(): void;
}

export function createProgressLine({ world, words, globals, emit }: Context): ProgressLine {
  const { clock, stderr } = world;
  const isDrawn = stderr.isTerminal && !globals.json;
  const began = clock.steady();
  let shown = began - REDRAWN_MS;
  let told = began;
  let isThere = false;

  function tell({ step, done, total }: Progress): void {
    if (!globals.json || clock.steady() - told < QUIET_MS) return;
    told = clock.steady();
    emit({ event: "progress", step, done, total });
  }

  return {
    show: (progress) => {
      tell(progress);
      if (!isDrawn || clock.steady() - shown < REDRAWN_MS) return;
      shown = clock.steady();
      isThere = true;
      stderr.write(`\r\u001b[K${words.archive.steps[progress.step](words.number(percentOf(progress)))}`);
    },
    end: () => {
      if (isThere) stderr.write("\r\u001b[K");
      isThere = false;
    },
  };
}
