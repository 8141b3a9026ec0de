/** The real store on its log engine, each put checked before its commit. */
import { openStorage, startStore, StorageError, type Storage } from "../../packages/store/src/index.ts";
import { checkOf, CHECKS, type Check } from "./checks.ts";

/** What it is started with. */
export type StoreArguments = readonly [folder: string, port: string, check: Check];

const MANY = 1_000_000_000;
const [folder = "", port = "", name = ""] = process.argv.slice(2);
const check = checkOf[CHECKS.find((known) => known === name) ?? "none"];
const inThreads = name === "blinded-threads";

const storage = await openStorage({ folder, feeds: 1, engine: "log", log: () => {} });

/** With threads the checks of one commit go on while the one before is written. */
const checked: Storage = {
  ...storage,
  commitsAtOnce: inThreads ? 2 : storage.commitsAtOnce,
  commit: async (puts, day) => {
    const isProved = inThreads ? await Promise.all(puts.map(async (put) => check(put))) : puts.map(check);
    if (isProved.includes(false)) throw new StorageError("internal", "a put without its proof");
    return storage.commit(puts, day);
  },
};

await startStore({
  data: folder,
  port: Number(port),
  storage: name === "none" ? storage : checked,
  limits: { putsPerSecond: MANY, putBurst: MANY, putsPerSecondPerAddress: MANY, putBurstPerAddress: MANY },
});
