/** What every HTTP server of the store answers with, and how it answers what is no request. */
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { lastAnswer } from "./headers.ts";

export const setHeaders = (response: ServerResponse, headers: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
};

export const sendText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" }).end(text);
};

/** Closes the connection: nothing more is read of it. */
export const sendLast = (response: ServerResponse, status: number, text: string): void => {
  response.shouldKeepAlive = false;
  sendText(response, status, text);
};

const BROKEN: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** What is no request is answered as Node would, with our headers. */
export const answerBroken = (server: Server): void => {
  server.on("clientError", (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    if (!socket.writable || (unanswered.get(socket) ?? 0) > 0) return void socket.destroy();
    socket.write(lastAnswer(BROKEN[error.code ?? ""] ?? "400 Bad Request"));
    socket.destroySoon();
  });
};

/** Requests on one connection that are not answered whole; no browser sends a second one before. */
const MOST_PIPELINED = 4;
/** How many answers of a connection have not left. */
const unanswered = new WeakMap<Socket, number>();

export const mayAskMore = (socket: Socket, response: ServerResponse): boolean => {
  const before = unanswered.get(socket) ?? 0;
  unanswered.set(socket, before + 1);
  response.once("close", () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
  return before < MOST_PIPELINED;
};
