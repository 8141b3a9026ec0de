import { existsSync } from "node:fs";
import type { Log } from "../../base/event-log.ts";
import { isClusterAddress, type JetStreamSettings } from "../../engines/jetstream/settings.ts";
import { openClusterStorage, openStorage, type EngineName } from "../../engines/open-storage.ts";
import { StorageError, type Beginning, type Storage } from "../../storage/storage.ts";
import { whileOpen } from "../while-open.ts";
import { copyStorage } from "./copy.ts";
import { beginningOf, type Copied } from "./source.ts";

/**
 * Copies the data at `from` to `to` and compares them (`copyStorage`). A place is a folder or the
 * address of a cluster, which is reached as `cluster` says. A new folder is made with `engine`.
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
  return whileOpen(open(places.from), (from) =>
    whileOpen(open(places.to, options.engine, beginningOf(from, feeds)), (to) => copyStorage(from, to, feeds)),
  );
};
