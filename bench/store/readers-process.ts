/**
 * Many followers of feed 0 in one process, forked by store-readers.ts with PORT COUNT ADDRESS: it
 * says when all follow and, when asked, what arrived when at some of them. Bare sockets, and most
 * of them at rest while it is measured, because the readers share the machine with the store, which
 * those of the world do not.
 */
import { connect, type Socket } from "node:net";
import { encodeRequest, parseAnswer } from "@pli/protocol/wire";
import { upgrade } from "../../packages/store/test/lib/raw.ts";
import { maskedFrame, messagesIn, pingedWith, pongTo } from "./websocket-frames.ts";

export interface Arrival {
  readonly tag: number;
  /** Milliseconds that processes of one machine can compare. */
  readonly at: number;
}

/**
 * `rest`: from here on the followers that are not watched leave to the system what comes.
 * `arrivals`: say what came when.
 */
export type Asked = "rest" | "arrivals";

/** One follower in this many writes down what arrives; the others only read. */
const WATCHED_ONE_IN = 200;
const AT_ONCE = 100;
const BUFFER = Buffer.allocUnsafe(256 * 1024);
/** The type of a `tags` message, and where its tags begin, four bytes each. */
const TAGS = 0x88;
const TAGS_AT = 17;

const [port = 0, count = 0] = process.argv.slice(2, 4).map(Number);
const localAddress = process.argv[4] ?? "127.0.0.1";
const arrivals: Arrival[] = [];
const unwatched: Socket[] = [];

const hello = maskedFrame(encodeRequest({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 }));
const followFrom = (from: number): Buffer => maskedFrame(encodeRequest({ type: "follow", id: 2, feed: 0, from }));

/** Resolves once the store has said that it follows. */
const follow = (isWatched: boolean): Promise<Socket> =>
  new Promise((resolve, reject) => {
    let pending: Buffer | undefined = Buffer.alloc(0);
    let following = false;
    const take = (bytes: Buffer): void => {
      const pinged = following && !isWatched ? pingedWith(bytes) : undefined;
      if (pinged !== undefined) pong(pinged);
      if (following && !isWatched) return;
      const arrivedWith = Buffer.concat([pending ?? Buffer.alloc(0), bytes]);
      const each = (message: Buffer): void => {
        if (message[0] === TAGS) return arrived(tagsIn(message));
        const parsed = parseAnswer(message);
        if (!parsed.ok) throw new Error("the store sent a bad frame");
        const answer = parsed.value;
        if (answer.type === "welcome") socket.write(followFrom(0));
        if (answer.type === "following") following = true;
        if (answer.type === "following") resolve(socket);
        if (answer.type === "error") reject(new Error(`the store said ${answer.code}`));
        if (answer.type === "entries") throw new Error("the feed is not in tag form");
      };
      pending = messagesIn(arrivedWith, each, pong);
    };
    const pong = (payload: Buffer): void => void socket.write(pongTo(payload));
    const socket = connect({
      port,
      host: "127.0.0.1",
      localAddress,
      noDelay: true,
      onread: {
        buffer: BUFFER,
        callback: (length, buffer) => {
          const bytes = (buffer as Buffer).subarray(0, length);
          take(following && !isWatched ? bytes : Buffer.from(bytes));
          return true;
        },
      },
    });
    socket.once("error", reject);
    socket.write(upgrade());
    socket.write(hello);
  });

const tagsIn = (message: Buffer): number[] =>
  Array.from({ length: (message.length - TAGS_AT) / 4 }, (_, i) => message.readUInt32BE(TAGS_AT + i * 4));

const arrived = (tags: readonly number[]): void => {
  const at = performance.timeOrigin + performance.now();
  for (const tag of tags) arrivals.push({ tag, at });
};

process.on("message", (asked: Asked) => {
  if (asked === "rest") for (const socket of unwatched) socket.pause();
  if (asked === "arrivals") process.send?.(arrivals);
});
process.on("disconnect", () => process.exit(0));
for (let made = 0; made < count; made += AT_ONCE) {
  const some = Array.from({ length: Math.min(AT_ONCE, count - made) }, async (_, i) => {
    const isWatched = (made + i) % WATCHED_ONE_IN === 0;
    const socket = await follow(isWatched);
    if (!isWatched) unwatched.push(socket);
  });
  await Promise.all(some);
}
process.send?.("following");
