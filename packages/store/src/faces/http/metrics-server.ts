/** The HTTP server of the metrics. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Names } from "../admission/names.ts";
import { answerBroken, sendLast, sendText, setHeaders } from "./answers.ts";
import { CLOSED_HEADERS } from "./headers.ts";

const METRICS = { "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store" };

/** Serves the metrics on a port of their own. */
export const createMetricsServer = (text: () => Promise<string>, names: Names): Server => {
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    setHeaders(response, CLOSED_HEADERS);
    const refusal = names.refusal(request);
    if (refusal !== undefined) return sendLast(response, refusal.status, refusal.text);
    if (request.method !== "GET" || request.url !== "/metrics") return sendText(response, 404, "only GET /metrics\n");
    void text().then((lines) => response.writeHead(200, METRICS).end(lines));
  };
  const server = createServer({ requireHostHeader: false }, take);
  server.on("checkExpectation", take);
  answerBroken(server);
  return server;
};
