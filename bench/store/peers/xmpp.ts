import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { addressOf, connectXmpp } from "../clients/xmpp.ts";
import { writeConfiguration } from "../configuration.ts";
import type { Peer, PeerClient, Place, RunningPeer } from "../peer.ts";
import { startProgram, type ServerProcess } from "../server-process.ts";

type Recipients = "offline" | "online";
type Start = (place: Place) => Promise<ServerProcess>;

const MOST = 1000;
const WRITERS = 64;

/**
 * A message server as a store: the value as base64 in a message, to users who are away or to users
 * who are there.
 */
const createXmppPeer = (software: string, to: Recipients, start: Start): Peer => ({
  name: `${software}-${to}`,
  works: to === "offline" ? ["puts", "catch-up", "restart"] : ["puts", "delivery"],
  packages: [software],
  most: MOST,
  consumes: true,
  mayLose: true,
  how: `base64 of the value in a message, ${to === "offline" ? "kept for a user who is away, written but not synced" : "to a user who is there, kept nowhere"}; answered when a ping sent behind it is${to === "online" ? " and the message has arrived" : ""}; 64 writers to as many users, by a bare client of ours${to === "offline" ? "; the catch-up holds the log-in of the 64" : ""}`,
  start: async (place) => runningXmpp(await start(place), place.port, to),
});

export const createEjabberdPeer = (to: Recipients): Peer => createXmppPeer("ejabberd", to, startEjabberd);

export const createProsodyPeer = (to: Recipients): Peer => createXmppPeer("prosody", to, startProsody);

const startEjabberd: Start = ({ folder, port }) => {
  const configuration = writeConfiguration("ejabberd.yml.in", folder, { PORT: port });
  const mnesia = join(folder, "mnesia");
  if (!existsSync(mnesia)) mkdirSync(mnesia);
  // As its ejabberdctl starts it, but for distribution and the change of user.
  const limits = ["+K", "true", "+P", "250000", "-env", "ERL_MAX_PORTS", "32000"];
  const parts = ["-mnesia", "dir", `"${mnesia}"`, "-noinput", "-s", "ejabberd"];
  return startProgram({
    command: ["erl", ...limits, ...parts],
    folder,
    port,
    environment: {
      HOME: folder,
      ERL_LIBS: "/usr/lib/x86_64-linux-gnu",
      EJABBERD_CONFIG_PATH: configuration,
      EJABBERD_LOG_PATH: join(folder, "ejabberd.log"),
    },
  });
};

const startProsody: Start = ({ folder, port }) => {
  const configuration = writeConfiguration("prosody.cfg.lua", folder, { PORT: port, FOLDER: folder });
  mkdirSync(join(folder, "data"), { recursive: true });
  return startProgram({ command: ["prosody", "--config", configuration, "-F"], folder, port });
};

const runningXmpp = (server: ServerProcess, port: number, to: Recipients): RunningPeer => {
  let writers = 0;
  return {
    process: server,
    connect: async (options) => {
      writers += 1;
      const name = `writer-${writers}`;
      if (options?.followed === true) return writerTo(port, name, FOLLOWER);
      const recipient = `${to}-${writers % WRITERS}`;
      return to === "offline" ? writerToAbsent(port, name, recipient) : writerToPresent(port, name, recipient);
    },
    follow: async (from, each) => {
      const kept = Array.from({ length: WRITERS }, (_, i) => `${to}-${i}`);
      const users = from === "now" ? [FOLLOWER] : kept;
      const clients = await Promise.all(users.map((user) => connectXmpp(port, user, (body) => each(headOf(body)))));
      for (const client of clients) client.present();
      return { stop: async () => clients.forEach((client) => client.close()) };
    },
  };
};

const FOLLOWER = "follower";

/** The first bytes of the value, at little cost. */
const headOf = (body: Buffer): Buffer => Buffer.from(body.toString("latin1", 0, 32), "base64");

const writerTo = async (port: number, name: string, recipient: string): Promise<PeerClient> => {
  const writer = await connectXmpp(port, name, () => {});
  return {
    put: (_key, value) => writer.message(addressOf(recipient), value.toString("base64")),
    close: async () => writer.close(),
  };
};

/** The recipient exists, and is away. */
const writerToAbsent = async (port: number, name: string, recipient: string): Promise<PeerClient> => {
  (await connectXmpp(port, recipient, () => {})).close();
  return writerTo(port, name, recipient);
};

const writerToPresent = async (port: number, name: string, recipient: string): Promise<PeerClient> => {
  const arrivals: (() => void)[] = [];
  const reader = await connectXmpp(port, recipient, () => arrivals.shift()?.());
  reader.present();
  const writer = await writerTo(port, name, recipient);
  return {
    put: async (key, value) => {
      const arrived = new Promise<void>((resolve) => arrivals.push(resolve));
      await writer.put(key, value);
      await arrived;
    },
    close: async () => {
      await writer.close();
      reader.close();
    },
  };
};
