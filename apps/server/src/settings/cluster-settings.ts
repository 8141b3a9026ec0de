import { resolve } from "node:path";
import type { JetStreamSettings } from "@pli/store";
import type { Config } from "./config.ts";

/** The settings of a cluster, without its address. */
export const clusterSettings = (config: Config): Omit<JetStreamSettings, "address"> => {
  const given = (key: string): string | undefined => (config[key] === "" ? undefined : resolve(config[key] as string));
  return {
    caFile: given("natsCa"),
    certFile: given("natsCert"),
    keyFile: given("natsKey"),
    credentialsFile: given("natsCredentials"),
    prefix: config["natsPrefix"] as string,
    replicas: config["natsReplicas"] as number,
  };
};
