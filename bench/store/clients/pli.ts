import { connect } from "node:net";
import { encodeRequest, parseAnswer, type Answer, type Request } from "@pli/protocol/wire";
import { upgrade } from "../../../packages/store/test/raw.ts";
import { maskedFrame, messagesIn } from "../websocket-frames.ts";

/** One connection to a store, hello answered: as little client as the others have, so that the store is what is measured. */
export interface WireClient {
  /** The request under an id of its own, in one write. */
  ask(request: (id: number) => Request): Promise<Answer>;
  close(): Promise<void>;
}

/** `entries` gets what comes without having been asked for. */
export const connectWire = async (port: number, entries: (answer: Answer) => void): Promise<WireClient> => {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  let rest: Buffer = Buffer.alloc(0);
  const arrived = (message: Uint8Array): void => {
    const parsed = parseAnswer(message);
    if (!parsed.ok) throw new Error("the store sent a bad frame");
    const answer = parsed.value;
    if (answer.type === "entries" || answer.type === "tags") return entries(answer);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  };
  socket.on("data", (data: Buffer) => {
    rest = messagesIn(rest.length === 0 ? data : Buffer.concat([rest, data]), arrived);
  });
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  // The server is killed at the end, with its connections open.
  socket.on("error", () => {});
  socket.write(upgrade());
  const client: WireClient = {
    ask: (request) =>
      new Promise((resolve) => {
        lastId += 1;
        waiting.set(lastId, resolve);
        socket.write(maskedFrame(encodeRequest(request(lastId))));
      }),
    close: () =>
      new Promise((resolve) => {
        socket.once("close", () => resolve());
        socket.destroy();
      }),
  };
  await client.ask((id) => ({ type: "hello", id, minVersion: 1, maxVersion: 1 }));
  return client;
};
