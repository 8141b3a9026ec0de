import { existsSync } from "node:fs";
import { beginningOf, copyStorage, type Copied } from "./copy.ts";
import { isClusterAddress, type JetStreamSettings } from "../../engines/jetstream/settings.ts";
import type { Log } from "../../base/event-log.ts";
import { openStorage, type EngineName } from "../../engines/open-storage.ts";
import { StorageError, type Beginning, type Storage } from "../../storage/storage.ts";

export { isClusterAddress, type JetStreamSettings } from "../../engines/jetstream/settings.ts";

interface Opening {
  readonly feeds: number;
  readonly begin?: Beginning | undefined;
}

/** Opens the cluster engine: only now is the client of NATS loaded. Rejects with a StorageError. */
export const openClusterStorage = async (settings: JetStreamSettings, options: Opening): Promise<Storage> => {
  const { openJetStreamStorage } = await import("../../engines/jetstream/jetstream-storage.ts");
  return openJetStreamStorage(settings, options);
};

/**
 * Copies the data at `from` to `to` and compares them (`copyStorage`). A place is a folder or the
 * address of a cluster, which is then reached as `cluster` says; a new folder is made with
 * `engine`.
 */
export const copyPlace = async (
  places: { readonly from: string; readonly to: string },
  options: {
    readonly feeds: number;
    readonly engine?: EngineName | undefined;
    readonly cluster: Omit<JetStreamSettings, "address">;
    readonly log: Log;
  },
): Promise<Copied> => {
  const { feeds, cluster, log } = options;
  if (!isClusterAddress(places.from) && !existsSync(places.from)) {
    throw new StorageError("data_unusable", `${places.from} does not exist`, { file: places.from });
  }
  const open = (place: string, engine?: EngineName, begin?: Beginning): Promise<Storage> =>
    isClusterAddress(place)
      ? openClusterStorage({ ...cluster, address: place }, { feeds, begin })
      : openStorage({ folder: place, feeds, engine, begin, log });
  const from = await open(places.from);
  try {
    const to = await open(places.to, options.engine, beginningOf(from, feeds));
    try {
      return await copyStorage(from, to, feeds);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
};
