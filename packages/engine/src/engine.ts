import { createGroupEngine, type GroupEngine } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import type { MessageView } from "./api/api.ts";
import { createApi, type CommandHandlers, type QueryHandlers } from "./api/handlers.ts";
import type { PliApi } from "./api/schema.ts";
import { storeAddress } from "./delivery/store/address.ts";
import { createBlockingFeature } from "./features/blocking/feature.ts";
import { createConversations } from "./features/conversations/feature.ts";
import { createDirect } from "./features/direct/feature.ts";
import { createGroups } from "./features/group/feature.ts";
import { createMessagesFeature } from "./features/messages/feature.ts";
import { createPairing } from "./features/pairing/feature.ts";
import { createPeople } from "./features/people/feature.ts";
import { createReceiptsFeature } from "./features/receipts/feature.ts";
import { createSettings } from "./features/settings/feature.ts";
import { createStatusFeature } from "./features/status/feature.ts";
import { createKit, type Kit } from "./kit.ts";
import { createLife } from "./life.ts";
import { createContext, type EngineOptions, type ReceiptSlots } from "./runtime/context.ts";
import type { Clock, Database, Dialer } from "./runtime/ports.ts";
import { migrate } from "./runtime/storage/schema.ts";

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
  await deps.database.transaction((sql) => migrate(sql, deps.crypto));
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
  const life = createLife(kit, Object.values(features));
  try {
    await life.start();
  } catch (error) {
    context.clock.close();
    throw error;
  }
  const api = createApi(context, { commands: commandsOf(features), queries: queriesOf(features), messageListeners });
  let closing: Promise<void> | undefined;
  return { ...api, close: () => (closing ??= life.stop().then(() => database.close())) };
}

/**
 * Every feature. One that is given another comes after it; they resume in the order of the result.
 */
function createFeatures(kit: Kit, database: Database) {
  const people = createPeople(kit);
  const direct = createDirect(kit);
  const blocking = createBlockingFeature(kit, direct);
  const pairing = createPairing(kit, { ...direct, ...blocking });
  const receipts = createReceiptsFeature(kit);
  const messages = createMessagesFeature(kit);
  const settings = createSettings(kit);
  const groups = createGroups(kit, { blocking, direct, messages, pairing, settings });
  const conversations = createConversations(kit, groups);
  const status = createStatusFeature(kit, { database, receipts });
  return { people, pairing, receipts, messages, direct, groups, blocking, settings, conversations, status };
}

type Features = ReturnType<typeof createFeatures>;

/** What answers each command. One that no feature answers is a compile error. */
const commandsOf = (features: Features): CommandHandlers => ({
  ...features.people.commands,
  ...features.pairing.commands,
  ...features.messages.commands,
  ...features.groups.commands,
  ...features.blocking.commands,
  ...features.settings.commands,
  ...features.conversations.commands,
  ...features.status.commands,
});

/** What answers each query. */
const queriesOf = (features: Features): QueryHandlers => ({
  ...features.people.queries,
  ...features.pairing.queries,
  ...features.messages.queries,
  ...features.groups.queries,
  ...features.blocking.queries,
  ...features.settings.queries,
  ...features.conversations.queries,
  ...features.status.queries,
});
