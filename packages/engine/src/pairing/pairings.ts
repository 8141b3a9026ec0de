import { toHex } from "@pli/protocol/crypto";
import {
  createInvitationLink,
  inviterStart,
  parseInvitationLink,
  pairingStep,
  responderStart,
  standingEffects,
  type PairingEffect,
  type PairingEvent,
  type PairingObject,
  type PairingState,
} from "@pli/protocol/pairing";
import type { PairingView } from "../api.ts";
import type { Context, Unit } from "../core/context.ts";
import { PliError, type ErrorCode } from "../errors.ts";
import { FEED, type ObjectAnswer } from "../feed/fetching.ts";
import type { Watches } from "../feed/watches.ts";
import type { OutboxItem } from "../outbox/outbox.ts";
import { codeFrom, createEffects } from "./effects.ts";
import type { FoundingParts } from "./founding.ts";
import { findByLink, findRow, getRow, insertRow, openIds, saveRow, show, type PairingRow } from "./rows.ts";

const INVITATION_MS = 7 * 86_400_000;
const TICK_MS = 30_000;
/** Finished pairings stay to be looked at for a day. */
const KEPT_MS = 86_400_000;
const SECRET_CHARS = 43;

/** The pairings of this device: each a reducer that decides, and what it asks for, done in the transaction that saves it. */
export interface Pairings {
  invite(unit: Unit, p: { store: string; base: string }): Promise<string>;
  accept(unit: Unit, link: string): Promise<{ pairing: string; store: string }>;
  /** Undefined when the digits were right; otherwise what to tell, once this is saved. */
  type(unit: Unit, id: string, digits: string): Promise<ErrorCode | undefined>;
  cancel(unit: Unit, id: string): Promise<void>;
  /** What was put at this store is not there any more: it is put again. */
  putAgain(unit: Unit, store: string): Promise<void>;
  /** An outbox item of a pairing found its label taken. */
  taken(unit: Unit, item: OutboxItem): Promise<void>;
  /** Takes up what a stop interrupted, and lets expired ones end. */
  resume(unit: Unit): Promise<void>;
  tick(unit: Unit): Promise<void>;
}

export function createPairings(
  context: Context,
  p: FoundingParts & { watches: Watches; storeNow(address: string): string; isClockDoubted(): boolean },
): Pairings {
  const { crypto, clock } = context;
  const { profiles, watches } = p;
  const perform = createEffects(context, p);
  const seconds = (): number => Math.floor(clock.now() / 1000);
  clock.after(TICK_MS, scheduledTick);

  watches.onObject("pairing", {
    take: async (owner, name, answer) => {
      const event = eventFrom(name as PairingObject, answer);
      await context.transact((unit) => handle(unit, owner.slice("pairing ".length), event));
    },
  });

  function scheduledTick(): void {
    clock.after(TICK_MS, scheduledTick);
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
    const { secret } = invitation.value;
    const store = p.storeNow(invitation.value.store);
    const open = await findByLink(unit, link.trim().slice(-SECRET_CHARS));
    if (open !== undefined) return { pairing: open, store };
    // What was sealed before the store moved names the address of the link.
    const started = responderStart({ crypto, now: seconds(), secret, store: invitation.value.store, feed: FEED });
    const view = { step: "opening", expiresAt: clock.now() + INVITATION_MS, link: link.trim() } as const;
    const pairing = await begin(unit, { role: "responder", store, state: started.state, view }, started.effects);
    return { pairing, store };
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
    const nothing = { keyPackage: undefined, keyPackageSecret: undefined, groupState: undefined };
    const row: PairingRow = { id, role, store, state, view, ...nothing };
    await insertRow(unit, row);
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
    await saveRow(unit, row, state);
    if (state.phase === "ended") await watches.remove(unit, `pairing ${row.id}`);
  }

  async function type(unit: Unit, id: string, digits: string): Promise<ErrorCode | undefined> {
    const row = await getRow(unit, id);
    if (row.view.step !== "code") throw new PliError("pairing_unknown");
    const plain = digits.replaceAll(/[\s\p{Pd}.]/gu, "");
    if (!/^[0-9]{4}$/.test(plain)) return "code_malformed";
    await handle(unit, id, { type: "typed", digits: plain });
    const after = await getRow(unit, id);
    if (after.view.step === "failed") return codeFrom(after.view.error ?? "");
    if (after.view.attemptsLeft < row.view.attemptsLeft) return "code_wrong";
    if (after.view.step !== "code") return undefined;
    show(after, { step: "confirming" });
    await saveRow(unit, after, after.state);
  }

  async function cancel(unit: Unit, id: string): Promise<void> {
    await getRow(unit, id);
    await handle(unit, id, { type: "cancel" });
    await unit.sql.run("DELETE FROM pairings WHERE id = ? AND open = 0", [id]);
    unit.changed("pairings");
  }

  async function taken(unit: Unit, item: OutboxItem): Promise<void> {
    const [id = "", name = ""] = item.reference.split(" ");
    await handle(unit, id, { type: "taken", name: name as PairingObject });
  }

  async function resume(unit: Unit): Promise<void> {
    for (const id of await openIds(unit)) await stand(unit, id, "watch");
  }

  async function putAgain(unit: Unit, store: string): Promise<void> {
    for (const id of await openIds(unit)) {
      if ((await findRow(unit, id))?.store === store) await stand(unit, id, "put");
    }
  }

  /** Does again what a pairing asks for as long as it stands where it is. */
  async function stand(unit: Unit, id: string, type: "watch" | "put"): Promise<void> {
    const row = await findRow(unit, id);
    if (row === undefined) return;
    const standing = standingEffects(crypto, row.state).filter((effect) => effect.type === type);
    await follow(unit, row, standing);
  }

  async function tick(unit: Unit): Promise<void> {
    if (p.isClockDoubted()) return;
    for (const id of await openIds(unit)) await handle(unit, id, { type: "tick", now: seconds() });
    await unit.sql.run("DELETE FROM pairings WHERE open = 0 AND abs(? - created_at) > ?", [
      clock.now(),
      INVITATION_MS + KEPT_MS,
    ]);
  }

  return { invite, accept, type, cancel, putAgain, taken, resume, tick };
}

function eventFrom(name: PairingObject, answer: ObjectAnswer): PairingEvent {
  if (answer.type === "object") return { type: "object", name, bytes: answer.bytes };
  return { type: answer.type === "absent" ? "absentObject" : "brokenObject", name };
}
