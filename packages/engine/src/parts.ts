import type { Acknowledged, Body } from "@pli/protocol/content";
import { toHex } from "@pli/protocol/crypto";
import type { MessageView, StoreAway } from "./api/api.ts";
import type { Context, Tx } from "./runtime/context.ts";
import { createTraffic, type Traffic } from "./delivery/traffic.ts";
import { createCommits, type Commits, type CommitHandlers } from "./epochs/commits.ts";
import { createBlocking, type Blocking } from "./features/blocking/blocking.ts";
import { createContents, type Said } from "./epochs/contents.ts";
import { findConversation, streamOf } from "./epochs/conversations.ts";
import { createDisappearing } from "./features/disappearing/disappearing.ts";
import { createEpochs } from "./epochs/epochs.ts";
import { forgetErased } from "./features/messages/erasing.ts";
import { createRevokedSenders } from "./epochs/revoked-senders.ts";
import { createMessages, type Messages } from "./features/messages/messages.ts";
import { createOwnLabels, type OwnLabels } from "./epochs/own-labels.ts";
import { createReceipts, type Receipts } from "./features/receipts/receipts.ts";
import { createReceiving, type Receiving } from "./epochs/receiving.ts";
import { createRejoining, type Rejoining } from "./features/direct/rejoin.ts";
import { createSending, type Sending } from "./epochs/sending.ts";
import { createSlots, type Slots } from "./features/receipts/slots.ts";
import { createEpochRoles } from "./epochs/epoch-roles.ts";
import { PliError, type ErrorCode } from "./runtime/errors.ts";
import { createMovedStores } from "./delivery/feed/moved-stores.ts";
import { createRelay, type Relay } from "./delivery/feed/relay.ts";
import { createSession, type Session } from "./delivery/feed/session.ts";
import { createWatches } from "./delivery/feed/watches.ts";
import { createGroups, type Groups } from "./features/group/groups.ts";
import { createOutbox, type Outbox, type OutboxItem } from "./delivery/outbox/outbox.ts";
import { createPairings, type Pairings } from "./features/pairing/pairings.ts";
import type { Dialer } from "./runtime/ports.ts";
import { createContacts, type Contacts } from "./people/contacts.ts";
import { createProfiles, type Profiles } from "./people/profile.ts";
import { awayFrom } from "./features/status/status.ts";
import { textIn } from "./runtime/storage/row.ts";

/** How often what depends on the day is looked at. */
const HOUR_MS = 3_600_000;
/**
 * A clock that is further from the store's than so many seconds erases nothing, and pairs with
 * nobody.
 */
const DOUBTED_SECONDS = 86_400;

/** The parts of an engine, bound to each other. */
export interface Parts {
  readonly context: Context;
  readonly traffic: Traffic;
  readonly profiles: Profiles;
  readonly contacts: Contacts;
  readonly messages: Messages;
  readonly sending: Sending;
  readonly groups: Groups;
  readonly receipts: Receipts;
  readonly slots: Slots;
  readonly blocking: Blocking;
  readonly pairings: Pairings;
  readonly outbox: Outbox;
  /** The line to a store, opened when it is first asked for. */
  session(store: string): Session;
  /** Rejects with what keeps this device from pairing: `clock_wrong`, `profile_out_of_time`. */
  mayPair(tx: Tx): Promise<void>;
  /** The lines that are open. */
  sessions(): Iterable<Session>;
  /** The store at this address, while it does not answer. */
  away(store: string): StoreAway | undefined;
  /** Takes up what a stop interrupted, and dials. */
  start(): Promise<void>;
  reconnect(): void;
  /** Somebody waits for this store: it is called now if there is no line to it. */
  hurry(store: string): void;
  /** Nothing happens by itself any more. */
  stop(): Promise<void>;
}

export function createParts(
  context: Context,
  p: { store: string; dialer: Dialer; onMessage(message: MessageView): void },
): Parts {
  const { clock } = context;
  const sessions = new Map<string, Relay>();
  const left: Promise<void>[] = [];
  const moved = createMovedStores(context, {
    home: p.store,
    replaced: (tx) => missed(tx, p.store, "replaced"),
    left: (address) => {
      const old = sessions.get(address);
      sessions.delete(address);
      if (old !== undefined) left.push(old.goOnAs(session(p.store)));
    },
  });
  const traffic = createTraffic(context);
  const profiles = createProfiles(context);
  const contacts = createContacts(context);
  const disappearing = createDisappearing(context, { isClockDoubted });
  const messages = createMessages(context, { profiles, disappearing });
  const epochRoles = createEpochRoles(context);
  const revokedSenders = createRevokedSenders(epochRoles);
  const epochs = createEpochs(context, { epochRoles, revokedSenders });
  const watches = createWatches(context, session);
  const later = {
    outbox: () => outbox,
    commits: () => commits,
    receiving: () => receiving,
    ownLabels: () => ownLabels,
  };
  const receipts = createReceipts(context, { contacts, noted: () => slots.noted() });
  const known = { epochs, epochRoles, messages, profiles, contacts, watches, session, storeNow: moved.now, ...later };
  const pump = (tx: Tx, conversation: string): Promise<void> => groups.pump(tx, conversation);
  const sending = createSending(context, { ...known, receipts, pump });
  const slots: Slots = createSlots(context, { receipts, sending, outbox: later.outbox, session });
  const talking = { ...known, sending };
  const blocking = createBlocking(context, {
    contacts,
    messages,
    receipts,
    rejoining: () => rejoining,
    isCaughtUp: (store) => sessions.get(moved.now(store))?.isReady() === true,
  });
  const rejoining: Rejoining = createRejoining(context, {
    ...talking,
    begun: (tx, contact) => groups.reached(tx, contact),
  });
  const groups: Groups = createGroups(context, { ...talking, store: p.store, onMessage: p.onMessage, letGo });
  const commitHandlers: CommitHandlers = {
    settled,
    onRemoved: groups.onRemoved,
    unopened: groups.unopened,
    ignored: groups.ignored,
    jammed: groups.jammed,
    lost: outdated,
    caughtUp: groups.caughtUp,
    begun: (tx) => tx.after(() => outbox.kick()),
  };
  const commits: Commits = createCommits(context, { ...talking, handlers: commitHandlers });
  const { apply, mayFetch } = createContents(context, {
    messages,
    epochRoles,
    handlers: {
      isUnheard: blocking.isUnheard,
      drop: blocking.drop,
      control: applyControl,
      riding: acknowledge,
      mayHaveSaid: async (tx, { held, leaf }) =>
        revokedSenders.counts(tx, held, leaf, (await epochs.current(tx, held.conversation)) ?? held),
      isOut: (tx, said) => groups.isOut(tx, said),
      message: async (tx, message) => {
        await receipts.note(tx, message.from, [message.id], "delivered");
        tx.after(() => p.onMessage(message));
      },
      duplicate: (tx, { sender }, message) => receipts.note(tx, sender, [message], "delivered"),
    },
  });
  const { renewLabels } = groups;
  const ownLabels: OwnLabels = createOwnLabels(context, { epochs, epochRoles, session, outdated, renewLabels });
  const receiving: Receiving = createReceiving(context, {
    epochs,
    messages,
    commits,
    apply,
    mayFetch,
    session,
    epochRoles,
    ownLabels,
  });
  const pairings = createPairings(context, {
    ...talking,
    rejoining,
    blocking,
    isClockDoubted,
    mendProfile,
    met: groups.paired,
  });
  const outbox: Outbox = createOutbox(context, {
    session: (address) => (clock.closed ? undefined : session(address)),
    storeNow: moved.now,
    handlers: { seal: sending.seal, done, taken, refused: (tx, item, code) => refused(tx, item, code) },
  });

  function session(address: string): Session {
    const store = moved.now(address);
    const known = sessions.get(store);
    if (known !== undefined) return known;
    if (clock.closed) throw new PliError("engine_gone");
    const isHome = store === p.store;
    const dialer = isHome ? p.dialer : moved.dialer(p.dialer);
    const opened = createRelay(createSession(context, { store, isHome, dialer, meter: traffic, handlers }));
    sessions.set(store, opened);
    return opened;
  }

  function away(address: string): StoreAway | undefined {
    const open = sessions.get(moved.now(address));
    return open && awayFrom(open);
  }

  /** Those that answer are left alone while others do not. */
  function reconnect(): void {
    const all = [...sessions.values()];
    const silent = all.filter(({ link }) => link.state().state !== "online");
    for (const { link } of silent.length > 0 ? silent : all) link.restart();
  }

  /** A store that nothing here needs any more is not called any more. */
  function letGo(tx: Tx, address: string): void {
    tx.after(() => {
      void context
        .transact(async (later) => {
          const store = moved.now(address);
          if ((await storesIn(later)).has(store)) return;
          later.after(() => {
            const open = sessions.get(store);
            sessions.delete(store);
            if (open !== undefined) left.push(open.close());
          });
        })
        .catch(() => undefined);
    });
  }

  const handlers: Parameters<typeof createSession>[1]["handlers"] = {
    greeted: moved.greeted,
    arrived: (tx, expectation, cell) => {
      if (expectation.kind === "object") return watches.arrived(tx, expectation);
      if (expectation.kind === "settled") return groups.shownAgain(tx, expectation, cell);
      return receiving.arrived(tx, expectation, cell);
    },
    missed,
    ready: (address) => {
      outbox.kick();
      slots.keep(address);
      if (address === p.store) context.later(0, settleTime);
      context.later(0, async (tx) => {
        await blocking.caughtUp(tx, address);
        await giveUp(tx);
      });
    },
  };

  async function missed(tx: Tx, address: string, why: "expired" | "replaced"): Promise<void> {
    if (why === "replaced") await pairings.putAgain(tx, address);
    const retentionDays = session(address).welcome()?.retentionDays;
    for (const row of await tx.sql.all("SELECT id, state FROM conversations WHERE store = ?", [address])) {
      const id = textIn(row, "id");
      const isIn = row["state"] === "ready" || row["state"] === "rejoining";
      if (why === "expired" && isIn && retentionDays !== undefined) await messages.noteAway(tx, id, retentionDays);
      await lost(tx, id, why);
    }
  }

  async function lost(tx: Tx, id: string, why: "expired" | "replaced"): Promise<void> {
    const conversation = await findConversation(tx, id);
    await (conversation?.kind === "group" ? groups.lost(tx, id, why) : rejoining.start(tx, id, why));
  }

  /**
   * Two begin anew at once; in a group it can take a while until somebody brings this device back.
   */
  async function outdated(tx: Tx, id: string): Promise<void> {
    const conversation = await findConversation(tx, id);
    await (conversation?.kind === "group" ? groups.outdated(tx, id) : rejoining.start(tx, id));
  }

  /** A conversation of two has no history of its epochs. */
  async function settled(tx: Tx, event: Parameters<CommitHandlers["settled"]>[1]): Promise<void> {
    if (epochRoles.rules(event.after) !== undefined) await groups.settled(tx, event);
  }

  async function done(tx: Tx, item: OutboxItem): Promise<void> {
    if (item.purpose === "decoy") return;
    if (item.purpose === "commit") return commits.stored(tx, item.reference);
    if (item.purpose === "pairing") tx.changed("pairings");
    if (item.purpose === "pairing" || item.purpose === "beacon") return tx.after(() => outbox.kick());
    if (item.purpose !== "text") return groups.stored(tx, item);
    const view = await messages.find(tx, item.reference);
    if (view === undefined) return;
    await tx.sql.run("UPDATE messages SET left_at = ? WHERE id = ? AND mine", [clock.now(), view.id]);
    await messages.advance(tx, view.conversation, [view.id], "sent");
  }

  /**
   * Another has written where this device was to write: its state is old, or somebody was faster.
   */
  async function taken(tx: Tx, item: OutboxItem): Promise<void> {
    if (item.purpose === "pairing") return pairings.taken(tx, item);
    if (item.purpose === "commit") return commits.taken(tx, item.reference);
    if (item.purpose === "beacon") return rejoining.taken(tx, item);
    if (item.purpose === "object" || item.purpose === "decoy") return;
    const conversation = item.stream.slice(streamOf("").length);
    const now = await epochs.current(tx, conversation);
    if (now !== undefined && now.id === item.epoch) await ownLabels.taken(tx, now);
  }

  async function refused(tx: Tx, item: OutboxItem, code: ErrorCode): Promise<void> {
    if (item.purpose === "text") await messages.fail(tx, item.reference, code);
  }

  /** Who has what between two, however it was said: on its own, or riding in a message. */
  async function acknowledge(tx: Tx, { conversation, sender }: Said, said: Acknowledged): Promise<void> {
    if (conversation.kind !== "direct") return;
    await messages.acknowledge(tx, sender, said.delivered.map(toHex), "delivered");
    await messages.acknowledge(tx, sender, said.read.map(toHex), "read");
  }

  async function applyControl(tx: Tx, said: Said, body: Body): Promise<void> {
    const isBetweenTwo = said.conversation.kind === "direct";
    if (body.kind === "receipt") await acknowledge(tx, said, body);
    if (body.kind !== "control") return;
    if (body.name !== "card") await groups.control(tx, said, body.name, body.body);
    else if (isBetweenTwo) await applyCard(tx, said.conversation.id, body.body);
    else await groups.card(tx, said, body.body);
  }

  async function applyCard(tx: Tx, conversation: string, card: Uint8Array): Promise<void> {
    const contact = await contacts.ofConversation(tx, conversation);
    const change = contact && (await contacts.renew(tx, contact, card));
    if (change !== undefined && contact?.blocked === false)
      await messages.noteRenamed(tx, conversation, contact.id, change);
  }

  async function start(): Promise<void> {
    await context.transact(async (tx) => {
      await watches.resume(tx);
      await commits.resume(tx);
      await receiving.resume(tx);
      await pairings.resume(tx);
      await slots.resume(tx);
      await groups.resume(tx);
      await openSessions(tx);
    });
    clock.after(0, hourly);
  }

  /**
   * Every store this profile lives with: the home one, and those of conversations and pairings made
   * elsewhere.
   */
  async function openSessions(tx: Tx): Promise<void> {
    for (const address of await storesIn(tx)) tx.after(() => void session(address));
  }

  async function storesIn(tx: Tx): Promise<Set<string>> {
    const rows = await tx.sql.all(
      "SELECT store FROM conversations UNION SELECT store FROM pairings WHERE open = 1 UNION SELECT store FROM outbox",
    );
    return new Set([p.store, ...rows.map((row) => textIn(row, "store"))]);
  }

  function hourly(): void {
    clock.after(HOUR_MS, hourly);
    void context
      .transact(async (tx) => {
        await settleTime(tx);
        await sending.renew(tx);
        await giveUp(tx);
        await rejoining.tick(tx);
        await groups.tick(tx);
        await context.budgets.tick(tx);
      })
      .catch(() => undefined);
  }

  /**
   * What has had its time is erased, and what was made at a wrong one mended: not while this clock
   * may be the one that is wrong.
   */
  async function settleTime(tx: Tx): Promise<void> {
    await disappearing.sweep(tx);
    if (isClockDoubted()) return;
    await profiles.mend(tx);
    await epochs.eraseOld(tx);
    await groups.giveUpOld(tx);
    await forgetErased(context, tx);
  }

  async function mayPair(tx: Tx): Promise<void> {
    if (Math.abs(session(p.store).skew()) > DOUBTED_SECONDS) throw new PliError("clock_wrong");
    await mendProfile(tx);
    if (!isClockDoubted() && (await profiles.isOutOfTime(tx))) throw new PliError("profile_out_of_time");
  }

  async function mendProfile(tx: Tx): Promise<void> {
    if (!isClockDoubted()) await profiles.mend(tx);
  }

  /**
   * Whether the home store says that this device's clock is wrong by more than a day, or has not
   * been heard and may say so.
   */
  function isClockDoubted(): boolean {
    const off = session(p.store).clockOff();
    return off === undefined || Math.abs(off) > DOUBTED_SECONDS;
  }

  /**
   * Receipts that have come are read, and the clock is right: then what the store has dropped,
   * nobody got.
   */
  async function giveUp(tx: Tx): Promise<void> {
    for (const open of sessions.values()) {
      const retentionDays = open.welcome()?.retentionDays;
      if (retentionDays === undefined || !open.isReady() || Math.abs(open.skew()) > DOUBTED_SECONDS) continue;
      await sending.giveUp(tx, open.store, retentionDays);
    }
  }

  async function stop(): Promise<void> {
    clock.close();
    await Promise.all([...sessions.values()].map((open) => open.close()).concat(left));
    await traffic.flush().catch(() => undefined);
  }

  return {
    context,
    traffic,
    profiles,
    contacts,
    messages,
    sending,
    groups,
    receipts,
    slots,
    blocking,
    pairings,
    outbox,
    session,
    mayPair,
    sessions: () => sessions.values(),
    away,
    start,
    reconnect,
    hurry: (address) => sessions.get(moved.now(address))?.link.hurry(),
    stop,
  };
}
