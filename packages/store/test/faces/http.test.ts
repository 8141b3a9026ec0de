import { mkdirSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { parseContacts } from "../../src/faces/http/security-txt.ts";
import { openSqliteStorage } from "../../src/engines/sqlite/sqlite-storage.ts";
import type { StoreOptions } from "../../src/options.ts";
import { startStore, type RunningStore } from "../../src/store.ts";
import { StorageError } from "../../src/storage/storage.ts";
import { greet, randomCell, randomLabel } from "../lib/client.ts";
import { testFolder } from "../lib/folder.ts";

const SCRIPT = `console.log("${"x".repeat(2000)}")`;

const webFolder = (): string => {
  const folder = testFolder();
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>Pli</title>");
  writeFileSync(join(folder, "service-worker.js"), "self.skipWaiting");
  writeFileSync(join(folder, "assets/index-aB3_-9xZ.js"), SCRIPT);
  writeFileSync(join(folder, "sodium.wasm"), "wasm");
  writeFileSync(join(folder, "app.webmanifest"), "{}");
  return folder;
};

const start = async (options: Partial<StoreOptions> = {}): Promise<RunningStore> => {
  const store = await startStore({ data: testFolder(), web: webFolder(), ...options });
  onTestFinished(() => store.close());
  return store;
};

/** Sends the path as it is, dots and all. */
const rawStatus = (store: RunningStore, path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    httpRequest({ port: store.port, host: "127.0.0.1", path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });

describe("the web app", () => {
  test("is served at the root, and at every route of its own such as an invitation", async () => {
    const { origin } = await start();
    for (const path of ["/", "/i", "/conversations/x", "/i?x=1"]) {
      const response = await fetch(origin + path);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(response.headers.get("cache-control")).toBe("no-cache");
      expect(await response.text()).toContain("<title>Pli</title>");
    }
  });

  test("is served with the type of each file, hashed names for ever and others for now", async () => {
    const { origin } = await start();
    const seen = async (path: string) => {
      const { status, headers } = await fetch(origin + path);
      return [status, headers.get("content-type"), headers.get("cache-control")];
    };
    const forever = "public, max-age=31536000, immutable";
    expect(await seen("/assets/index-aB3_-9xZ.js")).toEqual([200, "text/javascript; charset=utf-8", forever]);
    expect(await seen("/service-worker.js")).toEqual([200, "text/javascript; charset=utf-8", "no-cache"]);
    expect(await seen("/sodium.wasm")).toEqual([200, "application/wasm", "no-cache"]);
    expect(await seen("/app.webmanifest")).toEqual([200, "application/manifest+json", "no-cache"]);
  });

  test("is compressed when asked, whole when not", async () => {
    const { origin } = await start();
    const packed = await fetch(`${origin}/assets/index-aB3_-9xZ.js`);
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    expect(await packed.text()).toBe(SCRIPT);
    const plain = await fetch(`${origin}/assets/index-aB3_-9xZ.js`, { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(plain.headers.get("content-length")).toBe(String(SCRIPT.length));
  });

  test("is not sent again to whoever has it", async () => {
    const { origin } = await start();
    const etag = (await fetch(origin)).headers.get("etag") ?? "";
    expect((await fetch(origin, { headers: { "if-none-match": etag } })).status).toBe(304);
    expect((await fetch(origin, { headers: { "if-none-match": '"other"' } })).status).toBe(200);
  });

  test("has no other file: not a missing one, not one outside its folder", async () => {
    const store = await start();
    expect((await fetch(`${store.origin}/assets/gone-12345678.js`)).status).toBe(404);
    for (const path of [
      "/../../etc/passwd.txt",
      "/..%2f..%2fetc/passwd.txt",
      "/assets/../../x.js",
      "//etc/hosts.txt",
    ]) {
      expect(await rawStatus(store, path)).toBe(404);
    }
  });

  test("comes with headers that allow nothing but itself and other stores", async () => {
    const { origin } = await start();
    for (const path of ["/", "/i", "/assets/index-aB3_-9xZ.js", "/service-worker.js"]) {
      const { headers } = await fetch(origin + path);
      const policy = (headers.get("content-security-policy") ?? "").split("; ");
      expect(policy).toEqual([
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "connect-src 'self' ws: wss:",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types pli",
      ]);
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("permissions-policy")).toMatch(/^camera=\(self\), .*geolocation=\(\).*microphone=\(\)/);
      expect(headers.get("set-cookie")).toBeNull();
    }
  });

  test("only answers GET and HEAD", async () => {
    const { origin } = await start();
    expect((await fetch(origin, { method: "POST", body: "x" })).status).toBe(405);
    const head = await fetch(origin, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await fetch(`${origin}/v1`)).status).toBe(426);
  });

  test("is not needed", async () => {
    const { origin } = await start({ web: join(testFolder(), "none") });
    expect(await (await fetch(origin)).text()).toContain("This is a Pli store");
    expect((await fetch(`${origin}/i`)).status).toBe(404);
  });
});

describe("a store that is watched", () => {
  test("says that it lives and that it is ready", async () => {
    const { origin } = await start();
    expect((await fetch(`${origin}/livez`)).status).toBe(200);
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  });

  test("is alive but not ready when its disk fails", async () => {
    const data = testFolder();
    const storage = {
      ...openSqliteStorage({ folder: data, feeds: 1 }),
      probe: () => Promise.reject(new StorageError("internal", "the disk failed")),
    };
    const { origin } = await start({ data, storage });
    expect((await fetch(`${origin}/livez`)).status).toBe(200);
    expect((await fetch(`${origin}/readyz`)).status).toBe(503);
  });

  test("gives its metrics on a port of their own, in sums only", async () => {
    const store = await start({ metricsPort: 0 });
    const client = await greet(store.origin);
    await client.ask({ type: "put", label: randomLabel(), cell: randomCell() });
    await client.ask({ type: "get", label: randomLabel() });
    await client.ask({ type: "get", label: randomLabel(9) });
    expect(await (await fetch(`${store.origin}/metrics`)).text()).not.toContain("pli_");
    const text = await (await fetch(`http://127.0.0.1:${store.metricsPort}/metrics`)).text();
    for (const line of [
      'pli_puts_total{outcome="created"} 1',
      'pli_gets_total{outcome="absent"} 1',
      'pli_refused_total{code="unknown_feed"} 1',
      "pli_connections 1",
      "pli_cells_accepted 1",
      "pli_commit_seconds_count 1",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text).not.toContain("127.0.0.1");
    await client.close();
  });
});

describe("security.txt", () => {
  const path = "/.well-known/security.txt";
  /** What the store answers a client that calls it so. */
  const asked = (store: RunningStore, host: string): Promise<{ status: number | undefined; text: string }> =>
    new Promise((resolve, reject) => {
      httpRequest({ port: store.port, host: "127.0.0.1", path, headers: { host } }, (response) => {
        let text = "";
        response.on("data", (data: Buffer) => (text += data.toString()));
        response.on("end", () => resolve({ status: response.statusCode, text }));
      })
        .on("error", reject)
        .end();
    });

  test("names the operator's contacts, in their order, for half a year, in French and English", async () => {
    const store = await start({
      securityContact: "mailto:security@example.org, https://example.org/report",
      hosts: "pli.example.org",
      clock: { now: () => Date.UTC(2026, 10, 29, 13, 14, 15), steady: () => performance.now() },
    });
    expect(await asked(store, "pli.example.org")).toEqual({
      status: 200,
      text: [
        "Contact: mailto:security@example.org",
        "Contact: https://example.org/report",
        "Expires: 2027-05-28T00:00:00.000Z",
        "Preferred-Languages: fr, en",
        `Canonical: https://pli.example.org${path}`,
        "",
      ].join("\n"),
    });
    expect((await asked(store, "127.0.0.1")).text).not.toContain("Canonical");
    const { headers } = await fetch(store.origin + path);
    expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
  });

  test("is not there without a contact, also where there is a web app", async () => {
    for (const options of [{}, { securityContact: "" }]) {
      const store = await start(options);
      expect((await asked(store, "127.0.0.1")).status).toBe(404);
    }
  });

  test("takes addresses that people can use, and nothing that makes another line", () => {
    expect(parseContacts("")).toEqual([]);
    expect(parseContacts("mailto:a@b.example,tel:+33-1-23")).toEqual(["mailto:a@b.example", "tel:+33-1-23"]);
    for (const text of [
      "a@b.example",
      "http://a.example",
      "mailto:a@b.example\nExpires: x",
      "mailto:a@b.example,",
      "x",
    ])
      expect(parseContacts(text)).toBeUndefined();
  });
});
