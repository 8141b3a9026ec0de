/**
 * The same load on a store with each check: 64 connections, fresh labels, proofs made before the
 * clock starts.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { concat } from "@pli/protocol/crypto";
import type { Cell, Label } from "@pli/protocol/wire";
import { percentile } from "../measure.ts";
import { connectWire, type WireClient } from "../store/clients/pli.ts";
import { startProgram } from "../store/server-process.ts";
import type { Figure } from "../store/work.ts";
import { blindedKey, blindedProof, BLINDED_PROOF_BYTES, blindingOf, labelFromKey } from "./blinded.ts";
import { signedIn, type Check } from "./checks.ts";
import type { StoreArguments } from "./checked-store.ts";
import { ordinary, ownedLabelOf, ownedProof } from "./lazy.ts";
import * as preImage from "./pre-image.ts";
import type { Kit } from "./trial.ts";

const CONNECTIONS = 64;
const BODIES = 64;
const FEED = 0;
const PORT = 21_980;
const WARM_UP_SHARE = 0.2;
/**
 * Of the puts in a flood one in this many is at an owner-only label: a tenth of all senders are
 * flooded without pause.
 */
const OWNED_SHARE = 10;
const STORE = join(import.meta.dirname, "checked-store.ts");
const SERVER = [process.execPath, "--max-semi-space-size=16", STORE] as const;
const root = join(import.meta.dirname, "../..");

/** A put without what its body holds behind the proof. */
interface Prepared {
  readonly label: Label;
  readonly proof: Uint8Array;
}

export interface Load {
  readonly check: Check;
  readonly puts: readonly Prepared[];
  readonly bodies: readonly Uint8Array[];
}

/** As many puts as a round has, for each check. */
export const prepare = (kit: Kit, checks: readonly Check[], count: number): Load[] => {
  const { crypto } = kit;
  const bodies = Array.from({ length: BODIES }, () => crypto.random(4096));
  const blinded = some(count, (i) => blindedPut(kit, bodyAt(bodies, i)));
  const loads: Record<Check, () => Prepared[]> = {
    none: () => blinded,
    "pre-image": () => some(count, () => preImagePut(kit)),
    blinded: () => blinded,
    "blinded-threads": () => blinded,
    lazy: () => blinded.map(({ label, proof }) => ({ label: ordinary(label), proof })),
    "lazy-flood": () =>
      blinded.map(({ label, proof }, i) =>
        i % OWNED_SHARE === 0 ? ownedPut(kit, bodyAt(bodies, i)) : { label: ordinary(label), proof },
      ),
  };
  return checks.map((check) => ({ check, puts: loads[check](), bodies }));
};

const some = (count: number, make: (i: number) => Prepared): Prepared[] =>
  Array.from({ length: count }, (_, i) => make(i));

const bodyAt = (bodies: readonly Uint8Array[], i: number): Uint8Array => bodies[i % BODIES] as Uint8Array;

const cellFrom = (proof: Uint8Array, body: Uint8Array): Cell => concat(proof, body.subarray(proof.length)) as Cell;

const blindedPut = ({ crypto, sodium }: Kit, body: Uint8Array): Prepared => {
  const leaf = crypto.signKeyPair();
  const b = blindingOf(crypto, sodium, crypto.random(32));
  const label = labelFromKey(crypto, FEED, blindedKey(sodium, b, leaf.publicKey));
  return { label, proof: blindedProof(sodium, b, leaf.secretKey, signedIn(label, body)) };
};

const ownedPut = (kit: Kit, body: Uint8Array): Prepared => {
  const leaf = kit.crypto.signKeyPair();
  const secret = kit.crypto.random(32);
  const label = ownedLabelOf(kit, FEED, secret, leaf.publicKey);
  return { label, proof: ownedProof(kit, secret, leaf.secretKey, label, body.subarray(BLINDED_PROOF_BYTES)) };
};

const preImagePut = ({ crypto }: Kit): Prepared => {
  const [x, z] = [crypto.random(32), crypto.random(32)];
  const label = preImage.labelFromCommitment(crypto, FEED, preImage.commitmentOf(crypto, x), z);
  return { label, proof: concat(x, z) };
};

interface Measured {
  readonly rate: number;
  readonly figures: readonly Figure[];
}

/** One round. `depth` puts are under way on each connection. */
export const measureLoad = async ({ check, puts, bodies }: Load, depth: number): Promise<Measured> => {
  mkdirSync(join(root, "test-results"), { recursive: true });
  const folder = mkdtempSync(join(root, "test-results/own-labels-"));
  mkdirSync(join(folder, "data"));
  const started: StoreArguments = [join(folder, "data"), String(PORT), check];
  const command = [...SERVER, ...started];
  const server = await startProgram({ command, folder, port: PORT });
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => connectWire(PORT, () => {})));
  let next = 0;
  const times: number[] = [];
  const putUntil = async (client: WireClient, end: number): Promise<void> => {
    while (next < end) {
      const i = next++;
      const { label, proof } = puts[i] as Prepared;
      const before = performance.now();
      const cell = cellFrom(proof, bodyAt(bodies, i));
      const answer = await client.ask((id) => ({ type: "put", id, label, cell }));
      if (answer.type !== "stored" || answer.outcome !== "created") throw new Error(`the store said ${answer.type}`);
      times.push(performance.now() - before);
    }
  };
  const putAll = (end: number) =>
    Promise.all(clients.flatMap((client) => Array.from({ length: depth }, () => putUntil(client, end))));
  try {
    await putAll(Math.round(puts.length * WARM_UP_SHARE));
    const first = times.length;
    const [before, cpu] = [performance.now(), server.cpu()];
    await putAll(puts.length);
    const seconds = (performance.now() - before) / 1000;
    const used = server.cpu() - cpu;
    const measured = times.slice(first);
    await assertRefused(clients[0] as WireClient, check);
    const rate = measured.length / seconds;
    const figures = [
      { metric: `puts, ${depth} under way`, value: rate, unit: "1/s" },
      { metric: `CPU of a put, ${depth} under way`, value: (used * 1e6) / measured.length, unit: "µs" },
      { metric: `p50, ${depth} under way`, value: percentile(measured, 0.5), unit: "ms" },
      { metric: `p99, ${depth} under way`, value: percentile(measured, 0.99), unit: "ms" },
    ];
    return { rate, figures };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await server.kill();
    rmSync(folder, { recursive: true });
  }
};

/** Noise under a label that asks for a proof. */
const assertRefused = async (client: WireClient, check: Check): Promise<void> => {
  const label = new Uint8Array(32).fill(0xff, 2) as Label;
  const answer = await client.ask((id) => ({ type: "put", id, label, cell: new Uint8Array(4096) as Cell }));
  if ((answer.type === "error") !== (check !== "none")) throw new Error(`${check}: noise was ${answer.type}`);
};
