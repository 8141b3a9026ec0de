import type { IncomingMessage } from "node:http";
import { WIRE_PATH } from "@pli/protocol/wire";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { createNames, parseHosts } from "../../src/faces/admission/names.ts";
import { NO_PROXIES, parseProxies } from "../../src/faces/admission/proxies.ts";
import type { StoreOptions } from "../../src/options.ts";
import { startStore } from "../../src/store.ts";
import { testFolder } from "../lib/folder.ts";

interface Asked {
  readonly host?: string;
  readonly origin?: string;
  readonly forwarded?: string;
  /** The address of ours it came to. */
  readonly at?: string;
  readonly version?: string;
}

const requestWith = ({ host, origin, forwarded, at = "127.0.0.1", version = "1.1" }: Asked): IncomingMessage =>
  ({
    headers: { host, origin, "x-forwarded-for": forwarded },
    httpVersion: version,
    socket: { localAddress: at, remoteAddress: "127.0.0.1" },
  }) as unknown as IncomingMessage;

const names = (hosts = "", behindProxy = false) =>
  createNames({
    hosts: parseHosts(hosts) ?? new Set(),
    proxies: (behindProxy ? parseProxies("loopback") : undefined) ?? NO_PROXIES,
    log: () => {},
  });

const PUBLIC = "203.0.113.7";

describe("a store on this machine or in its network", () => {
  test("answers to every address and to names that only this network gives", () => {
    const addresses = [
      "127.0.0.1:7540",
      "127.8.9.10",
      "[::1]",
      "[::1]:7540",
      "192.168.1.20:80",
      "[fd00::5]:7540",
      "203.0.113.7",
    ];
    const local = [
      "localhost",
      "localhost:7540",
      "LOCALHOST.",
      "pli.localhost",
      "nas",
      "nas:7540",
      "nas.local",
      "nas.home.arpa",
      "pli.internal:80",
    ];
    const known = [...addresses, ...local];
    for (const at of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "192.168.1.20", "10.0.0.5", "fd00::5", "100.64.0.9"])
      expect(known.filter((host) => names().refusal(requestWith({ host, at })) !== undefined)).toEqual([]);
  });

  test("refuses every other name: somebody may have pointed it here", () => {
    const unknown = [
      "evil.example",
      "evil.example:7540",
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "a.localx",
    ];
    for (const host of unknown)
      for (const at of ["127.0.0.1", "192.168.1.20", "fe80::1%eth0"])
        expect([host, names().refusal(requestWith({ host, at }))?.status]).toEqual([host, 421]);
  });

  test("refuses what is no name", () => {
    const wrong = [
      "",
      " ",
      "a b",
      "a/b",
      "user@127.0.0.1",
      "[::1",
      "::1",
      "[nas]",
      "a:b",
      "nas:123456",
      "é",
      "x".repeat(300),
    ];
    for (const host of [...wrong, "a..b", ".", "http://nas"])
      expect([host, names().refusal(requestWith({ host }))?.status]).toEqual([host, 400]);
    expect(names().refusal(requestWith({}))?.status).toBe(400);
    expect(names().refusal(requestWith({ version: "1.0" }))).toBeUndefined();
  });

  test("answers to the names it was given", () => {
    const given = names("pli.example.org, nas.fritz.box");
    for (const host of ["pli.example.org", "PLI.example.org:443", "nas.fritz.box."])
      expect(given.refusal(requestWith({ host }))).toBeUndefined();
    for (const host of ["example.org", "x.pli.example.org"])
      expect(given.refusal(requestWith({ host }))?.status).toBe(421);
  });

  test("is for pages of this network, of its own name and of the sites it was given", () => {
    const near = [
      "http://127.0.0.1:7541",
      "http://localhost",
      "http://[::1]:7540",
      "http://192.168.1.9",
      "https://nas.local",
    ];
    const given = names("pli.example.org");
    for (const origin of [undefined, ...near, "https://pli.example.org"])
      expect(given.webSocketRefusal(requestWith({ host: "127.0.0.1", ...(origin && { origin }) }))).toBeUndefined();
    const far = [
      "https://evil.example",
      "https://evil.example:7540",
      "http://203.0.113.7",
      "null",
      "",
      "file://",
      "about:blank",
    ];
    for (const origin of [...far, "https://localhost.evil.example", "chrome-extension://abc", "https://a@localhost"])
      expect([origin, given.webSocketRefusal(requestWith({ host: "127.0.0.1", origin }))?.status]).toEqual([
        origin,
        403,
      ]);
  });

  test("looks at the name first", () => {
    const rebound = requestWith({ host: "evil.example", origin: "http://evil.example" });
    expect(names().webSocketRefusal(rebound)?.status).toBe(421);
  });
});

describe("a store that is there for everybody", () => {
  test("at a public address answers to any name, and to pages of any site: conversations live on many stores", () => {
    const asked = { host: "pli.example.org:7540", origin: "https://other.example", at: PUBLIC };
    expect(names().webSocketRefusal(requestWith(asked))).toBeUndefined();
  });

  test("behind a proxy of ours does so too, but not to who only comes where the proxy does", () => {
    const asked = { host: "pli.example.org", origin: "https://other.example" };
    const behind = names("", true);
    expect(behind.webSocketRefusal(requestWith({ ...asked, forwarded: "198.51.100.1" }))).toBeUndefined();
    expect(behind.webSocketRefusal(requestWith(asked))?.status).toBe(421);
    expect(behind.webSocketRefusal(requestWith({ ...asked, host: "127.0.0.1" }))?.status).toBe(403);
    expect(names().webSocketRefusal(requestWith({ ...asked, forwarded: "198.51.100.1" }))?.status).toBe(421);
  });
});

test("names in the settings are names, and nothing else", () => {
  expect([...(parseHosts("a.example,B.example ,nas") ?? [])]).toEqual(["a.example", "b.example", "nas"]);
  expect(parseHosts("")?.size).toBe(0);
  for (const text of [
    "*",
    "https://a.example",
    "a.example:443",
    "a.example,",
    ",",
    "a b",
    "é.example",
    "x".repeat(300),
  ])
    expect([text, parseHosts(text)]).toEqual([text, undefined]);
});

test("a running store refuses a page of another site, says so once in its log, and counts it", async () => {
  const log: string[] = [];
  const options: StoreOptions = {
    data: testFolder(),
    metricsPort: 0,
    log: (level, event) => void log.push(`${level} ${event}`),
  };
  const store = await startStore(options);
  onTestFinished(() => store.close());
  const dial = (headers: Record<string, string>): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(store.origin.replace("http", "ws") + WIRE_PATH, "pli.v1", { headers });
      socket.on("open", () => resolve("in")).on("error", ({ message }) => resolve(message.slice(-3)));
      onTestFinished(() => socket.terminate());
    });
  expect(await dial({})).toBe("in");
  expect(await dial({ origin: store.origin })).toBe("in");
  expect(await dial({ origin: "https://evil.example" })).toBe("403");
  expect(await dial({ origin: "https://evil.example" })).toBe("403");
  expect(await dial({ origin: "http://evil.example", host: "evil.example" })).toBe("421");
  expect(log.filter((line) => line.startsWith("warn"))).toEqual(["warn origin_refused", "warn host_unknown"]);
  const text = await (await fetch(`http://127.0.0.1:${store.metricsPort}/metrics`)).text();
  expect(text).toContain('pli_connections_refused_total{reason="403"} 2');
  expect(text).toContain('pli_connections_refused_total{reason="421"} 1');
});
