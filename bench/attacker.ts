/**
 * Somebody who means harm to a store: `node attacker.ts ATTACK PORT`, from another address of this
 * machine than the honest. Prints `ready` when the attack is under way, and continues until killed;
 * at each line on standard input it prints how often it has struck.
 */
import { once } from "node:events";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { encodeRequest, type Request } from "@pli/protocol/wire";
import { randomBlock, randomCell, randomLabel } from "../packages/store/test/lib/client.ts";
import { BINARY, CONTINUATION, frame, PONG } from "../packages/store/test/lib/frames.ts";
import {
  brokenUpgrades,
  GIANT_FRAME,
  halfFrame,
  over,
  raw,
  upgraded,
  type Target,
} from "../packages/store/test/lib/raw.ts";
import { pause } from "./store/server-process.ts";
import { maskedFrame } from "./store/websocket-frames.ts";

const FROM = "127.0.0.2";
const PADDING = frame(PONG, Buffer.alloc(125));
/** The connections that one address may have open, but for a few. */
const CONNECTIONS = 480;

let struck = 0;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const asked = (request: Request): Buffer => maskedFrame(encodeRequest(request));

const greeted = async (target: Target): Promise<Socket> => {
  const socket = await upgraded(target);
  socket.write(asked({ type: "hello", id: 1, minVersion: 1, maxVersion: 1 }));
  return socket;
};

/** Keeps as many connections as an address may have, in the state that `begin` brings them to. */
const occupy = async (begin: () => Promise<Socket>): Promise<void> => {
  const keep = async (): Promise<void> => {
    for (;;) {
      try {
        const socket = await begin();
        struck += 1;
        await over(socket);
      } catch {
        // Turned away: again, after a moment.
      }
      await pause(100);
    }
  };
  for (const _ of upTo(CONNECTIONS)) void keep();
  await pause(1000);
};

/** Sends what `next` makes, again and again, as fast as the store takes it. */
const flood = async (target: Target, connections: number, next: () => Buffer): Promise<void> => {
  const pour = async (): Promise<void> => {
    for (;;) {
      const socket = await greeted(target);
      let wake = (): void => {};
      socket.on("drain", () => wake()).on("close", () => wake());
      while (!socket.destroyed) {
        struck += 1;
        const drained = new Promise<void>((resolve) => (wake = resolve));
        if (!socket.write(next())) await drained;
        else if (struck % 64 === 0) await pause(0);
      }
    }
  };
  for (const _ of upTo(connections)) void pour().catch(() => undefined);
  await pause(500);
};

/** Does `strike` again and again. */
const repeat = async (strike: () => Promise<void>): Promise<void> => {
  const go = async (): Promise<void> => {
    for (;;) await strike().catch(() => pause(10));
  };
  void go();
  await pause(500);
};

let lastId = 1;
const nextId = (): number => (lastId = 2 + (lastId % 2 ** 31));

/** Unused labels, all different, of feeds that exist and of feeds that do not. */
const badRequest = (): Buffer => {
  const id = nextId();
  return asked({ type: "get", id, label: randomLabel(id % 3 === 0 ? 1 + (id % 60_000) : 0) });
};

const ATTACKS: Readonly<Record<string, (target: Target) => Promise<void>>> = {
  "half-open connections": (target) => occupy(() => upgraded(target)),
  "frames that stop half-way": (target) =>
    occupy(async () => {
      const socket = await upgraded(target);
      socket.write(halfFrame());
      return socket;
    }),
  "readers that do not read": (target) => {
    const block = { label: randomLabel(), block: randomBlock() };
    return occupy(async () => {
      const socket = await greeted(target);
      socket.pause();
      socket.write(asked({ type: "putBlock", id: 2, ...block }));
      socket.write(asked({ type: "follow", id: 3, feed: 0, from: 0 }));
      for (const id of upTo(200)) socket.write(asked({ type: "getBlock", id: 10 + id, label: block.label }));
      return socket;
    });
  },
  "heads a byte at a time": (target) =>
    occupy(async () => {
      const socket = await raw(target, "GET / HTTP/1.1\r\nX-Slow: ");
      const dribble = setInterval(() => socket.write("x"), 500);
      socket.once("close", () => clearInterval(dribble));
      return socket;
    }),
  "a flood of cells": (target) =>
    flood(target, 4, () => asked({ type: "put", id: nextId(), label: randomLabel(), cell: randomCell() })),
  "a flood of blocks": (target) =>
    flood(target, 8, () => asked({ type: "putBlock", id: nextId(), label: randomLabel(), block: randomBlock() })),
  "a flood of bad requests": (target) => flood(target, 4, badRequest),
  "frames that say they are gigabytes": (target) =>
    repeat(async () => {
      const sockets = await Promise.all(upTo(20).map(() => upgraded(target)));
      for (const socket of sockets) socket.write(GIANT_FRAME);
      struck += sockets.length;
      await Promise.all(sockets.map(over));
    }),
  "endless fragments among pongs": async (target) => {
    const padded = (opcode: number): Buffer =>
      Buffer.concat([frame(opcode, Buffer.from([2]), { final: false }), ...upTo(499).map(() => PADDING)]);
    const [first, next] = [padded(BINARY), padded(CONTINUATION)];
    for (const _ of upTo(4)) {
      await repeat(async () => {
        const socket = await greeted(target);
        const ended = over(socket);
        socket.write(first);
        while (!socket.destroyed) {
          struck += 1;
          if (!socket.write(next)) await Promise.race([once(socket, "drain"), ended]);
        }
      });
    }
  },
  "a flood of broken upgrades": (target) =>
    repeat(async () => {
      const sockets = await Promise.all(upTo(50).flatMap(() => brokenUpgrades().map((head) => raw(target, head))));
      struck += sockets.length;
      for (const socket of sockets) socket.destroy();
    }),
};

/** The attacks on a store. */
export const ATTACK_NAMES = Object.keys(ATTACKS);

if (import.meta.main) {
  const [name = "", port = ""] = process.argv.slice(2);
  await ATTACKS[name]?.({ port: Number(port), from: FROM });
  console.log("ready");
  createInterface(process.stdin).on("line", () => console.log(struck));
}
