import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { NodePlace } from "./nats-cluster.ts";

/**
 * A network for one test. Each node is in a network namespace, with one wire to its clients and
 * another to the other nodes. The process that makes it is in a namespace too (`unshare --net`), so
 * nothing touches the machine's network.
 */
export interface Lab {
  readonly places: readonly NodePlace[];
  /** Cuts node `i` off from the other nodes; its clients still reach it. */
  cut(i: number): void;
  /** Cuts node `i` off from its clients too. */
  cutWhole(i: number): void;
  mend(i: number): void;
  close(): void;
}

const CLIENTS = "10.89.1";
const ROUTES = "10.89.2";

/** Needs root on Linux, in a network namespace of the process's own. */
export const createLab = async (count: number): Promise<Lab> => {
  ip("link set lo up");
  for (const [bridge, net] of [
    ["clients", CLIENTS],
    ["routes", ROUTES],
  ]) {
    ip(`link add ${bridge} type bridge`);
    ip(`addr add ${net}.100/24 dev ${bridge}`);
    ip(`link set ${bridge} up`);
  }
  const holders: ChildProcess[] = [];
  const places: NodePlace[] = [];
  for (let i = 0; i < count; i += 1) {
    const holder = await holdNamespace();
    holders.push(holder);
    plug(i, "clients", CLIENTS, holder.pid ?? 0);
    plug(i, "routes", ROUTES, holder.pid ?? 0);
    places.push({
      clientHost: `${CLIENTS}.${i + 1}`,
      clientPort: 4222,
      routeHost: `${ROUTES}.${i + 1}`,
      routePort: 6222,
      within: ["nsenter", "-t", String(holder.pid), "-n"],
    });
  }
  return {
    places,
    cut: (i) => ip(`link set routes${i} down`),
    cutWhole: (i) => {
      ip(`link set routes${i} down`);
      ip(`link set clients${i} down`);
    },
    mend: (i) => {
      ip(`link set routes${i} up`);
      ip(`link set clients${i} up`);
    },
    close: () => {
      for (const holder of holders) holder.kill("SIGKILL");
    },
  };
};

const ip = (command: string): void =>
  void execFileSync("ip", command.split(" "), { stdio: ["ignore", "ignore", "inherit"] });

/** A process that only keeps a namespace, until it is killed or this process ends. */
const holdNamespace = async (): Promise<ChildProcess> => {
  const script = "ip link set lo up; echo ready; read -r forever";
  const holder = spawn("unshare", ["--net", "sh", "-c", script], { stdio: ["pipe", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  return holder;
};

const plug = (i: number, bridge: string, net: string, pid: number): void => {
  ip(`link add ${bridge}${i} type veth peer name eth-${bridge} netns ${pid}`);
  ip(`link set ${bridge}${i} master ${bridge}`);
  ip(`link set ${bridge}${i} up`);
  const inside = (command: string): void =>
    void execFileSync("nsenter", ["-t", String(pid), "-n", "ip", ...command.split(" ")]);
  inside(`addr add ${net}.${i + 1}/24 dev eth-${bridge}`);
  inside(`link set eth-${bridge} up`);
};
