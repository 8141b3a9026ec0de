import type { JetStreamSettings } from "./jetstream/settings.ts";
import type { Storage } from "./storage/storage.ts";

export { isClusterAddress } from "./jetstream/settings.ts";
export type { JetStreamSettings } from "./jetstream/settings.ts";

/** Opens the cluster engine: only now is the client of NATS loaded. Rejects with a StorageError. */
export const openClusterStorage = async (
  settings: JetStreamSettings,
  options: { readonly feeds: number },
): Promise<Storage> => {
  const { openJetStreamStorage } = await import("./jetstream/jetstream-storage.ts");
  return openJetStreamStorage(settings, options);
};
