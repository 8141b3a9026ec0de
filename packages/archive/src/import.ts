/** Reads an export to its end, and says what it would add, or adds it. */
import type { ImportedNames, PliApi } from "@pli/engine/api";
import { open } from "./age.ts";
import { metered } from "./bytes.ts";
import { readParts, type Part } from "./read.ts";
import type { Work } from "./work.ts";

/** A file that can be read more than once. */
export interface Source {
  readonly bytes: number;
  open(): Promise<ReadableStream<Uint8Array>>;
}

export interface Imported {
  readonly file: ImportedNames["file"];
  /** Messages that are new here, and the archives that are made for them. */
  readonly messages: number;
  readonly conversations: number;
  /** Messages that are here already, and those that are not taken. */
  readonly here: number;
  readonly passed: number;
  readonly names: ImportedNames["names"];
}

interface Wanted extends Work {
  readonly passphrase: string;
  /** `count`: nothing is written. `add`: an archive is made of what is new. */
  readonly mode: "count" | "add";
  /** Whether names that the file gives contacts are taken over too. */
  readonly names?: boolean;
}

/**
 * Done twice, `add` has the effect of once: what stopped half-way is done again from the beginning.
 * Rejects with `export_malformed`, `export_damaged`, `export_newer`, `export_costly` and
 * `export_passphrase_wrong`: after a `count` that did not reject, the file is whole.
 */
export async function importAll(api: PliApi, source: Source, wanted: Wanted): Promise<Imported> {
  const { signal, onProgress, passphrase, mode } = wanted;
  const step = mode === "add" ? "add" : "read";
  let read = 0;
  const stream = metered(await source.open(), (more) => {
    signal?.throwIfAborted();
    read += more;
    onProgress?.({ step, done: read, total: source.bytes });
  });
  const taker = createTaker(api, wanted);
  for await (const part of readParts(await open(stream, passphrase))) {
    signal?.throwIfAborted();
    await taker.take(part);
  }
  return taker.result();
}

function createTaker(api: PliApi, { mode, names: takesNames = false }: Wanted) {
  const write = mode === "add";
  const names: ImportedNames["names"] = [];
  const sum = { messages: 0, conversations: 0, here: 0, passed: 0 };
  let from: ImportedNames["file"] | undefined;
  let file = "";
  let conversation = "";
  let isNew = false;

  async function take(part: Part): Promise<void> {
    switch (part.is) {
      case "header":
        file = part.line;
        from = (await api.importNames({ file, contacts: [], write: false })).file;
        return;
      case "contacts": {
        const named = await api.importNames({ file, contacts: [...part.lines], write: write && takesNames });
        names.push(...named.names);
        return;
      }
      case "conversation":
        conversation = part.line;
        isNew = false;
        return;
      case "messages": {
        const page = await api.importPage({ file, conversation, messages: [...part.lines], write });
        sum.messages += page.added;
        sum.here += page.here;
        sum.passed += page.passed;
        if (page.isNew && !isNew) sum.conversations += 1;
        isNew ||= page.isNew;
        return;
      }
      case "members":
      case "end":
    }
  }

  return {
    take,
    result: (): Imported => {
      if (from === undefined) throw new Error("an export was read without a header");
      return { file: from, names, ...sum };
    },
  };
}
