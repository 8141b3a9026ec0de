import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { openJetStreamStorage } from "../src/jetstream/jetstream-storage.ts";
import { loopbackPlaces, startNatsCluster, type NatsCluster } from "./cluster/nats-cluster.ts";
import { describeSharedStorage } from "./storage-contract.ts";

const folder = join(import.meta.dirname, "../../../test-results/jetstream-contract");
let cluster: NatsCluster;
beforeAll(async () => {
  cluster = await startNatsCluster({ folder, places: await loopbackPlaces(3) });
}, 120_000);
afterAll(() => cluster.stop());

describeSharedStorage("jetstream", {
  open: (name, feeds = 1) => openJetStreamStorage({ ...cluster.settings, prefix: name }, { feeds }),
});
