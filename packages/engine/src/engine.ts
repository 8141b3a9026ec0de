import { createGroupEngine, type GroupEngine } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import type { MessageView } from "./api/views.ts";
import { createApi } from "./api/handlers.ts";
import type { PliApi } from "./api/schema.ts";
import { storeAddress } from "./delivery/store/address.ts";
import { createBlockingFeature } from "./features/blocking/feature.ts";
import { createConversations } from "./features/conversations/feature.ts";
import { createDevices } from "./features/devices/feature.ts";
import { createDirect } from "./features/direct/feature.ts";
import { createGroups } from "./features/group/feature.ts";
import { createHistory } from "./features/history/feature.ts";
import * as list from "./features/list.ts";
import { createMessageCopy } from "./features/message-copy/feature.ts";
import { createMessagesFeature } from "./features/messages/feature.ts";
import { createPairing } from "./features/pairing/feature.ts";
import { createReceiptsFeature } from "./features/receipts/feature.ts";
import { createRecovery } from "./features/recovery/feature.ts";
import { createSelf } from "./features/self/feature.ts";
import { createStatusFeature } from "./features/status/feature.ts";
import { createKit, type Kit } from "./kit.ts";
import { createLife } from "./life.ts";
import { createContext, type EngineOptions, type ReceiptSlots } from "./runtime/context.ts";
import type { Feature } from "./runtime/feature.ts";
import { mergeOf } from "./runtime/merge.ts";
import type { Clock, Database, Dialer } from "./runtime/ports.ts";
import { createTables } from "./runtime/storage/feature-tables.ts";
import { migrate } from "./runtime/storage/migrate.ts";

export interface Engine extends PliApi {
  /** Stops, with everything saved. Calls after it reject. */
  close(): Promise<void>;
}

/** The slots that every client keeps: others would be seen to be others. */
export const RECEIPT_SLOTS: ReceiptSlots = { every: 600_000, window: 60_000, decoys: true };

const DEFAULTS: EngineOptions = {
  receiptSlots: RECEIPT_SLOTS,
  holePatience: 120_000,
  updateAfter: 86_400_000,
  updateEvery: 100,
  groupStateDelay: [30_000, 120_000],
  limits: {},
  backups: "written",
};

/**
 * The engine of one profile on one device: who does what, and when. It is given the world as ports
 * and holds no platform; it decides nothing that `protocol` decides. Rejects with `DatabaseError`
 * when the database is not one of this version.
 */
export async function createEngine(deps: {
  database: Database;
  crypto: Crypto;
  clock: Clock;
  dialer: Dialer;
  /** The home store, an http(s) origin: where this profile's invitations and conversations live. */
  store: string;
  groups?: GroupEngine;
  options?: Partial<EngineOptions>;
}): Promise<Engine> {
  const store = storeAddress(deps.store);
  const { database, crypto, clock } = deps;
  const groups = deps.groups ?? createGroupEngine(crypto);
  const context = createContext({ database, crypto, groups, clock, options: { ...DEFAULTS, ...deps.options } });
  const messageListeners = new Set<(message: MessageView) => void>();
  const kit = createKit(context, {
    home: store,
    dialer: deps.dialer,
    onMessage: (message) => messageListeners.forEach((listener) => listener(message)),
  });
  const features = createFeatures(kit, database);
  kit.contents.serve(mergeOf(features, "contents"));
  const all: readonly Feature[] = Object.values(features);
  const life = createLife(kit, all);
  try {
    await database.transaction(async (sql) => {
      await migrate(sql, crypto);
      await createTables(sql, all);
    });
    await life.start();
  } catch (error) {
    context.clock.close();
    throw error;
  }
  const answers = { commands: mergeOf(features, "commands"), queries: mergeOf(features, "queries") };
  const api = createApi(context, { ...answers, messageListeners });
  let closing: Promise<void> | undefined;
  return { ...api, close: () => (closing ??= life.stop().then(() => database.close())) };
}

/**
 * Every feature. One that is given another comes after it; they resume in the order of the result.
 */
function createFeatures(kit: Kit, database: Database) {
  const alone = createEach(kit);
  const direct = createDirect(kit);
  const blocking = createBlockingFeature(kit, direct);
  const devices = createDevices(kit, { direct });
  const history = createHistory(kit, { devices });
  const pairing = createPairing(kit, { ...devices, ...direct, ...blocking, settings: alone.settings });
  const receipts = createReceiptsFeature(kit);
  const messages = createMessagesFeature(kit);
  const groups = createGroups(kit, { blocking, devices, direct, messages, pairing, settings: alone.settings });
  const self = createSelf(kit, { blocking, devices, direct, groups, messages, pairing, settings: alone.settings });
  const conversations = createConversations(kit, groups);
  const messageCopy = createMessageCopy(kit, { devices, history, settings: alone.settings });
  const recovery = createRecovery(kit, { devices, direct, groups, messageCopy, settings: alone.settings });
  const status = createStatusFeature(kit, { database, receipts, self });
  return {
    ...alone,
    pairing,
    receipts,
    messages,
    direct,
    devices,
    history,
    groups,
    self,
    blocking,
    conversations,
    messageCopy,
    recovery,
    status,
  };
}

type Each = { [Name in keyof typeof list]: ReturnType<(typeof list)[Name]> };

/** The features of the list. */
function createEach(kit: Kit): Each {
  return Object.fromEntries(Object.entries(list).map(([name, create]) => [name, create(kit)])) as Each;
}
