import { decodeCbor, encodeCbor, type Put } from "@pli/protocol/object";
import type { Block, Cell, Label } from "@pli/protocol/wire";
import type { Context, Unit } from "../core/context.ts";
import { PliError, type ErrorCode } from "../errors.ts";
import type { Session } from "../feed/session.ts";
import type { SqlRow } from "../ports.ts";
import { bytesIn, damaged, maybeBytesIn, numberIn, textIn } from "../storage/row.ts";

const MAX_PUTS_BYTES = 32 * 1024 * 1024;
/** Puts of one object that travel at once. */
const AT_ONCE = 16;
const RETRY_MS = 5_000;

/**
 * What an item is for. `text`, `receipt`, `control` are sealed when their turn comes, under the epoch of that moment;
 * the others bring their puts.
 */
export type Purpose = "text" | "receipt" | "control" | "commit" | "pairing" | "beacon";

/** One thing to write to a store. Items of a stream leave one after the other, commits first. */
export interface OutboxItem {
  readonly id: number;
  readonly stream: string;
  readonly store: string;
  readonly purpose: Purpose;
  /** What it belongs to, by purpose: a message, an epoch, a pairing and the name of its object. */
  readonly reference: string;
  readonly content: Uint8Array | undefined;
  readonly epoch: number | undefined;
  readonly puts: readonly Put[] | undefined;
}

export interface OutboxHandlers {
  /** The puts of an item whose content is not sealed yet, saved on it; `later` when its conversation cannot send now. */
  seal(unit: Unit, item: OutboxItem): Promise<"sealed" | "later" | "again">;
  /** All of it is stored, durably. The item is gone. */
  done(unit: Unit, item: OutboxItem): Promise<void>;
  /** Another wrote under one of its labels. The item is gone. */
  taken(unit: Unit, item: OutboxItem): Promise<void>;
}

/** What this device has to write, kept until the store has it: the same bytes are put again after every doubt. */
export interface Outbox {
  add(
    unit: Unit,
    item: Pick<OutboxItem, "stream" | "store" | "purpose" | "reference" | "content" | "puts">,
  ): Promise<void>;
  /** Saves what sealing gave. */
  saveSealed(unit: Unit, id: number, epoch: number, puts: readonly Put[]): Promise<void>;
  dropStream(unit: Unit, stream: string): Promise<void>;
  /** Sends whatever can leave now. */
  kick(): void;
  /** Why the store takes nothing although it can be reached. */
  refusal(): ErrorCode | undefined;
  close(): void;
}

export function createOutbox(
  context: Context,
  p: { session(store: string): Session | undefined; handlers: OutboxHandlers },
): Outbox {
  const { handlers } = p;
  const pumping = new Map<string, boolean>();
  let refusal: ErrorCode | undefined;
  let cancelRetry = (): void => {};
  let closed = false;

  async function add(
    unit: Unit,
    item: Pick<OutboxItem, "stream" | "store" | "purpose" | "reference" | "content" | "puts">,
  ): Promise<void> {
    await unit.sql.run(
      "INSERT INTO outbox (stream, store, purpose, reference, content, puts) VALUES (?, ?, ?, ?, ?, ?)",
      [
        item.stream,
        item.store,
        item.purpose,
        item.reference,
        item.content ?? null,
        item.puts === undefined ? null : encodePuts(item.puts),
      ],
    );
    unit.changed("status");
    unit.after(kick);
  }

  function kick(): void {
    void listStreams().then(
      (streams) => streams.forEach(({ stream, store }) => void pump(stream, store)),
      () => undefined,
    );
  }

  function listStreams(): Promise<{ stream: string; store: string }[]> {
    return context.transact(async (unit) => {
      const rows = await unit.sql.all("SELECT DISTINCT stream, store FROM outbox");
      return rows.map((row) => ({ stream: textIn(row, "stream"), store: textIn(row, "store") }));
    });
  }

  /** Empties one stream, an item at a time; asked again meanwhile, it looks once more before it stops. */
  async function pump(stream: string, store: string): Promise<void> {
    if (pumping.has(stream)) return void pumping.set(stream, true);
    try {
      do {
        pumping.set(stream, false);
        while (await sendHead(stream, store));
      } while (pumping.get(stream) === true);
      noteRefusal(undefined);
    } catch (error) {
      noteFailure(error, store);
    } finally {
      pumping.delete(stream);
    }
  }

  /** Sends the first item of a stream; false when there is none or it must wait. */
  async function sendHead(stream: string, store: string): Promise<boolean> {
    const session = p.session(store);
    if (closed || session === undefined || !session.isReady()) return false;
    const head = await context.transact((unit) => prepareHead(unit, stream));
    if (head === "none" || head === "later") return false;
    if (head === "again") return true;
    const outcome = await putAll(session, head.puts ?? []);
    await context.transact(async (unit) => {
      await unit.sql.run("DELETE FROM outbox WHERE id = ?", [head.id]);
      unit.changed("status");
      await (outcome === "created" ? handlers.done(unit, head) : handlers.taken(unit, head));
    });
    return true;
  }

  async function prepareHead(unit: Unit, stream: string): Promise<OutboxItem | "none" | "later" | "again"> {
    const item = await headOf(unit, stream);
    if (item === undefined) return "none";
    if (item.content === undefined) return item;
    const sealed = await handlers.seal(unit, item);
    return sealed === "sealed" ? ((await headOf(unit, stream)) ?? "none") : sealed;
  }

  function noteFailure(error: unknown, store: string): void {
    if (!(error instanceof PliError)) return retryLater();
    const online = p.session(store)?.link.state().state === "online";
    if (!online) return;
    noteRefusal(error.code);
    retryLater();
  }

  function retryLater(): void {
    cancelRetry();
    if (!closed) cancelRetry = context.clock.after(RETRY_MS, kick);
  }

  function noteRefusal(code: ErrorCode | undefined): void {
    if (refusal === code) return;
    refusal = code;
    context.live.touch(new Set(["status"]));
  }

  return {
    add,
    saveSealed: (unit, id, epoch, puts) =>
      unit.sql.run("UPDATE outbox SET epoch = ?, puts = ? WHERE id = ?", [epoch, encodePuts(puts), id]),
    dropStream: (unit, stream) => unit.sql.run("DELETE FROM outbox WHERE stream = ?", [stream]),
    kick,
    refusal: () => refusal,
    close: () => {
      closed = true;
      cancelRetry();
    },
  };
}

/** Puts in order, the last alone: whoever sees it finds the others. */
async function putAll(session: Session, puts: readonly Put[]): Promise<"created" | "taken"> {
  const before = puts.slice(0, -1);
  for (let i = 0; i < before.length; i += AT_ONCE) {
    const outcomes = await Promise.all(before.slice(i, i + AT_ONCE).map((put) => putOne(session, put)));
    if (outcomes.includes("taken")) return "taken";
  }
  const last = puts.at(-1);
  return last === undefined ? "created" : putOne(session, last);
}

function putOne(session: Session, put: Put): Promise<"created" | "taken"> {
  return put.kind === "cell" ? session.link.put(put.label, put.cell) : session.link.putBlock(put.label, put.block);
}

async function headOf(unit: Unit, stream: string): Promise<OutboxItem | undefined> {
  const [row] = await unit.sql.all(
    "SELECT * FROM outbox WHERE stream = ? ORDER BY purpose = 'commit' DESC, id LIMIT 1",
    [stream],
  );
  return row === undefined ? undefined : itemFromRow(row);
}

function itemFromRow(row: SqlRow): OutboxItem {
  const puts = maybeBytesIn(row, "puts");
  return {
    id: numberIn(row, "id"),
    stream: textIn(row, "stream"),
    store: textIn(row, "store"),
    purpose: textIn(row, "purpose") as Purpose,
    reference: textIn(row, "reference"),
    content: row["content"] === null ? undefined : bytesIn(row, "content"),
    epoch: row["epoch"] === null ? undefined : numberIn(row, "epoch"),
    puts: puts === undefined ? undefined : putsFrom(puts),
  };
}

function encodePuts(puts: readonly Put[]): Uint8Array {
  return encodeCbor(puts.map((put) => (put.kind === "cell" ? [put.label, put.cell] : [put.label, put.block, true])));
}

function putsFrom(bytes: Uint8Array): Put[] {
  const list = decodeCbor(bytes, MAX_PUTS_BYTES) as [Label, Cell | Block, boolean?][] | undefined;
  if (list === undefined) return damaged("puts");
  return list.map(([label, body, isBlock]) =>
    isBlock === true ? { kind: "block", label, block: body as Block } : { kind: "cell", label, cell: body as Cell },
  );
}
