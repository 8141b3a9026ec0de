/** Writes everything of a profile into one file, and reads it back before it says so. */
import type { PliApi } from "@pli/engine/api";
import { PliError } from "@pli/engine/errors";
import { open, seal } from "./age.ts";
import { chunksOf, metered, streamOf } from "./bytes.ts";
import {
  contactsFile,
  conversationFile,
  END,
  HEADER,
  membersFile,
  messagesFile,
  MOST_CONVERSATIONS,
  NOTHING,
  README,
  README_TEXT,
  type Counts,
} from "./layout.ts";
import { readParts } from "./read.ts";
import { tarEnd, tarFile } from "./tar.ts";
import type { Work } from "./work.ts";

/** Where an export is written to, once, from its beginning to its end. */
export interface Target {
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves once all of it is where it will be read from. */
  close(): Promise<void>;
  /** What was written, read from there. */
  reopen(): Promise<ReadableStream<Uint8Array>>;
}

export interface Exported extends Counts {
  /** How large the file is. */
  readonly bytes: number;
}

/** Pages that an engine gives of one kind. */
type Of = Parameters<PliApi["exportPage"]>[0]["of"];

/**
 * Resolves once the file was read back and holds all that was written: `export_unverified` when it
 * does not. What `target` rejects with, and the reason of `work.signal`, pass through: then the
 * file is no export, and the caller removes it.
 */
export async function exportAll(
  api: PliApi,
  target: Target,
  { passphrase, ...work }: Work & { readonly passphrase: string },
): Promise<Exported> {
  const written: Record<keyof Counts, number> = { ...NOTHING };
  let bytes = 0;
  for await (const part of chunksOf(await seal(streamOf(tarOf(api, written, work)), passphrase))) {
    await target.write(part);
    bytes += part.length;
  }
  await target.close();
  await verify(target, { passphrase, written, bytes, work });
  return { ...written, bytes };
}

async function verify(
  target: Target,
  { passphrase, written, bytes, work }: { passphrase: string; written: Counts; bytes: number; work: Work },
): Promise<void> {
  let read = 0;
  const counted = metered(await target.reopen(), (more) => {
    work.signal?.throwIfAborted();
    read += more;
    work.onProgress?.({ step: "check", done: read, total: bytes });
  });
  try {
    for await (const part of readParts(await open(counted, passphrase))) {
      if (part.is !== "end") continue;
      const isSame = Object.entries(part.counts).every(([what, count]) => written[what as keyof Counts] === count);
      if (isSame && read === bytes) return;
    }
  } catch {
    work.signal?.throwIfAborted();
    throw new PliError("export_unverified");
  }
  throw new PliError("export_unverified");
}

async function* tarOf(
  api: PliApi,
  written: Record<keyof Counts, number>,
  work: Work,
): AsyncGenerator<Uint8Array, void> {
  const { header, upTo, conversations, messages } = await api.beginExport();
  if (conversations > MOST_CONVERSATIONS) throw new PliError("export_malformed");
  const { madeAt } = JSON.parse(header) as { madeAt: number };
  const file = (name: string, text: string): Uint8Array[] => tarFile(name, new TextEncoder().encode(text), madeAt);

  async function* pages(of: Of, nameOf: (part: number) => string, conversation?: string) {
    let part = 1;
    for await (const { lines, leftOut } of pagesOf(api, { of, upTo, conversation }, work)) {
      written.leftOut += leftOut;
      if (lines.length === 0) continue;
      yield* file(nameOf(part), `${lines.join("\n")}\n`);
      part += 1;
      written[of] += lines.length;
      if (of === "messages")
        work.onProgress?.({ step: "write", done: written.messages + written.leftOut, total: messages });
    }
  }

  yield* file(HEADER, `${header}\n`);
  yield* file(README, README_TEXT);
  yield* pages("contacts", contactsFile);
  for await (const { lines } of pagesOf(api, { of: "conversations", upTo }, work)) {
    for (const line of lines) {
      const { id } = JSON.parse(line) as { id: string };
      const nth = (written.conversations += 1);
      yield* file(conversationFile(nth), `${line}\n`);
      yield* pages("members", (part) => membersFile(nth, part), id);
      yield* pages("messages", (part) => messagesFile(nth, part), id);
    }
  }
  yield* file(END, `${JSON.stringify(written)}\n`);
  yield tarEnd();
}

/** A conversation that is deleted meanwhile has no more pages. */
async function* pagesOf(
  api: PliApi,
  { of, upTo, conversation }: { of: Of; upTo: number; conversation?: string | undefined },
  { signal }: Work,
) {
  for (let after: string | undefined; ;) {
    signal?.throwIfAborted();
    const page = await api
      .exportPage({
        of,
        upTo,
        ...(conversation !== undefined && { conversation }),
        ...(after !== undefined && { after }),
      })
      .catch((error: unknown) => {
        if (error instanceof PliError && error.code === "conversation_unknown") return { lines: [], leftOut: 0 };
        throw error;
      });
    yield page;
    if (!("next" in page) || page.next === undefined) return;
    after = page.next;
  }
}
