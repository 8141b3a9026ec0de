import { connect, createServer, type Socket } from "node:net";
import type { Dialer } from "@pli/engine/ports";
import { createWebSocketDialer } from "@pli/engine/web-socket";
import { labelKey, parseAnswer, parseRequest, type Answer, type Request } from "@pli/protocol/wire";
import { createRecording, type Line, type View } from "@pli/testkit";
import { createMessageReader } from "./websocket-messages.ts";

/**
 * Stands between clients and a store and sees what its operator sees. Each client comes to an
 * address of its own on the loopback, and reaches the store from it.
 */
export interface RecordingRelay {
  /** The address of the store as clients know it. */
  readonly origin: string;
  /** How a client at this address (127.0.0.2, …) reaches the store. */
  dialerFrom(address: string): Dialer;
  view(): View;
  close(): Promise<void>;
}

const OWN = "127.0.0.1";
const HEAD_END = "\r\n\r\n";

export async function startRelay(store: string): Promise<RecordingRelay> {
  const target = new URL(store);
  const kept = createKept();
  const recording = createRecording({ now: () => Date.now(), has: kept.has });
  const open = new Set<Socket>();

  const server = createServer((client) => {
    const who = client.localAddress ?? "";
    const upstream = connect({ host: target.hostname, port: Number(target.port), localAddress: who });
    const line = recording.dialled(who);
    let isOver = false;
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => {
        open.delete(socket);
        other.end(); // what came before the end still arrives
        if (!isOver) line.closed();
        isOver = true;
      });
    }
    const pending = kept.line(line);
    pass(client, upstream, (head) => head.replace(/^host: .*$/im, `Host: ${target.host}`), pending.sent);
    pass(upstream, client, (head) => head, pending.told);
  });
  // All addresses of the loopback, and no other: each client is known by the one it comes to.
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  return {
    origin: `http://${OWN}:${port}`,
    dialerFrom: (from) => {
      const dialer = createWebSocketDialer((url, protocol) => new WebSocket(url, protocol));
      return { dial: (url, ...rest) => dialer.dial(url.replace(`//${OWN}:`, `//${from}:`), ...rest) };
    },
    view: () => ({ form: kept.form(), events: recording.events, feed: kept.feed }),
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * Hands bytes on as they come; the head of the HTTP upgrade whole and as `changed`, the messages
 * behind it also to `message`.
 */
function pass(from: Socket, to: Socket, changed: (head: string) => string, message: (frame: Uint8Array) => void): void {
  const read = createMessageReader(message);
  let head: Buffer | undefined = Buffer.alloc(0);
  from.on("data", (chunk: Buffer) => {
    if (head === undefined) {
      read(chunk);
      to.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(HEAD_END);
    if (end < 0) return;
    const rest = head.subarray(end + HEAD_END.length);
    to.write(`${changed(head.subarray(0, end).toString("latin1"))}${HEAD_END}`, "latin1");
    to.write(rest);
    read(rest);
    head = undefined;
  });
}

/** What the store keeps, as it follows from what it answers. */
function createKept() {
  const kept = { cell: new Set<string>(), block: new Set<string>() };
  const feed: string[] = [];
  let form: View["form"] = "full";

  function line(to: Line): Pick<Line, "sent" | "told"> {
    const asked = new Map<number, { kind: "cell" | "block"; label: string }>();
    return {
      sent: (frame) => {
        to.sent(frame);
        const request = parseRequest(frame);
        if (request.ok && isPut(request.value)) asked.set(request.value.id, putOf(request.value));
      },
      told: (frame) => {
        to.told(frame);
        const answer = parseAnswer(frame);
        if (answer.ok) learn(answer.value, asked);
      },
    };
  }

  function learn(answer: Answer, asked: ReadonlyMap<number, { kind: "cell" | "block"; label: string }>): void {
    if (answer.type === "following") form = answer.form;
    const put = answer.type === "stored" ? asked.get(answer.id) : undefined;
    if (put !== undefined) kept[put.kind].add(put.label);
    if (answer.type !== "entries" || answer.feed !== 0) return;
    for (const [i, { label }] of answer.entries.entries()) {
      feed[answer.first + i] = labelKey(label);
      kept.cell.add(labelKey(label));
    }
  }

  return { feed, line, form: () => form, has: (kind: "cell" | "block", label: string) => kept[kind].has(label) };
}

type Put = Extract<Request, { type: "put" | "putBlock" }>;

const isPut = (request: Request): request is Put => request.type === "put" || request.type === "putBlock";

const putOf = (put: Put): { kind: "cell" | "block"; label: string } => ({
  kind: put.type === "put" ? "cell" : "block",
  label: labelKey(put.label),
});
