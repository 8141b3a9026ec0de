/** `npm run bench -- store [--only puts,gets,delivery,catch-up,restart] [--peers pli-log,redis] [--rounds 5] [--seconds 3] [--quick]` */
import type { Measurement } from "./measure.ts";
import { parseOptions } from "./store/options.ts";
import { PEERS } from "./store/peers/all.ts";
import { measureAll } from "./store/run.ts";

export const run = async (args: readonly string[]): Promise<Measurement[]> => {
  const options = parseOptions(
    args,
    PEERS.map(({ name }) => name),
  );
  const peers = PEERS.filter(({ name }) => options.peers.includes(name));
  return (await measureAll(peers, options)).medians("store");
};
