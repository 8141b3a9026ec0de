/** How every HTTP server of the store answers, also what is no valid request. */
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { lastAnswer } from "./headers.ts";

export const setHeaders = (response: ServerResponse, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
};

export const sendText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" }).end(text);
};

/** Answers, and closes the connection: nothing more of it is read. */
export const sendLast = (response: ServerResponse, status: number, text: string): void => {
  response.shouldKeepAlive = false;
  sendText(response, status, text);
};

const BROKEN: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Answers what is no valid request as Node would, with our headers. */
export const answerBroken = (server: Server): void => {
  server.on("clientError", (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    if (!socket.writable || (unanswered.get(socket) ?? 0) > 0) return void socket.destroy();
    socket.write(lastAnswer(BROKEN[error.code ?? ""] ?? "400 Bad Request"));
    socket.destroySoon();
  });
};

/** Requests of one connection whose answers have not left. Browsers send one at a time. */
const MAX_PIPELINED = 4;
/** The answers of each connection that have not left yet. */
const unanswered = new WeakMap<Socket, number>();

export const mayAskMore = (socket: Socket, response: ServerResponse): boolean => {
  const before = unanswered.get(socket) ?? 0;
  unanswered.set(socket, before + 1);
  response.once("close", () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
  return before < MAX_PIPELINED;
};
