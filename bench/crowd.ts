/**
 * Many followers of feed 0 in one process, at as little cost as can be: `node crowd.ts PORT COUNT`. Prints `ready` when all follow. At
 * each line on standard input it prints a JSON array: how many entries arrived after 0, 1, 2… ms since the last line. An entry's tag,
 * or the start of its label, is the time it was put, in 10 µs of the machine's steady clock, as `stampNow` says it.
 */
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { encodeRequest } from "@pli/protocol/wire";
import { upgrade } from "../packages/store/test/raw.ts";
import { maskedFrame } from "./store/websocket-frames.ts";

const [TAGS, ENTRIES] = [0x88, 0x87];
const [HEAD, ENTRY, TAG] = [17, 4128, 4];
const AT_ONCE = 50;

/** A u32 that wraps round every 12 hours. */
export const stampNow = (): number => Number((process.hrtime.bigint() / 10_000n) & 0xffffffffn);

let delays: number[] = [];

const HELLO = maskedFrame(encodeRequest({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 }));
const FOLLOW = maskedFrame(encodeRequest({ type: "follow", id: 2, feed: 0, from: 0 }));
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

class Follower {
  readonly #socket: Socket;
  readonly #following: () => void;
  #rest: Buffer | undefined;
  #upgraded = false;

  constructor(socket: Socket, following: () => void) {
    this.#socket = socket;
    this.#following = following;
  }

  read(chunk: Buffer): void {
    let left = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#upgraded) left = this.#upgrade(left);
    for (let size = messageBytes(left); this.#upgraded && size <= left.length; size = messageBytes(left)) {
      this.#message(left.subarray(0, size));
      left = left.subarray(size);
    }
    this.#rest = left.length === 0 ? undefined : left;
  }

  #upgrade(bytes: Buffer): Buffer {
    const end = bytes.indexOf("\r\n\r\n");
    if (end === -1) return bytes;
    this.#upgraded = true;
    this.#socket.write(Buffer.concat([HELLO, FOLLOW]));
    return bytes.subarray(end + 4);
  }

  #message(bytes: Buffer): void {
    if (bytes[0] === 0x89) return void this.#socket.write(PONG);
    const payload = bytes.subarray(headBytes(bytes));
    if (payload[0] === 0x86) return this.#following();
    if (payload[0] !== TAGS && payload[0] !== ENTRIES) return;
    const now = stampNow();
    const size = payload[0] === TAGS ? TAG : ENTRY;
    const tagAt = payload[0] === TAGS ? 0 : 2;
    for (let at = HEAD; at < payload.length; at += size) note(now - payload.readUInt32BE(at + tagAt));
  }
}

const note = (stamps: number): void => {
  const ms = Math.floor(stamps / 100);
  if (ms >= 0 && ms < 60_000) delays[ms] = (delays[ms] ?? 0) + 1;
};

const headBytes = (bytes: Buffer): number => {
  const length = bytes[1] ?? 0;
  if (length < 126) return 2;
  return length === 126 ? 4 : 10;
};

const messageBytes = (bytes: Buffer): number => {
  const head = headBytes(bytes);
  if (bytes.length < Math.max(2, head)) return Infinity;
  if (head === 2) return 2 + (bytes[1] ?? 0);
  return head + (head === 4 ? bytes.readUInt16BE(2) : bytes.readUInt32BE(6));
};

const follow = (port: number, number: number): Promise<void> =>
  new Promise((resolve, reject) => {
    // Each loopback address has ports of its own.
    const socket = connect({ port, host: `127.0.0.${1 + (number % 8)}` });
    const follower = new Follower(socket, resolve);
    socket.on("data", (chunk) => follower.read(chunk)).on("close", reject);
    socket.once("connect", () => socket.write(upgrade()));
  });

if (import.meta.main) {
  const [port = 0, count = 0] = process.argv.slice(2).map(Number);
  for (let i = 0; i < count; i += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, k) => follow(port, i + k)));
  }
  console.log("ready");
  createInterface(process.stdin).on("line", () => {
    console.log(JSON.stringify(Array.from(delays, (entries) => entries ?? 0)));
    delays = [];
  });
}
