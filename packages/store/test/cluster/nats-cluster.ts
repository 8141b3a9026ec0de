import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { natsServer } from "../../../../scripts/debian.mjs";
import type { JetStreamSettings } from "../../src/engines/jetstream/settings.ts";
import { makeCertificates, type Certificates } from "./certificates.ts";

/**
 * Where one node of a cluster listens, and how its process starts: as it is, or in a network
 * namespace.
 */
export interface NodePlace {
  readonly clientHost: string;
  readonly clientPort: number;
  readonly routeHost: string;
  readonly routePort: number;
  readonly within: readonly string[];
}

export interface NatsNode {
  readonly name: string;
  start(): Promise<void>;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Bytes of memory its process has. */
  memory(): number;
  /** Whether it runs, has joined the others and has caught up with all streams. */
  healthy(): Promise<boolean>;
}

export interface NatsCluster {
  readonly nodes: readonly NatsNode[];
  readonly settings: JetStreamSettings;
  readonly folder: string;
  stop(): Promise<void>;
}

/** Waits until every node runs, has joined the others and has all that they have. */
export const allHealthy = (nodes: readonly NatsNode[], ms = 60_000): Promise<void> =>
  until(async () => (await Promise.all(nodes.map((node) => node.healthy()))).every(Boolean), ms);

/**
 * Starts `places.length` nodes with TLS, one account for the store and `sync_interval: always`
 * unless `options` say otherwise. `folder` is emptied; each node logs to `n1.log` in it.
 */
export const startNatsCluster = async (options: {
  readonly folder: string;
  readonly places: readonly NodePlace[];
  readonly sync?: "always" | "2m";
}): Promise<NatsCluster> => {
  const { folder, places, sync = "always" } = options;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const hosts = [...new Set(places.flatMap(({ clientHost, routeHost }) => [clientHost, routeHost]))];
  const certificates = makeCertificates(folder, hosts);
  const password = randomBytes(16).toString("hex");
  const credentialsFile = join(folder, "store.user");
  writeFileSync(credentialsFile, `store:${password}\n`, { mode: 0o600 });
  const nodes = places.map((place, i) => {
    const name = `n${i + 1}`;
    writeFileSync(join(folder, `${name}.conf`), configOf(places));
    return createNode(folder, place, environmentOf({ name, place, places, folder, certificates, password, sync }));
  });
  await Promise.all(nodes.map((node) => node.start()));
  await allHealthy(nodes);
  return {
    nodes,
    folder,
    settings: {
      address: `tls://${places.map(({ clientHost, clientPort }) => `${clientHost}:${clientPort}`).join(",")}`,
      caFile: certificates.ca,
      certFile: certificates.clientCert,
      keyFile: certificates.clientKey,
      credentialsFile,
    },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.kill()));
    },
  };
};

const CONFIG = join(import.meta.dirname, "../../../../deploy/cluster/nats.conf");

/**
 * The environment that `deploy/cluster/nats.env` shows, for one node. Values are quoted, since NATS
 * reads them as in its file.
 */
const environmentOf = (of: {
  readonly name: string;
  readonly place: NodePlace;
  readonly places: readonly NodePlace[];
  readonly folder: string;
  readonly certificates: Certificates;
  readonly password: string;
  readonly sync: string;
}): Record<string, string> => {
  const { name, place, places, folder, certificates, password, sync } = of;
  const texts: Record<string, string> = {
    PLI_NATS_NAME: name,
    PLI_NATS_LISTEN: `${place.clientHost}:${place.clientPort}`,
    PLI_NATS_MONITOR: `${place.clientHost}:${place.clientPort + MONITOR}`,
    PLI_NATS_ROUTE_LISTEN: `${place.routeHost}:${place.routePort}`,
    PLI_NATS_CA: certificates.ca,
    PLI_NATS_CERT: certificates.nodeCert,
    PLI_NATS_KEY: certificates.nodeKey,
    PLI_NATS_STORE: join(folder, name),
    PLI_NATS_PASSWORD: password,
    PLI_NATS_SYSTEM_PASSWORD: randomBytes(16).toString("hex"),
    PLI_NATS_DISK_KEY: randomBytes(32).toString("hex"),
  };
  for (const [i, { routeHost, routePort }] of places.entries()) {
    texts[`PLI_NATS_ROUTE_${i + 1}`] = `tls://${routeHost}:${routePort}`;
  }
  const quoted = Object.entries(texts).map(([key, text]) => [key, `"${text}"`]);
  const sizes = { PLI_NATS_MAX_FILE: "20GB", PLI_NATS_ACCOUNT_FILE: "12GB", PLI_NATS_SYNC: sync };
  return { ...Object.fromEntries(quoted), ...sizes };
};

/**
 * The configuration of one node: that of `deploy/`, without the cluster when there is one node
 * only.
 */
const configOf = (places: readonly NodePlace[]): string => {
  const text = readFileSync(CONFIG, "utf8");
  return places.length > 1 ? text : text.replace(/^cluster \{[^]*?^\}\n/m, "");
};

const MONITOR = 1000;

const createNode = (folder: string, place: NodePlace, environment: Record<string, string>): NatsNode => {
  const name = environment["PLI_NATS_NAME"]?.slice(1, -1) ?? "";
  let child: ChildProcess | undefined;
  const command = [...place.within, "setpriv", "--pdeathsig", "KILL", natsServer(), "-c", join(folder, `${name}.conf`)];
  return {
    name,
    start: async () => {
      child = spawn(command[0] ?? "", command.slice(1), {
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, ...environment },
      });
      child.stderr?.pipe(createWriteStream(join(folder, `${name}.log`), { flags: "a" }));
      await once(child, "spawn");
    },
    kill: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    memory: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child?.pid}/status`, "utf8"))?.[1]) * 1024,
    healthy: () => healthy(place),
  };
};

const healthy = async (place: NodePlace): Promise<boolean> => {
  try {
    const url = `http://${place.clientHost}:${place.clientPort + MONITOR}/healthz`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) });
    return answer.ok;
  } catch {
    return false;
  }
};

/** Waits until the condition holds. Throws after `ms`. */
export const until = async (look: () => Promise<boolean>, ms: number): Promise<void> => {
  for (const end = performance.now() + ms; !(await look());) {
    if (performance.now() > end) throw new Error("what was waited for did not come");
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
};

/**
 * Places on free ports of a loopback address of their own: on the common one, another process of
 * the run may take a port between the look and the start.
 */
export const loopbackPlaces = async (count: number): Promise<readonly NodePlace[]> => {
  const host = ["127", ...Array.from({ length: 3 }, () => randomInt(1, 255))].join(".");
  const places: NodePlace[] = [];
  for (let i = 0; i < count; i += 1) {
    const [clientPort, routePort] = [await freePort(host), await freePort(host)];
    places.push({ clientHost: host, clientPort, routeHost: host, routePort, within: [] });
  }
  return places;
};

/** A free port, low enough for the one of its monitor. */
const freePort = async (host: string): Promise<number> => {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port < 60_000 ? port : freePort(host);
};
