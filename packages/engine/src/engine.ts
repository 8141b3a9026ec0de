import { createGroupEngine, type GroupEngine } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import type { MessageView } from "./api/api.ts";
import { createApi, type CommandHandlers, type QueryHandlers } from "./api/handlers.ts";
import type { PliApi } from "./api/schema.ts";
import { createContext, type EngineOptions, type ReceiptSlots, type Tx } from "./runtime/context.ts";
import type { StoreFacts } from "./delivery/port.ts";
import type { Clock, Database, Dialer } from "./runtime/ports.ts";
import { createBlockingFeature } from "./features/blocking/feature.ts";
import { createDirect } from "./features/direct/feature.ts";
import { createGroups } from "./features/group/feature.ts";
import { createMessagesFeature } from "./features/messages/feature.ts";
import { createPairing } from "./features/pairing/feature.ts";
import { createReceiptsFeature } from "./features/receipts/feature.ts";
import { createKit, type Kit } from "./kit.ts";
import { createLife } from "./life.ts";
import type { Feature } from "./runtime/feature.ts";
import { createBlockingCommands } from "./features/blocking/commands.ts";
import { blockingQueries } from "./features/blocking/queries.ts";
import { conversationCommands } from "./features/conversations/commands.ts";
import { createConversationQueries, type Self } from "./features/conversations/queries.ts";
import { createGroupQueries } from "./features/group/queries.ts";
import { createMessageCommands } from "./features/messages/commands.ts";
import { createMessageQueries } from "./features/messages/queries.ts";
import { createPairingCommands } from "./features/pairing/commands.ts";
import { createPairingQueries } from "./features/pairing/queries.ts";
import { createSettingsCommands } from "./features/settings/commands.ts";
import { settingsQueries } from "./features/settings/queries.ts";
import { createStatusCommands } from "./features/status/commands.ts";
import { createStatusQueries } from "./features/status/queries.ts";
import { createStatus } from "./features/status/status.ts";
import { createPeopleCommands } from "./people/commands.ts";
import { peopleQueries } from "./people/queries.ts";
import { migrate } from "./runtime/storage/schema.ts";
import { storeAddress } from "./delivery/store/address.ts";

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
export async function createEngine(p: {
  database: Database;
  crypto: Crypto;
  clock: Clock;
  dialer: Dialer;
  /** The home store, an http(s) origin: where this profile's invitations and conversations live. */
  store: string;
  groups?: GroupEngine;
  options?: Partial<EngineOptions>;
}): Promise<Engine> {
  const store = storeAddress(p.store);
  await p.database.transaction((sql) => migrate(sql, p.crypto));
  const { database, crypto, clock } = p;
  const groups = p.groups ?? createGroupEngine(crypto);
  const context = createContext({ database, crypto, groups, clock, options: { ...DEFAULTS, ...p.options } });
  const messageListeners = new Set<(message: MessageView) => void>();
  const kit = createKit(context, {
    home: store,
    dialer: p.dialer,
    onMessage: (message) => messageListeners.forEach((listener) => listener(message)),
  });
  const features = createFeatures(kit);
  const life = createLife(kit, features.all);
  try {
    await life.start();
  } catch (error) {
    context.clock.close();
    throw error;
  }
  const api = createApi(context, {
    commands: commandsOf(kit, features),
    queries: queriesOf(kit, features, database),
    messageListeners,
  });
  let closing: Promise<void> | undefined;
  return { ...api, close: () => (closing ??= life.stop().then(() => database.close())) };
}

type Features = ReturnType<typeof createFeatures>;

/** Every feature. One that is given another comes after it. */
function createFeatures(kit: Kit) {
  const direct = createDirect(kit);
  const { blocking } = createBlockingFeature(kit, direct);
  const pairing = createPairing(kit, { ...direct, blocking });
  const receipts = createReceiptsFeature(kit);
  const messages = createMessagesFeature(kit);
  const groups = createGroups(kit, { direct, pairing });
  const all: readonly Feature[] = [pairing, receipts, messages, direct, groups];
  return { all, blocking, groups, pairing, receipts };
}

/** Every command, by the feature that answers it. One that nobody answers is a compile error. */
function commandsOf(kit: Kit, { blocking, groups, pairing, receipts }: Features): CommandHandlers {
  const { context, stores, traffic } = kit;
  const deps = { ...kit, ...stores, store: stores.home, ...pairing, blocking, groups, self: selfOf(kit) };
  return {
    ...createPeopleCommands(deps),
    ...createPairingCommands(deps),
    ...createMessageCommands(context, deps),
    ...conversationCommands,
    ...groups.commands,
    ...createBlockingCommands(context, deps),
    ...createSettingsCommands(deps),
    ...createStatusCommands(context, { ...deps, written: traffic.written, runs: receipts.slots.runs }),
  };
}

/** The same for every query. */
function queriesOf(kit: Kit, { groups }: Features, database: Database): QueryHandlers {
  const { context, stores } = kit;
  const home = (): StoreFacts => stores.session(stores.home);
  const deps = { ...kit, ...stores, store: stores.home, home, self: selfOf(kit) };
  return {
    ...peopleQueries,
    ...createPairingQueries(deps),
    ...createMessageQueries(deps),
    ...createConversationQueries({ ...deps, joining: groups.joining }),
    ...createGroupQueries(groups),
    ...blockingQueries,
    ...settingsQueries,
    ...createStatusQueries({
      ...deps,
      status: createStatus(context, deps),
      databaseBytes: () => database.size(),
    }),
  };
}

const selfOf =
  ({ profiles }: Kit) =>
  async (tx: Tx): Promise<Self> => {
    const profile = await profiles.find(tx);
    return { id: profile?.id ?? "", name: profile?.card.name ?? "" };
  };
