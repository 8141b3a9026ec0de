import { connectRedis, type RedisClient } from "../clients/resp.ts";
import { writeConfiguration } from "../configuration.ts";
import { WORKS, type Peer, type PeerClient, type RunningPeer } from "../peer.ts";
import { startProgram, pause } from "../server-process.ts";

const THIRTY_DAYS = String(30 * 86_400);
const CHANNEL = "feed";
const READ_AT_ONCE = 256;

/**
 * Redis with 64 connections of one command each, or with all writers' commands pipelined on one
 * connection.
 */
export const createRedisPeer = (options: { readonly name: string; readonly pipelined: boolean }): Peer => ({
  name: options.name,
  // Both keep the same file: one restart and one catch-up tell of both.
  works: options.pipelined ? ["puts", "gets", "delivery"] : WORKS,
  packages: ["redis-server"],
  how: `\`SET key value NX EX\`, \`appendfsync always\`; ${options.pipelined ? "all writers pipelined on one connection" : "64 connections"}, by a bare client of ours; followers by PUBLISH; catch-up by MGET of 256 known keys`,
  start: async ({ folder, port }) => {
    const configuration = writeConfiguration("redis.conf", folder, { PORT: port, FOLDER: folder });
    const server = await startProgram({ command: ["redis-server", configuration], folder, port });
    await loaded(port);
    return runningRedis(server, port, options.pipelined);
  },
});

/** It takes connections while it still reads its file. */
const loaded = async (port: number): Promise<void> => {
  const client = await connectRedis(port);
  while (!String(await client.send(["INFO", "persistence"])).includes("\nloading:0")) await pause(5);
  client.close();
};

const runningRedis = (server: RunningPeer["process"], port: number, pipelined: boolean): RunningPeer => {
  let shared: Promise<RedisClient> | undefined;
  return {
    process: server,
    connect: async (options) => {
      if (!pipelined) return redisClient(await connectRedis(port), options?.followed === true);
      shared ??= connectRedis(port);
      return { ...redisClient(await shared, options?.followed === true), close: async () => {} };
    },
    follow: async (_from, each) => {
      const client = await connectRedis(port, each);
      void client.send(["SUBSCRIBE", CHANNEL]);
      await pause(50);
      return { stop: async () => client.close() };
    },
    readMany: async (count, keys) => {
      const client = await connectRedis(port);
      for (let at = 0; at < count; at += READ_AT_ONCE) {
        await client.send(["MGET", ...keys.slice(at, Math.min(count, at + READ_AT_ONCE))]);
      }
      client.close();
    },
  };
};

const redisClient = (client: RedisClient, followed: boolean): PeerClient => ({
  put: async (key, value) => {
    const stored = client.send(["SET", key, value, "NX", "EX", THIRTY_DAYS]);
    if (followed) void client.send(["PUBLISH", CHANNEL, value]);
    if ((await stored) !== "OK") throw new Error("redis did not take the value");
  },
  get: async (key) => (await client.send(["GET", key])) as Uint8Array,
  close: async () => client.close(),
});
