import { encodeAnswer, parseRequest, type Answer } from "@pli/protocol/wire";
import { describe, expect, test } from "vitest";
import type { Clock, Dialer, SocketEvents } from "../src/runtime/ports.ts";
import { probeStore, storeAddress } from "../src/delivery/probe.ts";
import { socketAddress } from "../src/delivery/store/address.ts";

const NOW = 1_800_000_000_000;

/** A clock whose timers fire only when told to. */
function fakeClock() {
  const timers = new Set<() => void>();
  const clock: Clock = {
    now: () => NOW,
    steady: () => 0,
    after: (_ms, work) => {
      timers.add(work);
      return () => timers.delete(work);
    },
  };
  return { clock, timers, expire: () => timers.forEach((work) => work()) };
}

/** A dialer that hands over the events and records what was dialled and sent. */
function fakeDialer(react: (events: SocketEvents, frame?: Uint8Array) => void) {
  const seen = { url: "", protocol: "", closed: false };
  const dialer: Dialer = {
    dial: (url, protocol, events) => {
      Object.assign(seen, { url, protocol });
      queueMicrotask(() => react(events));
      return { send: (frame) => react(events, frame), close: () => (seen.closed = true) };
    },
  };
  return { dialer, seen };
}

const welcome: Answer = {
  type: "welcome",
  id: 1,
  version: 1,
  storeId: new Uint8Array(16),
  now: NOW / 1000 - 90,
  retentionDays: 30,
  maxFrame: 300_000,
  software: "pli-store 0.1.0",
};

function answering(answer: Answer | Uint8Array) {
  return fakeDialer((events, frame) => {
    if (frame === undefined) events.opened();
    else events.received(answer instanceof Uint8Array ? answer : encodeAnswer(answer));
  });
}

describe("asking a store what it is", () => {
  test("a store that answers is described, with our clock compared to its own", async () => {
    const { dialer, seen } = answering(welcome);
    const { clock, timers } = fakeClock();
    expect(await probeStore({ dialer, clock, store: "https://pli.example.org" })).toEqual({
      ok: true,
      value: { software: "pli-store 0.1.0", wireVersion: 1, retentionDays: 30, clockSkew: 90, answeredIn: 0 },
    });
    expect(seen).toEqual({ url: "wss://pli.example.org/v1", protocol: "pli.v1", closed: true });
    expect(timers.size).toBe(0);
  });

  test("what is sent is a hello and nothing else", async () => {
    const sent: Uint8Array[] = [];
    const { dialer } = fakeDialer((events, frame) => {
      if (frame === undefined) return events.opened();
      sent.push(frame);
      events.received(encodeAnswer(welcome));
    });
    await probeStore({ dialer, clock: fakeClock().clock, store: "http://127.0.0.1:7540" });
    expect(sent.map((frame) => parseRequest(frame))).toEqual([
      { ok: true, value: { type: "hello", id: 1, minVersion: 1, maxVersion: 1 } },
    ]);
  });

  test("nobody there is unreachable", async () => {
    const { dialer } = fakeDialer((events) => events.closed());
    const probe = await probeStore({ dialer, clock: fakeClock().clock, store: "http://127.0.0.1:7540" });
    expect(probe).toEqual({ ok: false, error: "store_unreachable" });
  });

  test("silence is slow, and the line is hung up", async () => {
    const { dialer, seen } = fakeDialer(() => {});
    const { clock, expire } = fakeClock();
    const probe = probeStore({ dialer, clock, store: "http://127.0.0.1:7540" });
    expire();
    expect(await probe).toEqual({ ok: false, error: "store_slow" });
    expect(seen.closed).toBe(true);
  });

  test.each([
    ["store_newer", { type: "error", id: 1, code: "unsupported_version" } as const],
    ["too_many_requests", { type: "error", id: 1, code: "too_many_requests" } as const],
    ["store_busy", { type: "error", id: 0, code: "shutting_down" } as const],
    ["store_lying", { type: "absent", id: 1 } as const],
    ["store_lying", Uint8Array.of(0x81, 0, 0)],
  ])("%s is told from the answer", async (error, answer) => {
    const { dialer } = answering(answer);
    const probe = await probeStore({ dialer, clock: fakeClock().clock, store: "http://127.0.0.1:7540" });
    expect(probe).toEqual({ ok: false, error });
  });

  test.each([
    "",
    "pli.example.org",
    "ftp://pli.example.org",
    "https://pli.example.org/deep",
    "https://me@pli.example.org",
    "https://pli.example.org/?q",
  ])("%j is no address and is not dialled", async (store) => {
    const { dialer, seen } = answering(welcome);
    const probe = await probeStore({ dialer, clock: fakeClock().clock, store });
    expect(probe).toEqual({ ok: false, error: "store_address_malformed" });
    expect(seen.url).toBe("");
  });

  test("a plain origin gives a plain WebSocket, what a person typed is set right first", () => {
    expect(socketAddress(storeAddress("http://127.0.0.1:7540"))).toBe("ws://127.0.0.1:7540/v1");
    expect(socketAddress(storeAddress(" HTTPS://Pli.Example.org:443/ "))).toBe("wss://pli.example.org/v1");
  });
});
