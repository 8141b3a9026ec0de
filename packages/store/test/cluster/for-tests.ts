import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { loopbackPlaces, startNatsCluster, type NatsCluster } from "./nats-cluster.ts";

/**
 * Starts a cluster of three nodes on loopback before the tests of the file that calls it, and stops
 * it after them.
 */
export const clusterForTests = (name: string): (() => NatsCluster) => {
  let cluster: NatsCluster | undefined;
  beforeAll(async () => {
    const folder = join(import.meta.dirname, "../../../../test-results", name);
    cluster = await startNatsCluster({ folder, places: await loopbackPlaces(3) });
  }, 120_000);
  afterAll(() => cluster?.stop());
  return () => {
    if (cluster === undefined) throw new Error("the cluster runs within tests only");
    return cluster;
  };
};
