import { createGroupEngine, type GroupEngine } from "@pli/protocol/conversation";
import type { Crypto } from "@pli/protocol/crypto";
import type { Body } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { MessageView, PliApi, Queries, QueryName, StatusView } from "./api.ts";
import { createContext, type EngineOptions, type Unit } from "./core/context.ts";
import { createTraffic } from "./core/traffic.ts";
import { getConversation } from "./conversation/conversations.ts";
import { createEpochs } from "./conversation/epochs.ts";
import { createMessages } from "./conversation/messages.ts";
import { createReceipts } from "./conversation/receipts.ts";
import { createReceiving } from "./conversation/receiving.ts";
import { createRejoining } from "./conversation/rejoin.ts";
import { createSending } from "./conversation/sending.ts";
import { PliError } from "./errors.ts";
import { createSession, type Session, type SessionHandlers } from "./feed/session.ts";
import { createWatches } from "./feed/watches.ts";
import { createOutbox, type Outbox } from "./outbox/outbox.ts";
import { createPairings } from "./pairing/pairings.ts";
import type { Clock, Database, Dialer } from "./ports.ts";
import { createContacts } from "./profile/contacts.ts";
import { createProfiles } from "./profile/profile.ts";
import { createReaders, readSettings, search, topicsOf } from "./query/queries.ts";
import { migrate } from "./storage/schema.ts";
import { numberIn, textIn } from "./storage/row.ts";
import { webSocketUrl } from "./store/link.ts";

export interface Engine extends PliApi {
  /** Stops, with everything saved. Calls after it reject. */
  close(): Promise<void>;
}

/** How far a clock may be from the store's before people are told, and before nothing is paired, in seconds. */
const SKEW_SHOWN = 300;
const SKEW_REFUSED = 86_400;

const DEFAULTS: EngineOptions = {
  receiptDelay: [2_000, 10_000],
  holePatience: 120_000,
  updateAfter: 86_400_000,
  updateEvery: 100,
};

/**
 * The engine of one profile on one device: who does what, and when. It is given the world as ports and holds no
 * platform; it decides nothing that `protocol` decides. Rejects with `DatabaseError` when the database is not one of
 * this version.
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
  webSocketUrl(p.store);
  await p.database.transaction(migrate);
  const { database, crypto, clock, store } = p;
  const groups = p.groups ?? createGroupEngine(crypto);
  const context = createContext({ database, crypto, groups, clock, options: { ...DEFAULTS, ...p.options } });
  const traffic = createTraffic(context);
  const sessions = new Map<string, Session>();
  const messageListeners = new Set<(message: MessageView) => void>();
  let closed = false;

  const profiles = createProfiles(context);
  const contacts = createContacts(context);
  const messages = createMessages(context);
  const epochs = createEpochs(context);
  const watches = createWatches(context, session);
  const sending = createSending(context, { epochs, messages, profiles, contacts, outbox: () => outbox });
  const receipts = createReceipts(context, sending);
  const rejoining = createRejoining(context, {
    epochs,
    messages,
    profiles,
    contacts,
    watches,
    sending,
    outbox: () => outbox,
  });
  const receiving = createReceiving(context, {
    epochs,
    messages,
    profiles,
    contacts,
    session,
    handlers: {
      control: applyControl,
      message: messageCame,
      lost: (unit, conversation) => rejoining.start(unit, conversation),
      committed: async (unit) => unit.after(() => outbox.kick()),
    },
  });
  const pairings = createPairings(context, {
    profiles,
    contacts,
    epochs,
    messages,
    watches,
    rejoining,
    outbox: () => outbox,
  });
  const outbox: Outbox = createOutbox(context, {
    session: (address) => (closed ? undefined : session(address)),
    handlers: {
      seal: sending.seal,
      done: async (unit, item) => {
        if (item.purpose === "text") await markSent(unit, item.reference);
        if (item.purpose === "commit") await receiving.commitStored(unit, Number(item.reference));
        if (item.purpose === "pairing") unit.after(() => outbox.kick());
      },
      taken: async (unit, item) => {
        if (item.purpose === "pairing") return pairings.taken(unit, item);
        if (item.purpose === "commit") return receiving.commitTaken(unit, Number(item.reference));
        if (item.purpose === "beacon") return rejoining.beaconTaken(unit, item.reference);
        // Another has written under our label: this device's state is old. The message waits for the fresh group.
        if (item.purpose === "text") await sending.enqueueText(unit, item.reference);
        await rejoining.start(unit, item.stream.slice("conversation ".length));
      },
    },
  });

  const handlers: SessionHandlers = {
    arrived: async (unit, expectation, cell) => {
      if (expectation.kind === "object") watches.arrived(unit, expectation);
      else await receiving.arrived(unit, expectation, cell);
    },
    missed: async (unit, address) => {
      for (const row of await unit.sql.all("SELECT id FROM conversations WHERE store = ?", [address])) {
        await rejoining.start(unit, textIn(row, "id"));
      }
    },
    datesFrom: (unit, _address, day) => rejoining.expectFrom(unit, day),
    ready: () => outbox.kick(),
  };

  function session(address: string): Session {
    const known = sessions.get(address);
    if (known !== undefined) return known;
    if (closed) throw new PliError("engine_gone");
    const opened = createSession(context, { store: address, dialer: p.dialer, meter: traffic, handlers });
    sessions.set(address, opened);
    return opened;
  }

  async function markSent(unit: Unit, message: string): Promise<void> {
    const view = await messages.find(unit, message);
    if (view !== undefined) await messages.advance(unit, view.conversation, [message], "sent");
  }

  async function messageCame(unit: Unit, message: MessageView): Promise<void> {
    await receipts.note(unit, message.conversation, [message.id], "delivered");
    unit.after(() => messageListeners.forEach((listener) => listener(message)));
  }

  async function applyControl(unit: Unit, conversation: string, body: Body): Promise<void> {
    if (body.kind === "receipt") {
      await messages.advance(unit, conversation, body.delivered.map(toHex), "delivered");
      await messages.advance(unit, conversation, body.read.map(toHex), "read");
    }
    if (body.kind === "control" && body.name === "card") await applyCard(unit, conversation, body.body);
  }

  async function applyCard(unit: Unit, conversation: string, card: Uint8Array): Promise<void> {
    const contact = await contacts.ofConversation(unit, conversation);
    const change = contact === undefined ? undefined : await contacts.renew(unit, contact, card);
    if (change !== undefined) await messages.note(unit, conversation, "renamed", `${change.from}\n${change.to}`);
  }

  async function status(unit: Unit): Promise<StatusView> {
    const profile = await profiles.find(unit);
    const home = session(store);
    const { state, since, error } = home.link.state();
    const refusal = error ?? outbox.refusal();
    const [row] = await unit.sql.all(
      "SELECT count(*) AS pending FROM messages WHERE mine AND state = 'saved' AND kind = 'text'",
    );
    const catchUp = home.catchUp();
    const skew = clockSkew(home);
    const trouble = context.trouble();
    return {
      profile:
        profile === undefined ? undefined : { id: profile.id, name: profile.card.name, createdAt: profile.createdAt },
      connection: {
        state: state === "online" && !home.isReady() ? "connecting" : state,
        store,
        since,
        ...(refusal === undefined ? {} : { error: refusal }),
        ...(catchUp === undefined ? {} : { catchUp }),
      },
      pending: numberIn(row ?? {}, "pending"),
      ...(Math.abs(skew) > SKEW_SHOWN ? { clockSkew: skew } : {}),
      ...(trouble === undefined ? {} : { trouble }),
    };
  }

  /** Measured once, when the store said hello. */
  function clockSkew(home: Session): number {
    const { welcome, skew } = skews.get(home) ?? {};
    const now = home.welcome();
    if (now === undefined) return 0;
    if (welcome === now && skew !== undefined) return skew;
    const measured = Math.round(clock.now() / 1000) - now.now;
    skews.set(home, { welcome: now, skew: measured });
    return measured;
  }
  const skews = new WeakMap<Session, { welcome: unknown; skew: number }>();

  function refuseWrongClock(): void {
    if (Math.abs(clockSkew(session(store))) > SKEW_REFUSED) throw new PliError("clock_wrong");
  }

  const readers = createReaders({
    status,
    store: () => ({ store, feedForm: "full", retentionDays: session(store).welcome()?.retentionDays ?? 30 }),
    databaseBytes: () => database.size(),
    traffic,
  });

  function read<N extends QueryName>(name: N, parameters: Queries[N]["parameters"]): Promise<Queries[N]["result"]> {
    return transact((unit) => readers[name](unit, parameters));
  }

  function transact<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    return closed ? Promise.reject(new PliError("engine_gone")) : context.transact(work);
  }

  async function block(unit: Unit, id: string, blocked: boolean): Promise<void> {
    await contacts.setBlocked(unit, id, blocked);
    const contact = await contacts.find(unit, id);
    if (contact === undefined) return;
    await rejoining.expectOf(unit, contact);
    if (blocked) await epochs.ignore(unit, contact.conversation);
    else await rejoining.start(unit, contact.conversation);
  }

  async function markRead(unit: Unit, id: string): Promise<void> {
    const [row] = await unit.sql.all("SELECT read_order FROM conversations WHERE id = ?", [id]);
    if (row === undefined) throw new PliError("conversation_unknown");
    const unread = await unit.sql.all(
      "SELECT id, ord FROM messages WHERE conversation = ? AND ord > ? AND NOT mine ORDER BY ord",
      [id, numberIn(row, "read_order")],
    );
    const last = unread.at(-1);
    if (last === undefined) return;
    await unit.sql.run("UPDATE conversations SET read_order = ? WHERE id = ?", [numberIn(last, "ord"), id]);
    unit.changed("conversations");
    if (!(await readSettings(unit)).readReceipts) return;
    const shown = await unit.sql.all(
      "SELECT id FROM messages WHERE conversation = ? AND ord > ? AND NOT mine AND kind = 'text'",
      [id, numberIn(row, "read_order")],
    );
    await receipts.note(
      unit,
      id,
      shown.map((message) => textIn(message, "id")),
      "read",
    );
  }

  async function renameProfile(unit: Unit, name: string): Promise<void> {
    const profile = await profiles.rename(unit, name);
    for (const row of await unit.sql.all("SELECT id FROM conversations")) {
      await sending.enqueue(unit, textIn(row, "id"), "control", {
        kind: "control",
        name: "card",
        body: profile.card.bytes,
      });
    }
  }

  async function updateConversation(
    unit: Unit,
    id: string,
    column: "muted" | "draft",
    value: string | number,
  ): Promise<void> {
    await getConversation(unit, id);
    await unit.sql.run(`UPDATE conversations SET ${column} = ? WHERE id = ?`, [value, id]);
    unit.changed("conversations");
  }

  async function forgetMessage(unit: Unit, id: string): Promise<void> {
    const view = await messages.find(unit, id);
    if (view === undefined) throw new PliError("message_unknown");
    await unit.sql.run("DELETE FROM messages_text WHERE rowid = ?", [view.order]);
    await unit.sql.run("DELETE FROM messages WHERE ord = ?", [view.order]);
    await unit.sql.run("DELETE FROM outbox WHERE purpose = 'text' AND reference = ? AND puts IS NULL", [id]);
    unit.changed(`messages:${view.conversation}`, "conversations", "storage", "status");
  }

  async function resend(unit: Unit, id: string): Promise<void> {
    await sending.enqueueText(unit, id);
    await unit.sql.run("UPDATE messages SET state = 'saved', error = NULL WHERE id = ? AND state = 'failed'", [id]);
    const view = await messages.find(unit, id);
    if (view !== undefined) unit.changed(`messages:${view.conversation}`);
  }

  async function changeSettings(unit: Unit, change: { readReceipts?: boolean }): Promise<void> {
    if (change.readReceipts === undefined) return;
    await unit.sql.run("INSERT OR REPLACE INTO meta VALUES ('readReceipts', ?)", [change.readReceipts ? 1 : 0]);
    unit.changed("settings");
  }

  /** Every store this profile lives with: the home one, and those of conversations and pairings made elsewhere. */
  async function openSessions(unit: Unit): Promise<void> {
    const rows = await unit.sql.all(
      "SELECT store FROM conversations UNION SELECT store FROM pairings WHERE open = 1 UNION SELECT store FROM outbox",
    );
    for (const address of [store, ...rows.map((row) => textIn(row, "store"))]) unit.after(() => void session(address));
  }

  await context.transact(async (unit) => {
    await openSessions(unit);
    await receiving.resume(unit);
    await pairings.resume(unit);
    await receipts.resume(unit);
  });

  return {
    watch: (name, parameters, listener) =>
      context.live.watch(topicsOf(name, parameters), () => read(name, parameters), listener),
    read,
    onMessage: (listener) => {
      messageListeners.add(listener);
      return () => void messageListeners.delete(listener);
    },
    createProfile: ({ name }) => transact((unit) => profiles.create(unit, name)),
    renameProfile: ({ name }) => transact((unit) => renameProfile(unit, name)),
    createInvitation: async ({ base = store }) => {
      refuseWrongClock();
      return { pairing: await transact((unit) => pairings.invite(unit, { store, base })) };
    },
    acceptInvitation: async ({ link }) => {
      refuseWrongClock();
      const accepted = await transact((unit) => pairings.accept(unit, link));
      session(accepted.store);
      return { pairing: accepted.pairing };
    },
    typeCode: async ({ pairing, digits }) => {
      const outcome = await transact((unit) => pairings.type(unit, pairing, digits));
      if (outcome !== "right") throw new PliError(outcome === "wrong" ? "code_wrong" : "code_malformed");
    },
    cancelPairing: ({ pairing }) => transact((unit) => pairings.cancel(unit, pairing)),
    sendText: async ({ conversation, text }) => {
      const view = await transact((unit) => sending.sendText(unit, conversation, text));
      return { message: view.id };
    },
    resend: ({ message }) => transact((unit) => resend(unit, message)),
    forgetMessage: ({ message }) => transact((unit) => forgetMessage(unit, message)),
    markRead: ({ conversation }) => transact((unit) => markRead(unit, conversation)),
    saveDraft: ({ conversation, text }) => transact((unit) => updateConversation(unit, conversation, "draft", text)),
    mute: ({ conversation, muted }) =>
      transact((unit) => updateConversation(unit, conversation, "muted", muted ? 1 : 0)),
    nameContact: ({ contact, name }) => transact((unit) => contacts.setGivenName(unit, contact, name)),
    block: ({ contact, blocked }) => transact((unit) => block(unit, contact, blocked)),
    search: ({ text, limit }) => transact((unit) => search(unit, text, limit)),
    changeSettings: (change) => transact((unit) => changeSettings(unit, change)),
    reconnect: async () => {
      for (const open of sessions.values()) open.link.restart();
    },
    close: async () => {
      closed = true;
      pairings.close();
      receipts.close();
      outbox.close();
      await Promise.all([...sessions.values()].map((open) => open.close()));
      await traffic.flush().catch(() => undefined);
      await database.close();
    },
  };
}
