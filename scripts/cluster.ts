/**
 * `npm run cluster`: three NATS nodes on loopback, to try a store on a cluster with; ends, and
 * forgets all, at Ctrl-C.
 */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { loopbackPlaces, startNatsCluster } from "../packages/store/test/cluster/nats-cluster.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, "test-results/try-cluster");
const cluster = await startNatsCluster({ folder, places: await loopbackPlaces(3) });
const { address, caFile, certFile, keyFile, credentialsFile } = cluster.settings;
const environment = join(folder, "environment");
const variables = {
  PLI_ENGINE: address,
  PLI_NATS_CA: caFile,
  PLI_NATS_CERT: certFile,
  PLI_NATS_KEY: keyFile,
  PLI_NATS_CREDENTIALS: credentialsFile,
};
const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`);
writeFileSync(environment, lines.join(""));
console.log(`Three nodes run. In another terminal: . ./${relative(root, environment)} && npm start`);
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
await cluster.stop();
