import type { Body } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { MessageView } from "./api.ts";
import type { Context, Unit } from "./core/context.ts";
import { createTraffic, type Traffic } from "./core/traffic.ts";
import { createCommits } from "./conversation/commits.ts";
import { createContents } from "./conversation/contents.ts";
import { streamOf } from "./conversation/conversations.ts";
import { createEpochs, type Epochs } from "./conversation/epochs.ts";
import { createMessages, type Messages } from "./conversation/messages.ts";
import { createReceipts, type Receipts } from "./conversation/receipts.ts";
import { createReceiving } from "./conversation/receiving.ts";
import { createRejoining, type Rejoining } from "./conversation/rejoin.ts";
import { createSending, type Sending } from "./conversation/sending.ts";
import { PliError } from "./errors.ts";
import { createSession, type Session } from "./feed/session.ts";
import { createWatches } from "./feed/watches.ts";
import { createOutbox, type Outbox, type OutboxItem } from "./outbox/outbox.ts";
import { createPairings, type Pairings } from "./pairing/pairings.ts";
import type { Dialer } from "./ports.ts";
import { createContacts, type Contacts } from "./profile/contacts.ts";
import { createProfiles, type Profiles } from "./profile/profile.ts";
import { textIn } from "./storage/row.ts";

/** How often what depends on the day is looked at. */
const HOUR_MS = 3_600_000;

/** The parts of an engine, bound to each other. */
export interface Parts {
  readonly context: Context;
  readonly traffic: Traffic;
  readonly profiles: Profiles;
  readonly contacts: Contacts;
  readonly messages: Messages;
  readonly epochs: Epochs;
  readonly sending: Sending;
  readonly receipts: Receipts;
  readonly rejoining: Rejoining;
  readonly pairings: Pairings;
  readonly outbox: Outbox;
  /** The line to a store, opened when it is first asked for. */
  session(store: string): Session;
  /** Takes up what a stop interrupted, and dials. */
  start(): Promise<void>;
  reconnect(): void;
  /** Nothing happens by itself any more. */
  stop(): Promise<void>;
}

export function createParts(
  context: Context,
  p: { store: string; dialer: Dialer; onMessage(message: MessageView): void },
): Parts {
  const { clock } = context;
  const sessions = new Map<string, Session>();
  const traffic = createTraffic(context);
  const profiles = createProfiles(context);
  const contacts = createContacts(context);
  const messages = createMessages(context);
  const epochs = createEpochs(context);
  const watches = createWatches(context, session);
  const sending = createSending(context, { epochs, messages, profiles, contacts, outbox: () => outbox });
  const receipts = createReceipts(context, sending);
  const talking = { epochs, messages, profiles, contacts, watches, sending, outbox: () => outbox };
  const rejoining = createRejoining(context, talking);
  const lost = (unit: Unit, conversation: string): Promise<void> => rejoining.start(unit, conversation);
  const commits = createCommits(context, {
    epochs,
    profiles,
    contacts,
    session,
    lost,
    begun: (unit) => unit.after(() => outbox.kick()),
  });
  const apply = createContents(context, {
    messages,
    contacts,
    handlers: {
      control: applyControl,
      message: async (unit, message) => {
        await receipts.note(unit, message.conversation, [message.id], "delivered");
        unit.after(() => p.onMessage(message));
      },
      duplicate: (unit, conversation, message) => receipts.note(unit, conversation, [message], "delivered"),
    },
  });
  const receiving = createReceiving(context, { epochs, messages, commits, apply, session, lost });
  const pairings = createPairings(context, { ...talking, rejoining });
  const outbox: Outbox = createOutbox(context, {
    session: (address) => (clock.closed ? undefined : session(address)),
    handlers: { seal: sending.seal, done, taken, refused: (unit, item, code) => refused(unit, item, code) },
  });

  function session(address: string): Session {
    const known = sessions.get(address);
    if (known !== undefined) return known;
    if (clock.closed) throw new PliError("engine_gone");
    const opened = createSession(context, { store: address, dialer: p.dialer, meter: traffic, handlers });
    sessions.set(address, opened);
    return opened;
  }

  const handlers: Parameters<typeof createSession>[1]["handlers"] = {
    arrived: (unit, expectation, cell) =>
      expectation.kind === "object" ? watches.arrived(unit, expectation) : receiving.arrived(unit, expectation, cell),
    missed: async (unit, address, why) => {
      if (why === "replaced") await pairings.putAgain(unit, address);
      for (const row of await unit.sql.all("SELECT id FROM conversations WHERE store = ?", [address])) {
        await lost(unit, textIn(row, "id"));
      }
    },
    ready: () => outbox.kick(),
  };

  async function done(unit: Unit, item: OutboxItem): Promise<void> {
    if (item.purpose === "commit") return commits.stored(unit, Number(item.reference));
    if (item.purpose === "pairing" || item.purpose === "beacon") return unit.after(() => outbox.kick());
    if (item.purpose !== "text") return;
    const view = await messages.find(unit, item.reference);
    if (view !== undefined) await messages.advance(unit, view.conversation, [view.id], "sent");
  }

  /** Another has written where this device was to write: its state is old, or somebody was faster. */
  async function taken(unit: Unit, item: OutboxItem): Promise<void> {
    if (item.purpose === "pairing") return pairings.taken(unit, item);
    if (item.purpose === "commit") return commits.taken(unit, Number(item.reference));
    if (item.purpose === "beacon") return rejoining.taken(unit, item);
    const conversation = item.stream.slice(streamOf("").length);
    const now = await epochs.current(unit, conversation);
    if (now?.id === item.epoch) await lost(unit, conversation);
  }

  async function refused(unit: Unit, item: OutboxItem, code: string): Promise<void> {
    if (item.purpose === "text") await messages.fail(unit, item.reference, code);
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

  async function start(): Promise<void> {
    await context.transact(async (unit) => {
      await openSessions(unit);
      await watches.resume(unit);
      await commits.resume(unit);
      await receiving.resume(unit);
      await pairings.resume(unit);
      await receipts.resume(unit);
    });
    clock.after(0, hourly);
  }

  /** Every store this profile lives with: the home one, and those of conversations and pairings made elsewhere. */
  async function openSessions(unit: Unit): Promise<void> {
    const rows = await unit.sql.all(
      "SELECT store FROM conversations UNION SELECT store FROM pairings WHERE open = 1 UNION SELECT store FROM outbox",
    );
    for (const address of [p.store, ...rows.map((row) => textIn(row, "store"))])
      unit.after(() => void session(address));
  }

  function hourly(): void {
    clock.after(HOUR_MS, hourly);
    void context
      .transact(async (unit) => {
        await epochs.eraseOld(unit);
        await rejoining.tick(unit);
      })
      .catch(() => undefined);
  }

  async function stop(): Promise<void> {
    clock.close();
    await Promise.all([...sessions.values()].map((open) => open.close()));
    await traffic.flush().catch(() => undefined);
  }

  return {
    context,
    traffic,
    profiles,
    contacts,
    messages,
    epochs,
    sending,
    receipts,
    rejoining,
    pairings,
    outbox,
    session,
    start,
    reconnect: () => sessions.forEach((open) => open.link.restart()),
    stop,
  };
}
