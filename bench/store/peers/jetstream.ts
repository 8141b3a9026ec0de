import { natsServer } from "../../../scripts/debian.mjs";
import { connectNats, type NatsClient, type NatsMessage } from "../clients/nats.ts";
import { writeConfiguration } from "../configuration.ts";
import { WORKS, type Peer, type PeerClient, type RunningPeer } from "../peer.ts";
import { pause, startProgram } from "../server-process.ts";

const STREAM = "FEED";
const THIRTY_DAYS_NS = 30 * 86_400 * 1e9;
const ONLY_IF_NEW = "NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: 0\r\n\r\n";

/**
 * A feed as a stream of one node: subject = key, one message a subject. The server is the one our
 * cluster engine runs on.
 */
export const createJetStreamPeer = (options: { readonly name: string; readonly sync: "always" | "2m" }): Peer => ({
  name: options.name,
  // Both keep the same files: one restart tells of both.
  works: options.sync === "always" ? ["puts", "gets", "delivery", "catch-up"] : WORKS,
  packages: [],
  how: `JetStream 2.15, one stream, file storage, one replica, \`sync_interval: ${options.sync}\`; publish with \`Nats-Expected-Last-Subject-Sequence: 0\`; 64 connections, by a bare client of ours; get by direct get; followers by a push consumer with flow control`,
  start: async ({ folder, port }) => {
    const configuration = writeConfiguration("jetstream.conf", folder, {
      PORT: port,
      FOLDER: folder,
      SYNC: options.sync,
    });
    const server = await startProgram({
      command: [natsServer(), "-c", configuration],
      folder,
      port,
    });
    await makeStream(port);
    return runningJetStream(server, port);
  },
});

const makeStream = async (port: number): Promise<void> => {
  const client = await connectNats(port);
  const stream = { name: STREAM, subjects: ["c.*"], storage: "file", num_replicas: 1, max_age: THIRTY_DAYS_NS };
  const request = { ...stream, retention: "limits", discard: "new", max_msgs_per_subject: 1, allow_direct: true };
  // It takes connections before JetStream is up, and then says that nobody answers (503).
  for (;;) {
    const answer = await client.request(`$JS.API.STREAM.CREATE.${STREAM}`, JSON.stringify(request));
    if (answer.status !== "503") break;
    await pause(5);
  }
  client.close();
};

const runningJetStream = (server: RunningPeer["process"], port: number): RunningPeer => ({
  process: server,
  connect: async () => jetStreamClient(await connectNats(port)),
  follow: async (from, each) => {
    const client = await connectNats(port);
    // The server sends to a follower that is gone for a while longer.
    followers += 1;
    const deliver_subject = `follower${followers}`;
    client.subscribe(deliver_subject, (message) => {
      if (message.status === "") return each(message.payload);
      if (message.reply !== "") client.publish(message.reply, "");
    });
    const config = { deliver_subject, ack_policy: "none", flow_control: true, idle_heartbeat: 5e9 };
    const deliver_policy = from === "start" ? "all" : "new";
    const request = { stream_name: STREAM, config: { ...config, deliver_policy } };
    expectNoError(await client.request(`$JS.API.CONSUMER.CREATE.${STREAM}`, JSON.stringify(request)));
    return { stop: async () => client.close() };
  },
});

let followers = 0;

const jetStreamClient = (client: NatsClient): PeerClient => ({
  put: async (key, value) => expectNoError(await client.request(`c.${key.toString("hex")}`, value, ONLY_IF_NEW)),
  get: async (key) => {
    const { payload } = await client.request(`$JS.API.DIRECT.GET.${STREAM}.c.${key.toString("hex")}`, "");
    return payload;
  },
  close: async () => client.close(),
});

const expectNoError = ({ payload, status }: NatsMessage): void => {
  if (status !== "" || payload.includes('"error"')) throw new Error(`jetstream said ${status} ${payload.toString()}`);
};
