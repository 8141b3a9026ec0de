import { labelKey, type Cell, type Entries, type Label, type Tags } from "@pli/protocol/wire";
import type { Expectation, Expectations } from "./expectations.ts";

/** What this device expects at one place of a feed, and the cell that is there. */
export interface Expected {
  readonly expectation: Expectation;
  readonly cell: Cell;
}

/** One frame of a feed, in either form, as this device reads it. */
export interface Page {
  readonly first: number;
  readonly end: number;
  /** Whether anything at this position may be expected. */
  concerns(position: number): boolean;
  /** Gets what is needed to read on from this position. */
  prepare(position: number): Promise<void>;
  /** What is expected at this position by now; undefined when `prepare` must be asked first. */
  expectedAt(position: number): readonly Expected[] | undefined;
}

/** Cells asked for at once. */
const FETCH = 64;

export function pageFrom(frame: Entries | Tags, expectations: Expectations, get: GetCell): Page {
  return frame.type === "entries" ? entriesPage(frame, expectations) : tagsPage(frame, expectations, get);
}

type GetCell = (label: Label) => Promise<Cell | undefined>;

function entriesPage({ first, entries }: Entries, expectations: Expectations): Page {
  function expectedAt(position: number): readonly Expected[] {
    const entry = entries[position - first];
    const expectation = entry && expectations.find(entry.label);
    return entry === undefined || expectation === undefined ? [] : [{ expectation, cell: entry.cell }];
  }
  return {
    first,
    end: first + entries.length,
    concerns: (position) => expectedAt(position).length > 0,
    prepare: () => Promise.resolve(),
    expectedAt,
  };
}

/**
 * The cells whose tags are those of expected labels are got from the store. One that is not there
 * was another's with the same tag.
 */
function tagsPage({ first, tags }: Tags, expectations: Expectations, get: GetCell): Page {
  const got = new Map<string, Cell | undefined>();

  function labelsAt(position: number): readonly Label[] {
    const tag = tags[position - first];
    return tag === undefined ? [] : expectations.tagged(tag);
  }

  function missingFrom(position: number): Label[] {
    const missing = new Map<string, Label>();
    for (let at = position; at < first + tags.length && missing.size < FETCH; at += 1) {
      for (const label of labelsAt(at)) if (!got.has(labelKey(label))) missing.set(labelKey(label), label);
    }
    return [...missing.values()];
  }

  function expectedAt(position: number): readonly Expected[] | undefined {
    const expected: Expected[] = [];
    for (const label of labelsAt(position)) {
      if (!got.has(labelKey(label))) return undefined;
      const [expectation, cell] = [expectations.find(label), got.get(labelKey(label))];
      if (expectation !== undefined && cell !== undefined) expected.push({ expectation, cell });
    }
    return expected;
  }

  return {
    first,
    end: first + tags.length,
    concerns: (position) => labelsAt(position).length > 0,
    prepare: async (position) => {
      const labels = missingFrom(position);
      const cells = await Promise.all(labels.map(get));
      for (const [i, label] of labels.entries()) got.set(labelKey(label), cells[i]);
    },
    expectedAt,
  };
}
