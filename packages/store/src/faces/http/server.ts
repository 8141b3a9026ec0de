import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { WIRE_PATH } from "@pli/protocol/wire";
import { answerBroken, mayAskMore, sendLast, sendText, setHeaders } from "./answers.ts";
import { APP_HEADERS, CLOSED_HEADERS } from "./headers.ts";
import type { StoreLimits } from "../admission/limits.ts";
import type { Names } from "../admission/names.ts";
import { SECURITY_TXT_PATH } from "./security-txt.ts";
import type { WebFile } from "./web-app.ts";

/** The HTTP face: the web app, and `/livez` and `/readyz` for the operator. */
export interface HttpOptions {
  readonly webApp: ReadonlyMap<string, WebFile> | undefined;
  /** Writes and reads a probe. False when the store cannot do its work. */
  readonly ready: () => Promise<boolean>;
  /**
   * Makes the security.txt for a client that calls the store by this name; undefined when there is
   * none.
   */
  readonly securityTxt: ((host: string | undefined) => string) | undefined;
  readonly limits: StoreLimits;
  readonly names: Names;
  /** Whether the address of the request may have one more connection. */
  readonly admit: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly refused: (status: string) => void;
}

/**
 * Beside the WebSockets: for the web app, probes, and connections that have sent no request yet.
 */
const HTTP_CONNECTIONS = 1000;
const MAX_HEAD_BYTES = 8192;
const MAX_HEADERS = 100;
/** The most that a paused connection holds of small pieces, and that a response holds back. */
const HIGH_WATER_BYTES = 256;
const CHECK_MS = 2000;

/** The paths that the store answers itself. Every other path belongs to the web app. */
export const ROUTES: Readonly<Record<string, (options: HttpOptions, response: ServerResponse) => void>> = {
  "/livez": (_, response) => sendText(response, 200, "ok\n"),
  "/readyz": (options, response) => void sendReady(options, response),
  [WIRE_PATH]: (_, response) => sendText(response, 426, "a WebSocket is spoken here\n"),
};

const NO_WEB_APP = "This is a Pli store. It has no web app of its own.\n";

export const createHttpServer = (options: HttpOptions): Server => {
  const { limits } = options;
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    if (socket.destroyed) return;
    if (!mayAskMore(socket, response)) return void socket.destroy();
    const late = setTimeout(() => socket.destroy(), limits.answerMs);
    response.once("close", () => clearTimeout(late));
    answer(options, request, response);
  };
  const settings = {
    maxHeaderSize: MAX_HEAD_BYTES,
    requestTimeout: limits.requestMs,
    headersTimeout: limits.headMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, limits.headMs),
    highWaterMark: HIGH_WATER_BYTES,
    requireHostHeader: false,
  };
  const server = createServer(settings, take);
  server.on("checkExpectation", take);
  answerBroken(server);
  server.maxHeadersCount = MAX_HEADERS;
  server.timeout = limits.idleMs;
  server.keepAliveTimeout = 5000;
  server.maxConnections = limits.connections + HTTP_CONNECTIONS;
  return server;
};

const answer = (options: HttpOptions, request: IncomingMessage, response: ServerResponse): void => {
  setHeaders(response, CLOSED_HEADERS);
  if (!options.admit(request, response)) {
    options.refused("429");
    return sendLast(response, 429, "too many connections\n");
  }
  const refusal = options.names.refusal(request);
  if (refusal !== undefined) {
    options.refused(String(refusal.status));
    return sendLast(response, refusal.status, refusal.text);
  }
  if (request.method !== "GET" && request.method !== "HEAD") return sendLast(response, 405, "only GET\n");
  if (expectsMore(request)) return sendLast(response, 417, "nothing is expected here\n");
  if (hasBody(request)) return sendLast(response, 413, "no body\n");
  const [path = "/"] = (request.url ?? "/").split("?");
  if (Object.hasOwn(ROUTES, path)) ROUTES[path]?.(options, response);
  else if (path === SECURITY_TXT_PATH && options.securityTxt !== undefined)
    sendText(response, 200, options.securityTxt(request.headers.host));
  else sendApp(options.webApp, path, request, response);
};

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";

const expectsMore = ({ headers: { expect = "100-continue" } }: IncomingMessage): boolean =>
  expect.toLowerCase() !== "100-continue";

const sendReady = async (options: HttpOptions, response: ServerResponse): Promise<void> => {
  if (await options.ready()) sendText(response, 200, "ready\n");
  else sendText(response, 503, "not ready\n");
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
  if (file.isApp) setHeaders(response, APP_HEADERS);
  response.setHeader("ETag", file.etag);
  response.setHeader("Cache-Control", file.cache);
  response.setHeader("Vary", "Accept-Encoding");
  if (request.headers["if-none-match"] === file.etag) return void response.writeHead(304).end();
  sendFile(file, request, response);
};

/** A path that the app itself shows, such as `/i`: its last part has no extension. */
const isRoute = (path: string): boolean => !path.slice(path.lastIndexOf("/")).includes(".");

const sendFile = (file: WebFile, request: IncomingMessage, response: ServerResponse): void => {
  const packed = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "") ? file.gzip() : undefined;
  const body = packed ?? file.plain;
  if (packed !== undefined) response.setHeader("Content-Encoding", "gzip");
  response.writeHead(200, { "Content-Type": file.type, "Content-Length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
};
