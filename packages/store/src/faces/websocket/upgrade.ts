/** Which requests become a WebSocket of the store, and how the others are refused. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WIRE_PATH, WIRE_SUBPROTOCOL } from "@pli/protocol/wire";
import type { Refusal } from "../admission/names.ts";
import { lastAnswer } from "../http/headers.ts";

/** How long the other side may take to answer a close, or to take a refusal. */
export const CLOSE_MS = 2000;
/** A client that asks for another version learns ours. */
const VERSION = { "Sec-WebSocket-Version": "13" };

export const STATUS: Readonly<Record<Refusal["status"], string>> = {
  400: "400 Bad Request",
  403: "403 Forbidden",
  421: "421 Misdirected Request",
};

/** The status for a request that is not for this WebSocket; undefined when it is. */
export const upgradeRefusal = (request: IncomingMessage): string | undefined => {
  if ((request.url ?? "").split("?")[0] !== WIRE_PATH) return "404 Not Found";
  const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  return offered.includes(WIRE_SUBPROTOCOL) ? undefined : "400 Bad Request";
};

/** Node has forgotten the connection by now: nobody else would close it. */
export const refuseUpgrade = (stream: Duplex, status: string, text: string): void => {
  stream.once("finish", destroy);
  stream.end(lastAnswer(status, text, VERSION));
  destroyIn(stream, CLOSE_MS);
};

// One function for all streams, each of which is `this`: a function for each would take much
// memory.
function destroy(this: Duplex): void {
  this.destroy();
}

export const destroyOnError = (stream: Duplex): void => {
  stream.on("error", destroy);
};

export const destroyIn = (stream: Duplex, ms: number): void => {
  const late = setTimeout(() => stream.destroy(), ms);
  stream.once("close", () => clearTimeout(late));
};
