/** Lines of UTF-8, in pages of a bounded size. */
import { PliError } from "@pli/engine/errors";

/** No line of an export is longer: a text of 64 KiB in JSON is well below. In bytes. */
const LONGEST_LINE = 1 << 20;
const PAGE_LINES = 500;
const PAGE_CHARS = 1 << 20;
const LINE_END = 0x0a;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `export_malformed`: a line is too long, is no UTF-8, or does not end. */
export async function* pagesOfLines(chunks: AsyncGenerator<Uint8Array, void>): AsyncGenerator<string[], void> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let page: string[] = [];
  let chars = 0;

  function add(piece: Uint8Array): void {
    length += piece.length;
    if (length > LONGEST_LINE) throw new PliError("export_malformed");
    pieces.push(piece.slice());
  }

  for await (let chunk of chunks) {
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END)) {
      add(chunk.subarray(0, end));
      chunk = chunk.subarray(end + 1);
      const line = textOf(pieces, length);
      [pieces, length] = [[], 0];
      page.push(line);
      chars += line.length;
      if (page.length < PAGE_LINES && chars < PAGE_CHARS) continue;
      yield page;
      [page, chars] = [[], 0];
    }
    if (chunk.length > 0) add(chunk);
  }
  if (length > 0) throw new PliError("export_malformed");
  if (page.length > 0) yield page;
}

function textOf(pieces: readonly Uint8Array[], length: number): string {
  const line = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    line.set(piece, at);
    at += piece.length;
  }
  try {
    return UTF8.decode(line);
  } catch {
    throw new PliError("export_malformed");
  }
}
