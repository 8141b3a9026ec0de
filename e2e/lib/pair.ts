import { onTestFinished } from "vitest";
import { createHomePerson, pairPeople, type HomePerson } from "./homes.ts";
import { pairHomes, runPli } from "./pli.ts";
import { startStoreProcess, temporaryFolder, type StoreProcess } from "./store-process.ts";

/** A store and two people on it who have paired, all gone when the test is. */
export async function pairOnStore(
  names: readonly [string, string] = ["Alice", "Bob"],
): Promise<{ store: StoreProcess; alice: HomePerson; bob: HomePerson }> {
  const store = await startStoreProcess();
  onTestFinished(store.kill);
  const [alice, bob] = [await createHomePerson(names[0], store.origin), await createHomePerson(names[1], store.origin)];
  onTestFinished(async () => void (await Promise.all([alice.close(), bob.close()])));
  await pairPeople(alice, bob);
  return { store, alice, bob };
}

/**
 * A store, gone when the test is, and the homes of Alice and Bob, who have paired there by
 * commands.
 */
export async function pairHomesOnStore(): Promise<{ store: StoreProcess; alice: string; bob: string }> {
  const store = await startStoreProcess();
  onTestFinished(store.kill);
  const [alice, bob] = [temporaryFolder("alice"), temporaryFolder("bob")];
  await runPli(alice, store.origin, "init", "--name", "Alice");
  await runPli(bob, store.origin, "init", "--name", "Bob");
  await pairHomes(store.origin, alice, bob);
  return { store, alice, bob };
}
