/** Engines of benches, each on a folder of its own on the disk. */
import { createEngine, type Engine, type EngineOptions } from "@pli/engine";
import type { Queries, QueryName } from "@pli/engine/api";
import { openDiskDatabase } from "@pli/engine-node";
import { clock, dialer } from "@pli/engine-node/platform";
import { createCrypto } from "@pli/protocol/crypto";
import { temporaryFolder } from "../e2e/lib/store-process.ts";

export const KEY = new Uint8Array(32).fill(1);

export interface Device {
  readonly folder: string;
  engine: Engine;
}

type Backups = EngineOptions["backups"];

export async function startDevice(folder: string, store: string, backups: Backups = "never"): Promise<Device> {
  return { folder, engine: await openEngine(folder, store, backups) };
}

export async function openEngine(folder: string, store: string, backups: Backups = "never"): Promise<Engine> {
  return createEngine({
    database: await openDiskDatabase(folder, KEY),
    crypto: await createCrypto(),
    clock,
    dialer,
    store,
    options: { backups },
  });
}

/** Somebody new, who is paired and then off line. */
export async function meet(one: Engine, name: string, store: string): Promise<void> {
  const { engine } = await meetAndStay(one, name, store);
  await engine.drain({ ms: 5_000 });
  await engine.close();
}

/** Somebody new, who is paired and still on line. */
export async function meetAndStay(one: Engine, name: string, store: string): Promise<Device> {
  const other = await startDevice(temporaryFolder("friend"), store);
  await other.engine.createProfile({ name });
  await typeBoth(
    { engine: one, pairing: (await one.createInvitation({})).pairing },
    { engine: other.engine, begin: (link) => other.engine.acceptInvitation({ link }) },
  );
  return other;
}

/** The new one becomes a device of the other's person. */
export async function linkTo(old: Engine, fresh: Engine): Promise<void> {
  const { pairing } = await fresh.linkThisDevice({ name: "New" });
  await typeBoth({ engine: fresh, pairing }, { engine: old, begin: (link) => old.addDevice({ link }) });
}

/** One shows a link, the other opens it, and each types what the other shows. */
async function typeBoth(
  showing: { engine: Engine; pairing: string },
  opening: { engine: Engine; begin(link: string): Promise<{ pairing: string }> },
): Promise<void> {
  const [here, there] = [showing.engine, opening.engine];
  const link = (await when(here, "pairing", { id: showing.pairing }, (view) => view?.link !== undefined))?.link ?? "";
  const { pairing } = await opening.begin(link);
  const theirs = (await when(there, "pairing", { id: pairing }, (view) => view?.say !== undefined))?.say ?? "";
  const ours = (await when(here, "pairing", { id: showing.pairing }, (view) => view?.say !== undefined))?.say ?? "";
  await here.typeCode({ pairing: showing.pairing, digits: theirs });
  await there.typeCode({ pairing, digits: ours });
  await when(there, "pairing", { id: pairing }, (view) => view?.step === "paired");
  await when(here, "pairing", { id: showing.pairing }, (view) => view?.step === "paired");
}

export function when<N extends QueryName>(
  engine: Engine,
  query: N,
  parameters: Queries[N]["parameters"],
  check: (value: Queries[N]["result"]) => boolean,
): Promise<Queries[N]["result"]> {
  const { promise, resolve } = Promise.withResolvers<Queries[N]["result"]>();
  const stop = engine.watch(query, parameters, (value) => {
    if (check(value)) resolve(value);
  });
  return promise.finally(() => stop());
}
