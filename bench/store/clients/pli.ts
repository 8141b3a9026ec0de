import { connect } from "node:net";
import { encodeRequest, parseAnswer, type Answer, type Request } from "@pli/protocol/wire";
import { upgrade } from "../../../packages/store/test/lib/raw.ts";
import { maskedFrame, messagesIn, pongTo } from "../websocket-frames.ts";

/**
 * One connection to a store, hello answered: as little client as the others have, so that the store
 * is what is measured.
 */
export interface WireClient {
  /**
   * The request under an id of its own, in one write. Rejects when the line ends before the answer.
   */
  ask(request: (id: number) => Request): Promise<Answer>;
  close(): Promise<void>;
}

/** `entries` gets what comes without having been asked for. */
export const connectWire = async (port: number, entries: (answer: Answer) => void): Promise<WireClient> => {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let lastId = 0;
  let rest: Buffer = Buffer.alloc(0);
  const arrived = (message: Uint8Array): void => {
    const parsed = parseAnswer(message);
    if (!parsed.ok) throw new Error("the store sent a bad frame");
    const answer = parsed.value;
    if (answer.type === "entries" || answer.type === "tags") return entries(answer);
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
  };
  socket.on("data", (data: Buffer) => {
    const bytes = rest.length === 0 ? data : Buffer.concat([rest, data]);
    rest = messagesIn(bytes, arrived, (payload) => socket.write(pongTo(payload)));
  });
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  // The server is killed at the end, with its connections open.
  socket.on("error", () => {});
  socket.on("close", () => {
    for (const { reject } of waiting.values()) reject(new Error("the store hung up"));
  });
  socket.write(upgrade());
  const client: WireClient = {
    ask: (request) => {
      lastId += 1;
      const asked = Promise.withResolvers<Answer>();
      waiting.set(lastId, asked);
      socket.write(maskedFrame(encodeRequest(request(lastId))));
      return asked.promise;
    },
    close: () =>
      new Promise((resolve) => {
        socket.once("close", () => resolve());
        socket.destroy();
      }),
  };
  await client.ask((id) => ({ type: "hello", id, minVersion: 1, maxVersion: 1 }));
  return client;
};
