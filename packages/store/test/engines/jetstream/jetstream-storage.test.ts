import { openJetStreamStorage } from "../../../src/engines/jetstream/jetstream-storage.ts";
import { clusterForTests } from "../../cluster/for-tests.ts";
import { describeSharedStorage } from "../storage-contract.ts";

const cluster = clusterForTests("jetstream-contract");

describeSharedStorage("jetstream", {
  open: (name, feeds = 1) => openJetStreamStorage({ ...cluster().settings, prefix: name }, { feeds }),
});
