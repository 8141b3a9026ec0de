import type { Peer } from "../peer.ts";
import { ENGINES } from "@pli/store";
import { createJetStreamPeer } from "./jetstream.ts";
import { createPliPeer } from "./pli.ts";
import { createPostgresPeer } from "./postgresql.ts";
import { createRabbitPeer } from "./rabbitmq.ts";
import { createRedisPeer } from "./redis.ts";
import { createEjabberdPeer, createProsodyPeer } from "./xmpp.ts";

export const PEERS: readonly Peer[] = [
  ...ENGINES.map(createPliPeer),
  createPostgresPeer(),
  createRedisPeer({ name: "redis", pipelined: false }),
  createRedisPeer({ name: "redis-pipelined", pipelined: true }),
  createJetStreamPeer({ name: "jetstream-sync", sync: "always" }),
  createJetStreamPeer({ name: "jetstream", sync: "2m" }),
  createRabbitPeer(),
  createEjabberdPeer("offline"),
  createEjabberdPeer("online"),
  createProsodyPeer("offline"),
  createProsodyPeer("online"),
];
