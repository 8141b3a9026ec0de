import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { WIRE_PATH } from "@pli/protocol/wire";
import { SECURITY_HEADERS } from "./headers.ts";
import type { WebFile } from "./web-app.ts";

/** The HTTP face: the web app, and `/livez` and `/readyz` for whoever keeps the store running. */
export interface HttpOptions {
  readonly webApp: ReadonlyMap<string, WebFile> | undefined;
  /** Really writes and reads; false when the store cannot do its work. */
  readonly ready: () => Promise<boolean>;
  /** Connections at once, of any kind; more are not taken. */
  readonly connections: number;
}

const NO_WEB_APP = "This is a Pli store. It has no web app of its own.\n";

export const createHttpServer = (options: HttpOptions): Server => {
  const server = createServer(
    { maxHeaderSize: 16_384, requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    (request, response) => {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
      if (request.method !== "GET" && request.method !== "HEAD") return sendText(response, 405, "only GET\n");
      const [path = "/"] = (request.url ?? "/").split("?");
      if (path === "/livez") return sendText(response, 200, "ok\n");
      if (path === "/readyz") return void sendReady(options, response);
      if (path === WIRE_PATH) return sendText(response, 426, "a WebSocket is spoken here\n");
      sendApp(options.webApp, path, request, response);
    },
  );
  server.keepAliveTimeout = 5000;
  server.maxConnections = options.connections;
  return server;
};

/** The metrics, on a port of their own. */
export const createMetricsServer = (text: () => Promise<string>): Server =>
  createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") return sendText(response, 404, "only GET /metrics\n");
    void text().then((lines) =>
      response.writeHead(200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }).end(lines),
    );
  });

const sendReady = async (options: HttpOptions, response: ServerResponse): Promise<void> => {
  if (await options.ready()) sendText(response, 200, "ready\n");
  else sendText(response, 503, "not ready\n");
};

const sendText = (response: ServerResponse, status: number, text: string): void => {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" }).end(text);
};

const sendApp = (
  webApp: ReadonlyMap<string, WebFile> | undefined,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  if (webApp === undefined) return sendText(response, path === "/" ? 200 : 404, NO_WEB_APP);
  const file = webApp.get(path) ?? (isRoute(path) ? webApp.get("/index.html") : undefined);
  if (file === undefined) return sendText(response, 404, "not found\n");
  response.setHeader("ETag", file.etag);
  response.setHeader("Cache-Control", file.cache);
  response.setHeader("Vary", "Accept-Encoding");
  if (request.headers["if-none-match"] === file.etag) return void response.writeHead(304).end();
  sendFile(file, request, response);
};

/** A path of the app itself, such as `/i`: its last part has no extension. */
const isRoute = (path: string): boolean => !path.slice(path.lastIndexOf("/")).includes(".");

const sendFile = (file: WebFile, request: IncomingMessage, response: ServerResponse): void => {
  const packed = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "") ? file.gzip() : undefined;
  const body = packed ?? file.plain;
  if (packed !== undefined) response.setHeader("Content-Encoding", "gzip");
  response.writeHead(200, { "Content-Type": file.type, "Content-Length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
};
