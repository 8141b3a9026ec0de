import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect, type ChannelModel } from "amqplib";
import { writeConfiguration } from "../configuration.ts";
import type { Peer, PeerClient, RunningPeer } from "../peer.ts";
import { pause, startProgram } from "../server-process.ts";

const QUEUE = "cells";
const CONNECTIONS = 4;
/**
 * A queue whose name is younger when the server is killed is not found again: it is in memory for
 * half a second.
 */
const NAME_WRITTEN_MS = 2000;

/** A queue has no keys: nothing can be put once only, and nothing got by its key. */
export const createRabbitPeer = (): Peer => ({
  name: "rabbitmq",
  works: ["puts", "delivery", "catch-up", "restart"],
  packages: ["rabbitmq-server"],
  consumes: true,
  how: `a quorum queue of one node, durable messages, publisher confirms; 64 channels on ${CONNECTIONS} connections of npm's amqplib; no keys, so neither put-if-absent nor get`,
  start: async ({ folder, port }) => {
    const server = await startProgram({
      // One shell for two programs: the name server of Erlang's nodes would otherwise stay behind
      // as a daemon.
      command: ["/bin/sh", "-c", "epmd & exec /usr/lib/rabbitmq/bin/rabbitmq-server"],
      folder,
      port,
      environment: rabbitEnvironment(folder, port),
    });
    const pool = await Promise.all(Array.from({ length: CONNECTIONS }, () => connectOne(port)));
    await declareQueue(pool[0] as ChannelModel);
    await pause(NAME_WRITTEN_MS);
    return runningRabbit(server, pool);
  },
});

const rabbitEnvironment = (folder: string, port: number): Record<string, string> => {
  const configuration = writeConfiguration("rabbitmq.conf", folder, { PORT: port });
  const plugins = join(folder, "enabled_plugins");
  writeFileSync(plugins, "[].\n");
  return {
    HOME: folder,
    ERL_EPMD_PORT: String(port + 1),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_DIST_PORT: String(port + 2),
    RABBITMQ_NODENAME: `pli-bench-${port}@localhost`,
    RABBITMQ_CONFIG_FILE: configuration,
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_MNESIA_BASE: join(folder, "mnesia"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_PID_FILE: join(folder, "pid"),
    RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
    // Its way of running the virtual machine as the very process started.
    RUNNING_UNDER_SYSTEMD: "true",
  };
};

const connectOne = async (port: number): Promise<ChannelModel> => {
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${port}?heartbeat=0`, { noDelay: true });
  // Killed at the end, with its connections open.
  connection.on("error", () => {});
  return connection;
};

/**
 * It takes connections before a queue found on the disk has its leader, who alone answers a get.
 */
const declareQueue = async (connection: ChannelModel): Promise<void> => {
  for (let attempt = 0; ; attempt += 1) {
    const channel = await connection.createChannel();
    channel.on("error", () => {});
    try {
      await channel.assertQueue(QUEUE, { durable: true, arguments: { "x-queue-type": "quorum" } });
      const message = await channel.get(QUEUE);
      if (message !== false) channel.nack(message);
      return await channel.close();
    } catch (error) {
      if (attempt > 100) throw error;
      await pause(50);
    }
  }
};

const runningRabbit = (server: RunningPeer["process"], pool: readonly ChannelModel[]): RunningPeer => {
  let next = 0;
  return {
    process: server,
    connect: async () => {
      next += 1;
      return rabbitClient(pool[next % pool.length] as ChannelModel);
    },
    follow: async (from, each) => {
      const channel = await (pool[0] as ChannelModel).createChannel();
      if (from === "now") await channel.purgeQueue(QUEUE);
      await channel.prefetch(2000);
      await channel.consume(QUEUE, (message) => {
        if (message === null) return;
        each(message.content);
        channel.ack(message);
      });
      return { stop: () => channel.close() };
    },
  };
};

const rabbitClient = async (connection: ChannelModel): Promise<PeerClient> => {
  const channel = await connection.createConfirmChannel();
  return {
    put: (_key, value) =>
      new Promise((resolve, reject) => {
        channel.sendToQueue(QUEUE, value, { persistent: true }, (error: unknown) => {
          if (error === null || error === undefined) resolve();
          else reject(new Error("rabbitmq did not take the message", { cause: error }));
        });
      }),
    close: () => channel.close(),
  };
};
