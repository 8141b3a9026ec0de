import { createGroupEngine, type GroupEngine } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import type { MessageView, WaitingView } from "./api/api.ts";
import { topicsOf, type PliApi, type Queries, type QueryName } from "./api/schema.ts";
import { createCommands } from "./api/commands.ts";
import { getConversation } from "./epochs/conversations.ts";
import { forgetDraft, saveDraft } from "./features/messages/drafts.ts";
import { createContext, type EngineOptions, type ReceiptSlots, type Tx } from "./runtime/context.ts";
import { PliError } from "./runtime/errors.ts";
import type { Session } from "./delivery/feed/session.ts";
import { createParts, type Parts } from "./parts.ts";
import type { Clock, Database, Dialer } from "./runtime/ports.ts";
import { createReaders, search, type Self } from "./api/queries.ts";
import { createStatus, readPending } from "./features/status/status.ts";
import { migrate } from "./runtime/storage/schema.ts";
import { storeAddress } from "./delivery/store/address.ts";
import { createDrain, readWaiting } from "./features/status/waiting.ts";

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
  const parts = createParts(context, {
    store,
    dialer: p.dialer,
    onMessage: (message) => messageListeners.forEach((listener) => listener(message)),
  });
  try {
    await parts.start();
  } catch (error) {
    context.clock.close();
    throw error;
  }
  return apiOf({ database, store, parts, messageListeners });
}

function apiOf({
  database,
  store,
  parts,
  messageListeners,
}: {
  database: Database;
  store: string;
  parts: Parts;
  messageListeners: Set<(message: MessageView) => void>;
}): Engine {
  const { away, context, contacts, groups, hurry, pairings, profiles, sending } = parts;
  const commands = createCommands(parts);
  const home = (): Session => parts.session(store);
  const { session, sessions } = parts;
  const drainParts = createDrain(context, {
    session,
    sessions,
    written: parts.traffic.written,
    runs: parts.slots.runs,
  });
  let closing: Promise<void> | undefined;

  const readers = createReaders({
    status: createStatus(context, { store, home, sessions: parts.sessions, away, profiles, outbox: parts.outbox }),
    away,
    store: () => ({
      store,
      feedForm: home().form() === "tags" ? "tag" : "full",
      retentionDays: home().welcome()?.retentionDays ?? 30,
    }),
    databaseBytes: () => database.size(),
    traffic: parts.traffic,
    group: groups.view,
    groupQuestions: groups.questions,
    joining: groups.joining,
    self,
  });

  async function self(tx: Tx): Promise<Self> {
    const profile = await profiles.find(tx);
    return { id: profile?.id ?? "", name: profile?.card.name ?? "" };
  }

  async function read<N extends QueryName>(
    name: N,
    parameters: Queries[N]["parameters"],
  ): Promise<Queries[N]["result"]> {
    return transact((tx) => readers[name](tx, parameters));
  }

  async function transact<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (closing !== undefined) throw new PliError("engine_gone");
    return context.transact(work);
  }

  async function typeCode(pairing: string, digits: string): Promise<void> {
    const { store: of, wrong } = await transact((tx) => pairings.type(tx, pairing, digits));
    hurry(of);
    if (wrong !== undefined) throw new PliError(wrong);
  }

  async function drain(ms: number): Promise<WaitingView & { messages: number }> {
    if (closing !== undefined) throw new PliError("engine_gone");
    await drainParts(ms).catch((error: unknown) => {
      throw closing === undefined ? error : new PliError("engine_gone");
    });
    return transact(async (tx) => ({ messages: await readPending(tx), ...(await readWaiting(tx)) }));
  }

  async function close(): Promise<void> {
    await parts.stop();
    await database.close();
  }

  return {
    watch: (name, parameters, listener) =>
      context.live.watch(topicsOf(name, parameters), () => read(name, parameters), listener),
    read,
    onMessage: (listener) => {
      messageListeners.add(listener);
      return () => void messageListeners.delete(listener);
    },
    createProfile: ({ name }) => transact((tx) => profiles.create(tx, name)),
    renameProfile: ({ name }) => transact((tx) => commands.renameProfile(tx, name)),
    createInvitation: async ({ base = store, name = "" }) => {
      const pairing = await transact(async (tx) => {
        await parts.mayPair(tx);
        return pairings.invite(tx, { store, base, name });
      });
      hurry(store);
      return { pairing };
    },
    nameInvitation: ({ pairing, name }) => transact((tx) => pairings.name(tx, pairing, name)),
    acceptInvitation: async ({ link }) => {
      const { store: at, ...accepted } = await transact(async (tx) => {
        await parts.mayPair(tx);
        return pairings.accept(tx, link);
      });
      if (at !== undefined) {
        parts.session(at);
        hurry(at);
      }
      return accepted;
    },
    typeCode: ({ pairing, digits }) => typeCode(pairing, digits),
    cancelPairing: ({ pairing }) => transact((tx) => pairings.cancel(tx, pairing)),
    sendText: async ({ conversation, text, request, draft }) => {
      const { id, store: at } = await transact(async (tx) => {
        if (draft !== undefined) await forgetDraft(tx, conversation, draft);
        const view = await sending.sendText(tx, conversation, text, request);
        return { id: view.id, store: (await getConversation(tx, conversation)).store };
      });
      hurry(at);
      return { message: id };
    },
    createGroup: (parameters) => transact((tx) => groups.commands.createGroup(tx, parameters)),
    addToGroup: (parameters) => transact((tx) => groups.commands.addToGroup(tx, parameters)),
    removeFromGroup: (parameters) => transact((tx) => groups.commands.removeFromGroup(tx, parameters)),
    setRole: (parameters) => transact((tx) => groups.commands.setRole(tx, parameters)),
    changeGroup: (parameters) => transact((tx) => groups.commands.changeGroup(tx, parameters)),
    renewGroupKeys: (parameters) => transact((tx) => groups.commands.renewGroupKeys(tx, parameters)),
    leaveGroup: (parameters) => transact((tx) => groups.commands.leaveGroup(tx, parameters)),
    cancelChange: (parameters) => transact((tx) => groups.commands.cancelChange(tx, parameters)),
    refoundGroup: (parameters) => transact((tx) => groups.commands.refoundGroup(tx, parameters)),
    answerGroupQuestion: (parameters) => transact((tx) => groups.commands.answerGroupQuestion(tx, parameters)),
    deleteConversation: (parameters) => transact((tx) => groups.commands.deleteConversation(tx, parameters)),
    resend: ({ message }) => transact((tx) => commands.resend(tx, message)),
    askForHeld: ({ message }) => transact((tx) => commands.askForHeld(tx, message)),
    forgetMessage: ({ message }) => transact((tx) => commands.forgetMessage(tx, message)),
    markRead: async ({ conversation, upTo }) => {
      while (await transact((tx) => commands.markRead(tx, conversation, upTo)));
    },
    saveDraft: async ({ conversation, text, was }) => ({
      draft: await transact((tx) => saveDraft(tx, conversation, text, was)),
    }),
    mute: ({ conversation, muted }) => transact((tx) => commands.mute(tx, conversation, muted)),
    nameContact: ({ contact, name }) => transact((tx) => contacts.setGivenName(tx, contact, name)),
    block: ({ contact, blocked, erase = false }) =>
      transact((tx) => commands.block(tx, contact, blocked, blocked && erase)),
    search: (wanted) => transact(async (tx) => search(tx, wanted, await self(tx))),
    changeSettings: (change) => transact((tx) => commands.changeSettings(tx, change)),
    reconnect: async () => {
      if (closing !== undefined) throw new PliError("engine_gone");
      parts.reconnect();
    },
    drain: ({ ms }) => drain(ms),
    close: () => (closing ??= close()),
  };
}
