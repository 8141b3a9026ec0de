/** Checks every answer of the store, and what a browser may do with it as a page. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WIRE_PATH } from "@pli/protocol/wire";
import { expect, onTestFinished, test } from "vitest";
import { ROUTES } from "../../src/faces/http/server.ts";
import { readWebApp } from "../../src/faces/http/web-app.ts";
import type { StoreOptions } from "../../src/options.ts";
import { startStore, type RunningStore } from "../../src/store.ts";
import { connect } from "../lib/client.ts";
import { testFolder } from "../lib/folder.ts";
import { over, raw, upgrade, type Target } from "../lib/raw.ts";

const webFolder = (): string => {
  const folder = testFolder();
  mkdirSync(join(folder, "assets"));
  mkdirSync(join(folder, "icons"));
  const page = "<!doctype html><script>document.title = 'ran'</script>";
  for (const name of ["index.html", "other.html", "icons/x.svg", "icons/x.png", "manifest.webmanifest", "robots.txt"])
    writeFileSync(join(folder, name), page);
  for (const name of ["service-worker.js", "assets/index-aB3_-9xZ.js", "assets/x-aB3_-9xZ.css", "x.wasm", "x.mjs"])
    writeFileSync(join(folder, name), "void 0");
  return folder;
};

const start = async (options: Partial<StoreOptions> = {}): Promise<RunningStore> => {
  const store = await startStore({ data: testFolder(), web: webFolder(), metricsPort: 0, ...options });
  onTestFinished(() => store.close());
  return store;
};

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The whole answer to these bytes. */
const ask = async (target: Target, bytes: string): Promise<Answer> => {
  const socket = await raw(target, bytes);
  let text = "";
  socket.on("data", (data: Buffer) => (text += data.toString()));
  await over(socket);
  const [head = "", body = ""] = text.split(/\r\n\r\n(.*)/su);
  const [line = "", ...lines] = head.split("\r\n");
  const headers = lines.map((each): [string, string] => {
    const [name = "", value = ""] = each.split(/: (.*)/su);
    return [name.toLowerCase(), value];
  });
  return { status: Number(line.split(" ")[1]), headers: new Map(headers), body };
};

const get = (path: string, more = "", method = "GET"): string =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${more}\r\n`;

const SANDBOX = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const expectClosed = ({ headers }: Answer, what: string): void => {
  expect([what, headers.get("content-security-policy")]).toEqual([what, SANDBOX]);
  expect([what, headers.get("x-content-type-options")]).toEqual([what, "nosniff"]);
  expect([what, headers.get("x-frame-options")]).toEqual([what, "DENY"]);
  expect([what, headers.get("cross-origin-resource-policy")]).toEqual([what, "same-origin"]);
  expect([what, headers.get("referrer-policy")]).toEqual([what, "no-referrer"]);
  expect([what, headers.has("set-cookie"), headers.has("access-control-allow-origin")]).toEqual([what, false, false]);
};

const expectOwnText = (answer: Answer, what: string): void => {
  expectClosed(answer, what);
  expect([what, answer.headers.get("cache-control")]).toEqual([what, "no-store"]);
  expect([what, answer.headers.get("content-type")]).toEqual([what, "text/plain; charset=utf-8"]);
};

test("of the web app only the page and its scripts are of the origin; every other file is sandboxed", async () => {
  const web = webFolder();
  const store = await start({ web });
  const paths = [...(readWebApp(web)?.keys() ?? []), "/", "/i", "/c/1", "/unknown"];
  const open: string[] = [];
  for (const path of paths) {
    const answer = await ask(store, get(path));
    expect([path, answer.status]).toEqual([path, 200]);
    if (answer.headers.get("content-security-policy")?.startsWith("sandbox") === true) expectClosed(answer, path);
    else open.push(path);
  }
  expect(open.toSorted()).toEqual(
    [
      "/",
      "/assets/index-aB3_-9xZ.js",
      "/c/1",
      "/i",
      "/index.html",
      "/service-worker.js",
      "/unknown",
      "/x.mjs",
    ].toSorted(),
  );
});

test("a file that the browser has is as closed as before", async () => {
  const store = await start();
  const etag = (await ask(store, get("/icons/x.svg"))).headers.get("etag");
  const again = await ask(store, get("/icons/x.svg", `If-None-Match: ${etag}\r\n`));
  expect(again.status).toBe(304);
  expectClosed(again, "304");
});

test("whatever the store itself answers is sandboxed text that nobody keeps", async () => {
  const store = await start();
  const asked: [string, number, string][] = [
    ...Object.keys(ROUTES).map((path): [string, number, string] => [path, path === WIRE_PATH ? 426 : 200, get(path)]),
    ...Object.keys(ROUTES).map((path): [string, number, string] => [
      `HEAD ${path}`,
      path === WIRE_PATH ? 426 : 200,
      get(path, "", "HEAD"),
    ]),
    ["missing", 404, get("/gone.js")],
    ["a dot too many", 404, get("/../../etc/passwd.txt")],
    ["POST", 405, get("/", "Content-Length: 0\r\n", "POST")],
    ["TRACE", 405, get("/", "", "TRACE")],
    ["a body", 413, get("/", "Content-Length: 5\r\n")],
    ["an expectation", 417, get("/", "Expect: more\r\n")],
    ["no host", 400, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"],
    ["another host", 421, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"],
    ["not HTTP", 400, "hello\r\n\r\n"],
    ["a long head", 431, get("/", `X: ${"x".repeat(9000)}\r\n`)],
    ["an upgrade elsewhere", 404, upgrade().replace(WIRE_PATH, "/livez")],
    ["an upgrade to something else", 400, upgrade().replace("pli.v1", "other")],
    ["an upgrade without a key", 400, upgrade([])],
    ["an upgrade of another version", 400, upgrade().replace("Version: 13", "Version: 7")],
    ["an upgrade by POST", 400, upgrade().replace("GET", "POST")],
    ["an upgrade under another name", 421, upgrade().replace("Host: store", "Host: evil.example")],
    [
      "an upgrade for another site",
      403,
      upgrade().replace("Host: store", "Host: store\r\nOrigin: https://evil.example"),
    ],
  ];
  for (const [what, status, bytes] of asked) {
    const answer = await ask(store, bytes);
    expect([what, answer.status]).toEqual([what, status]);
    expectOwnText(answer, what);
  }
});

test("so it is without a web app, when somebody has too many connections, and when there are too many in all", async () => {
  const none = await start({ web: join(testFolder(), "none") });
  for (const path of ["/", "/i"]) expectOwnText(await ask(none, get(path)), path);

  const few = await start({ limits: { connectionsPerAddress: 1 } });
  const client = await connect(few.origin);
  for (const bytes of [get("/"), upgrade()]) {
    const answer = await ask(few, bytes);
    expect(answer.status).toBe(429);
    expectOwnText(answer, "429");
  }
  client.socket.terminate();

  const full = await start({ limits: { connections: 0 } });
  const answer = await ask(full, upgrade());
  expect(answer.status).toBe(503);
  expectOwnText(answer, "503");
});

test("a request that takes too long is told so in the same way", async () => {
  const store = await start({ limits: { headMs: 200, requestMs: 400 } });
  const answer = await ask(store, "GET / HTTP/1.1\r\nX: ");
  expect(answer.status).toBe(408);
  expectOwnText(answer, "408");
});

test("so it is at the port of the metrics", async () => {
  const store = await start();
  const metrics: Target = { port: store.metricsPort ?? 0 };
  const sums = await ask(metrics, get("/metrics"));
  expect(sums.status).toBe(200);
  expect(sums.headers.get("cache-control")).toBe("no-store");
  expectClosed(sums, "/metrics");
  const asked: [string, number, string][] = [
    ["missing", 404, get("/")],
    ["another host", 421, "GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"],
    ["no host", 400, "GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n"],
    ["not HTTP", 400, "hello\r\n\r\n"],
  ];
  for (const [what, status, bytes] of asked) {
    const answer = await ask(metrics, bytes);
    expect([what, answer.status]).toEqual([what, status]);
    expectOwnText(answer, what);
    expect(answer.body).not.toContain("pli_");
  }
});
