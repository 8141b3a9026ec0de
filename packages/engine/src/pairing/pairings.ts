import { restFirst } from "@pli/protocol/conversation";
import { toHex } from "@pli/protocol/crypto";
import { parseCard, parseDeviceCertificate } from "@pli/protocol/identity";
import { sealObject } from "@pli/protocol/object";
import {
  createInvitationLink,
  encodePairing,
  inviterStart,
  parseInvitationLink,
  parsePairing,
  pairingStep,
  responderStart,
  standingEffects,
  type PairingEffect,
  type PairingEvent,
  type PairingObject,
  type PairingState,
  type PeerInfo,
} from "@pli/protocol/pairing";
import type { PairingView } from "../api.ts";
import type { Context, Unit } from "../core/context.ts";
import { conversationIdFrom } from "../conversation/conversations.ts";
import type { Epochs } from "../conversation/epochs.ts";
import type { Messages } from "../conversation/messages.ts";
import type { Rejoining } from "../conversation/rejoin.ts";
import { isErrorCode, PliError } from "../errors.ts";
import { FEED, type ObjectAnswer } from "../feed/session.ts";
import type { Watches } from "../feed/watches.ts";
import type { Outbox, OutboxItem } from "../outbox/outbox.ts";
import type { SqlRow } from "../ports.ts";
import type { Contacts } from "../profile/contacts.ts";
import type { Profiles } from "../profile/profile.ts";
import { bytesIn, damaged, maybeBytesIn, numberIn, textIn } from "../storage/row.ts";

const INVITATION_MS = 7 * 86_400_000;
const TICK_MS = 30_000;
/** Finished pairings stay to be looked at for a day. */
const KEPT_MS = 86_400_000;
const SECRET_CHARS = 43;

/** What a pairing does beside the reducer: everything but the decision. */
export interface Pairings {
  invite(unit: Unit, p: { store: string; base: string }): Promise<string>;
  accept(unit: Unit, link: string): Promise<{ pairing: string; store: string }>;
  type(unit: Unit, id: string, digits: string): Promise<"right" | "wrong" | "malformed">;
  cancel(unit: Unit, id: string): Promise<void>;
  /** An outbox item of a pairing found its label taken. */
  taken(unit: Unit, item: OutboxItem): Promise<void>;
  /** Takes up what a stop interrupted, and lets expired ones end. */
  resume(unit: Unit): Promise<void>;
  tick(unit: Unit): Promise<void>;
  close(): void;
}

interface PairingRow {
  readonly id: string;
  readonly role: "inviter" | "responder";
  readonly store: string;
  readonly state: PairingState;
  view: PairingView;
  keyPackage: Uint8Array | undefined;
  keyPackageSecret: Uint8Array | undefined;
  groupState: Uint8Array | undefined;
}

export function createPairings(
  context: Context,
  p: {
    profiles: Profiles;
    contacts: Contacts;
    epochs: Epochs;
    messages: Messages;
    watches: Watches;
    rejoining: Rejoining;
    outbox(): Outbox;
  },
): Pairings {
  const { crypto, clock, groups } = context;
  const { profiles, contacts, epochs, messages, watches } = p;
  const seconds = (): number => Math.floor(clock.now() / 1000);
  let cancelTick = clock.after(TICK_MS, scheduledTick);

  watches.onObject("pairing", async (owner, name, answer) => {
    const event = eventFrom(name as PairingObject, answer);
    await context.transact((unit) => handle(unit, owner.slice("pairing ".length), event));
  });

  function scheduledTick(): void {
    cancelTick = clock.after(TICK_MS, scheduledTick);
    void context.transact(tick).catch(() => undefined);
  }

  async function invite(unit: Unit, { store, base }: { store: string; base: string }): Promise<string> {
    const profile = await profiles.get(unit);
    const now = clock.now();
    const expiresAt = now + INVITATION_MS;
    const { name } = profile.card;
    const started = inviterStart({
      crypto,
      now: seconds(),
      expiresAt: Math.floor(expiresAt / 1000),
      name,
      store,
      feed: FEED,
    });
    const link = createInvitationLink(crypto, { base, store, secret: started.secret });
    const view = { step: "waiting", link, expiresAt } as const;
    return begin(unit, { role: "inviter", store, state: started.state, view }, started.effects);
  }

  async function accept(unit: Unit, link: string): Promise<{ pairing: string; store: string }> {
    await profiles.get(unit);
    const invitation = parseInvitationLink(crypto, link);
    if (!invitation.ok) throw new PliError(invitation.error);
    const { store, secret } = invitation.value;
    const open = await findOpen(unit, link);
    if (open !== undefined) return { pairing: open, store };
    const started = responderStart({ crypto, now: seconds(), secret, store, feed: FEED });
    const view = { step: "opening", expiresAt: clock.now() + INVITATION_MS, link: link.trim() } as const;
    const pairing = await begin(unit, { role: "responder", store, state: started.state, view }, started.effects);
    return { pairing, store };
  }

  /** The same link opened twice is the same pairing. */
  async function findOpen(unit: Unit, link: string): Promise<string | undefined> {
    const secret = link.trim().slice(-SECRET_CHARS);
    const rows = await unit.sql.all("SELECT id, view FROM pairings WHERE open = 1 AND role = 'responder'");
    const row = rows.find((candidate) => viewFrom(candidate).link?.endsWith(secret) === true);
    return row === undefined ? undefined : textIn(row, "id");
  }

  async function begin(
    unit: Unit,
    fresh: {
      role: "inviter" | "responder";
      store: string;
      state: PairingState;
      view: Partial<PairingView> & { expiresAt: number };
    },
    effects: readonly PairingEffect[],
  ): Promise<string> {
    const id = toHex(crypto.random(16));
    const createdAt = clock.now();
    const { role, store, state } = fresh;
    const view: PairingView = { id, role, createdAt, attemptsLeft: 3, step: "waiting", ...fresh.view };
    await unit.sql.run(
      "INSERT INTO pairings (id, role, store, state, view, created_at, open) VALUES (?, ?, ?, ?, ?, ?, 1)",
      [id, role, store, encodePairing(state), JSON.stringify(view), createdAt],
    );
    unit.changed("pairings");
    const row: PairingRow = {
      id,
      role,
      store,
      state,
      view,
      keyPackage: undefined,
      keyPackageSecret: undefined,
      groupState: undefined,
    };
    await follow(unit, row, effects);
    return id;
  }

  /** One event and all that follows from it, in one transaction. */
  async function handle(unit: Unit, id: string, event: PairingEvent): Promise<void> {
    const row = await findRow(unit, id);
    if (row === undefined) return;
    const ticked = pairingStep(crypto, row.state, { type: "tick", now: seconds() });
    if (ticked.state.phase === "ended") return follow(unit, { ...row, state: ticked.state }, ticked.effects);
    if (event.type === "tick") return;
    const step = pairingStep(crypto, ticked.state, event);
    await follow(unit, { ...row, state: step.state }, step.effects);
  }

  /** Does what a step asks for, and what the answers to it ask for in turn. */
  async function follow(unit: Unit, row: PairingRow, effects: readonly PairingEffect[]): Promise<void> {
    let state = row.state;
    const queue = [...effects];
    for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) {
      const answer = await perform(unit, row, effect, state);
      if (answer === undefined) continue;
      const step = pairingStep(crypto, state, answer);
      state = step.state;
      queue.push(...step.effects);
    }
    await save(unit, row, state);
  }

  async function save(unit: Unit, row: PairingRow, state: PairingState): Promise<void> {
    const ended = state.phase === "ended";
    if (ended) delete row.view.link;
    await unit.sql.run(
      `UPDATE pairings SET state = ?, view = ?, key_package = ?, key_package_secret = ?, group_state = ?, open = ?
       WHERE id = ?`,
      [
        encodePairing(state),
        JSON.stringify(row.view),
        (ended ? undefined : row.keyPackage) ?? null,
        (ended ? undefined : row.keyPackageSecret) ?? null,
        (ended ? undefined : row.groupState) ?? null,
        ended ? 0 : 1,
        row.id,
      ],
    );
    if (ended) await watches.remove(unit, `pairing ${row.id}`);
    unit.changed("pairings");
  }

  async function perform(
    unit: Unit,
    row: PairingRow,
    effect: PairingEffect,
    state: PairingState,
  ): Promise<PairingEvent | undefined> {
    const owner = `pairing ${row.id}`;
    switch (effect.type) {
      case "put":
        return void (await put(unit, row, effect));
      case "watch": {
        const { name, seed, maxBytes } = effect;
        const look = name === "bundle" || name === "revoked" ? "look" : undefined;
        return void (await watches.add(unit, { owner, name, store: row.store, seed, maxBytes }, look));
      }
      case "unwatch":
        return void (await watches.remove(unit, owner, effect.name));
      case "needSelf":
        return introduce(unit, row);
      case "invitedBy":
        return void show(row, { peer: effect.name, step: "waiting" });
      case "code":
        return void show(row, { step: "code", say: effect.say, ...peerName(state) });
      case "wrongCode":
        return void show(row, { attemptsLeft: effect.attemptsLeft });
      case "needWelcome":
        return invitePeer(unit, row, effect.peer);
      case "join":
        return void (await joinPeer(unit, row, effect.welcome, effect.peer));
      case "paired":
        return void (await paired(unit, row, effect.peer));
      case "failed":
        return void show(row, { step: "failed", error: isErrorCode(effect.code) ? effect.code : "internal" });
    }
  }

  async function put(unit: Unit, row: PairingRow, effect: PairingEffect & { type: "put" }): Promise<void> {
    const reference = `${row.id} ${effect.name}`;
    const same = await unit.sql.all("SELECT 1 FROM outbox WHERE purpose = 'pairing' AND reference = ?", [reference]);
    if (same.length > 0) return;
    const puts = restFirst(sealObject(crypto, effect.seed, FEED, effect.bytes));
    const { store } = row;
    await p
      .outbox()
      .add(unit, { stream: `pairing ${row.id}`, store, purpose: "pairing", reference, content: undefined, puts });
  }

  async function introduce(unit: Unit, row: PairingRow): Promise<PairingEvent> {
    const profile = await profiles.get(unit);
    const self = { type: "self", card: profile.card.bytes, certificate: profile.certificate.bytes } as const;
    if (row.role === "inviter") return self;
    const made = await profiles.createKeyPackage(profile);
    row.keyPackage = made.keyPackage;
    row.keyPackageSecret = made.secret;
    return { ...self, keyPackage: made.keyPackage };
  }

  function peerName(state: PairingState): Partial<PairingView> {
    if (state.phase !== "codes") return {};
    const card = parseCard(crypto, state.card);
    return card.ok ? { peer: card.value.name } : {};
  }

  /** The code was right: the group of two is made, and the other side's welcome with it. */
  async function invitePeer(unit: Unit, row: PairingRow, peer: PeerInfo): Promise<PairingEvent> {
    const profile = await profiles.get(unit);
    const check = peerCheck(profile, peer);
    if (check === undefined || peer.keyPackage === undefined) return { type: "peerInvalid" };
    const own = await profiles.createKeyPackage(profile);
    const fresh = await groups.createGroup({ groupId: crypto.random(32), ...own });
    const made = await groups.commit(fresh, { add: [peer.keyPackage], now: seconds(), check });
    if (!made.ok || made.value.welcome === undefined) return { type: "peerInvalid" };
    row.groupState = groups.encodeState(made.value.state);
    show(row, { step: "confirming" });
    return { type: "welcome", bytes: made.value.welcome };
  }

  async function joinPeer(unit: Unit, row: PairingRow, welcome: Uint8Array, peer: PeerInfo): Promise<void> {
    const check = peerCheck(await profiles.get(unit), peer);
    const { keyPackage, keyPackageSecret: secret } = row;
    if (check === undefined || keyPackage === undefined || secret === undefined) return;
    const joined = await groups.join(welcome, { keyPackage, secret, now: seconds(), check });
    if (joined.ok && groups.members(joined.value).length === 2) row.groupState = groups.encodeState(joined.value);
  }

  /** The group accepts only this device and the one certified in the transcript. */
  function peerCheck(profile: Awaited<ReturnType<Profiles["get"]>>, peer: PeerInfo) {
    const card = parseCard(crypto, peer.card);
    if (!card.ok) return undefined;
    const certificate = parseDeviceCertificate(crypto, peer.certificate, card.value);
    if (!certificate.ok) return undefined;
    const allowed = [profile.deviceKeys.publicKey, certificate.value.deviceKey];
    const known = contacts.leafCheck(profile, card.value);
    return (credential: Uint8Array, signatureKey: Uint8Array): boolean =>
      allowed.some((key) => crypto.equal(key, signatureKey)) && known(credential, signatureKey);
  }

  async function paired(unit: Unit, row: PairingRow, peer: PeerInfo): Promise<void> {
    const card = parseCard(crypto, peer.card);
    const group = row.groupState === undefined ? undefined : groups.parseState(row.groupState);
    if (!card.ok || group?.ok !== true) return show(row, { step: "failed", error: "pairing_invalid" });
    const contact = toHex(card.value.id);
    const known = await contacts.find(unit, contact);
    const conversation = known?.conversation ?? conversationIdFrom(crypto, peer.pairwise);
    await openConversation(unit, conversation, contact, row.store);
    const [at] = await unit.sql.all("SELECT generation FROM conversations WHERE id = ?", [conversation]);
    const generation = numberIn(at ?? {}, "generation");
    const { certificate, pairwise, role } = peer;
    await contacts.add(unit, { card: card.value, certificate, level: 3, pairwise, role, conversation });
    await epochs.start(unit, { conversation, generation, feed: FEED, group: group.value });
    const added = await contacts.find(unit, contact);
    if (added !== undefined) await p.rejoining.expectOf(unit, added);
    await messages.note(unit, conversation, "paired");
    show(row, { step: "paired", peer: card.value.name, contact, conversation });
    unit.after(() => p.outbox().kick());
  }

  /** People who pair again go on in the conversation they had. */
  async function openConversation(unit: Unit, id: string, contact: string, store: string): Promise<void> {
    await unit.sql.run(
      `INSERT INTO conversations (id, contact, store, feed, generation, state, active_at) VALUES (?, ?, ?, ?, 1, 'ready', ?)
       ON CONFLICT (id) DO UPDATE SET store = excluded.store, generation = generation + 1, state = 'ready', beacon = NULL`,
      [id, contact, store, FEED, clock.now()],
    );
    unit.changed("conversations");
  }

  async function type(unit: Unit, id: string, digits: string): Promise<"right" | "wrong" | "malformed"> {
    const row = await mustFind(unit, id);
    if (row.view.step !== "code") throw new PliError("pairing_unknown");
    const plain = digits.replaceAll(/[\s\p{Pd}.]/gu, "");
    if (!/^[0-9]{4}$/.test(plain)) return "malformed";
    const before = row.view.attemptsLeft;
    await handle(unit, id, { type: "typed", digits: plain });
    const after = await mustFind(unit, id);
    if (after.view.error === "code_wrong" || after.view.attemptsLeft < before) return "wrong";
    if (after.view.step === "code") {
      show(after, { step: "confirming" });
      await save(unit, after, after.state);
    }
    return "right";
  }

  async function cancel(unit: Unit, id: string): Promise<void> {
    await mustFind(unit, id);
    await handle(unit, id, { type: "cancel" });
    await unit.sql.run("DELETE FROM pairings WHERE id = ? AND open = 0", [id]);
    unit.changed("pairings");
  }

  async function taken(unit: Unit, item: OutboxItem): Promise<void> {
    const [id = "", name = ""] = item.reference.split(" ");
    await handle(unit, id, { type: "taken", name: name as PairingObject });
  }

  async function resume(unit: Unit): Promise<void> {
    for (const id of await openIds(unit)) {
      const row = await findRow(unit, id);
      if (row === undefined) continue;
      await follow(
        unit,
        row,
        standingEffects(crypto, row.state).filter((effect) => effect.type === "watch"),
      );
    }
  }

  async function tick(unit: Unit): Promise<void> {
    for (const id of await openIds(unit)) await handle(unit, id, { type: "tick", now: seconds() });
    await unit.sql.run("DELETE FROM pairings WHERE open = 0 AND created_at < ?", [
      clock.now() - INVITATION_MS - KEPT_MS,
    ]);
  }

  async function openIds(unit: Unit): Promise<string[]> {
    return (await unit.sql.all("SELECT id FROM pairings WHERE open = 1")).map((row) => textIn(row, "id"));
  }

  return { invite, accept, type, cancel, taken, resume, tick, close: () => cancelTick() };
}

function show(row: PairingRow, change: Partial<PairingView>): void {
  row.view = { ...row.view, ...change };
}

function eventFrom(name: PairingObject, answer: ObjectAnswer): PairingEvent {
  if (answer.type === "object") return { type: "object", name, bytes: answer.bytes };
  return { type: answer.type === "absent" ? "absentObject" : "brokenObject", name };
}

async function mustFind(unit: Unit, id: string): Promise<PairingRow> {
  const row = await findRow(unit, id);
  if (row === undefined) throw new PliError("pairing_unknown");
  return row;
}

async function findRow(unit: Unit, id: string): Promise<PairingRow | undefined> {
  const [row] = await unit.sql.all("SELECT * FROM pairings WHERE id = ?", [id]);
  return row === undefined ? undefined : pairingFromRow(row);
}

function pairingFromRow(row: SqlRow): PairingRow {
  const state = parsePairing(bytesIn(row, "state"));
  if (!state.ok) return damaged("pairing");
  return {
    id: textIn(row, "id"),
    role: textIn(row, "role") === "inviter" ? "inviter" : "responder",
    store: textIn(row, "store"),
    state: state.value,
    view: viewFrom(row),
    keyPackage: maybeBytesIn(row, "key_package"),
    keyPackageSecret: maybeBytesIn(row, "key_package_secret"),
    groupState: maybeBytesIn(row, "group_state"),
  };
}

/** What people see of a pairing: the link only while it is of use, and to the one who made it. */
export function pairingViewFromRow(row: SqlRow): PairingView {
  const { link, ...view } = viewFrom(row);
  const useful = link !== undefined && view.role === "inviter" && view.step !== "paired" && view.step !== "failed";
  return useful ? { ...view, link } : view;
}

function viewFrom(row: SqlRow): PairingView {
  return JSON.parse(textIn(row, "view")) as PairingView;
}
