import { concat, toHex, utf8 } from "@pli/protocol/crypto";
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
import type { PairingView } from "../../api/api.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { PliError, type ErrorCode } from "../../runtime/errors.ts";
import { FEED, type ObjectAnswer } from "../../delivery/port.ts";
import type { Stores } from "../../delivery/stores.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { Reported } from "../../delivery/queue/send-queue.ts";
import { nameOfOnesOwn } from "../../people/allowed-name.ts";
import { codeFrom, createEffects } from "./effects.ts";
import type { FoundingParts } from "./founding.ts";
import { eraseOldRows, eraseRow, findByMark, findRow, getRow, insertRow, openIds, saveRow, show } from "./rows.ts";
import type { KeptView, PairingRow } from "./rows.ts";

const INVITATION_MS = 7 * 86_400_000;
const TICK_MS = 30_000;
const MARK_BYTES = 16;

/** How an opening ended that may well end otherwise another time; the rest is over for good. */
const TRY_AGAIN: ReadonlySet<string> = new Set([
  "invitation_not_found",
  "invitation_newer",
  "invitation_expired",
  "pairing_clocks_differ",
]);

/**
 * The pairings of this device: each a reducer that decides, and what it asks for, done in the
 * transaction that saves it.
 */
export interface Pairings {
  invite(tx: Tx, p: { store: string; base: string; name: string }): Promise<string>;
  name(tx: Tx, id: string, name: string): Promise<void>;
  /**
   * `store`: where it has to be looked for. `own`: an invitation of one's own, which stays as it
   * is.
   */
  accept(tx: Tx, link: string): Promise<{ pairing: string; store?: string; own?: true }>;
  /** Its store; and what to tell, once this is saved, unless the digits were right. */
  type(tx: Tx, id: string, digits: string): Promise<{ store: string; wrong: ErrorCode | undefined }>;
  cancel(tx: Tx, id: string): Promise<void>;
  /** What was put at this store is not there any more: it is put again. */
  putAgain(tx: Tx, store: string): Promise<void>;
  /** What a pairing put found its label taken. */
  taken(tx: Tx, item: Reported): Promise<void>;
  /** Takes up what a stop interrupted, and lets expired ones end. */
  resume(tx: Tx): Promise<void>;
  tick(tx: Tx): Promise<void>;
}

export function createPairings(
  context: Context,
  deps: FoundingParts & { watches: Watches; stores: Pick<Stores, "now" | "isClockDoubted"> },
): Pairings {
  const { crypto, clock } = context;
  const { profiles, watches } = deps;
  const perform = createEffects(context, deps);
  const seconds = (): number => Math.floor(clock.now() / 1000);
  clock.after(TICK_MS, scheduledTick);

  watches.onObject("pairing", {
    take: async (owner, name, answer) => {
      const event = eventFrom(name as PairingObject, answer);
      await context.transact((tx) => handle(tx, owner.slice("pairing ".length), event));
    },
  });

  function scheduledTick(): void {
    clock.after(TICK_MS, scheduledTick);
    void context.transact(tick).catch(() => undefined);
  }

  async function invite(tx: Tx, wanted: { store: string; base: string; name: string }): Promise<string> {
    const { store, base } = wanted;
    const ownName = nameOfOnesOwn(wanted.name);
    const profile = await profiles.get(tx);
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
    const view = { step: "waiting", name: ownName, mark: markOf(started.secret), link, expiresAt } as const;
    return begin(tx, { role: "inviter", store, state: started.state, view }, started.effects);
  }

  /**
   * Nothing is put or burned for a link that was opened here before, nor for one that was made
   * here.
   */
  async function accept(tx: Tx, link: string): Promise<{ pairing: string; store?: string; own?: true }> {
    await profiles.get(tx);
    const invitation = parseInvitationLink(crypto, link);
    if (!invitation.ok) throw new PliError(invitation.error);
    const { secret } = invitation.value;
    const mark = markOf(secret);
    const known = await findByMark(tx, mark);
    if (known?.role === "inviter") return { pairing: known.id, own: true };
    const store = deps.stores.now(invitation.value.store);
    if (known !== undefined && !TRY_AGAIN.has(known.error ?? "")) return { pairing: known.id, store };
    if (known !== undefined) await eraseRow(tx, known.id);
    // What was sealed before the store moved names the address of the link.
    const started = responderStart({ crypto, now: seconds(), secret, store: invitation.value.store, feed: FEED });
    const view = { step: "opening", name: "", mark, expiresAt: clock.now() + INVITATION_MS } as const;
    const pairing = await begin(tx, { role: "responder", store, state: started.state, view }, started.effects);
    return { pairing, store };
  }

  /** By this a link is known again when its secret is forgotten. */
  function markOf(secret: Uint8Array): string {
    return toHex(crypto.sha256(concat(utf8("pli invitation mark v1"), secret)).subarray(0, MARK_BYTES));
  }

  async function name(tx: Tx, id: string, wanted: string): Promise<void> {
    const row = await getRow(tx, id);
    show(row, { name: nameOfOnesOwn(wanted) });
    await saveRow(tx, row, row.state);
  }

  async function begin(
    tx: Tx,
    fresh: {
      role: "inviter" | "responder";
      store: string;
      state: PairingState;
      view: Partial<PairingView> & Pick<KeptView, "expiresAt" | "mark" | "name">;
    },
    effects: readonly PairingEffect[],
  ): Promise<string> {
    const id = toHex(crypto.random(16));
    const createdAt = clock.now();
    const { role, store, state } = fresh;
    const view: KeptView = { id, role, createdAt, attemptsLeft: 3, step: "waiting", ...fresh.view };
    const nothing = { keyPackage: undefined, keyPackageSecret: undefined, groupState: undefined };
    const row: PairingRow = { id, role, store, state, view, ...nothing };
    await insertRow(tx, row);
    await follow(tx, row, effects);
    return id;
  }

  /** One event and all that follows from it, in one transaction. */
  async function handle(tx: Tx, id: string, event: PairingEvent): Promise<void> {
    const row = await findRow(tx, id);
    if (row === undefined) return;
    const ticked = pairingStep(crypto, row.state, { type: "tick", now: seconds() });
    if (ticked.state.phase === "ended") return follow(tx, { ...row, state: ticked.state }, ticked.effects);
    if (event.type === "tick") return;
    const step = pairingStep(crypto, ticked.state, event);
    await follow(tx, { ...row, state: step.state }, step.effects);
  }

  /** Does what a step asks for, and what the answers to it ask for in turn. */
  async function follow(tx: Tx, row: PairingRow, effects: readonly PairingEffect[]): Promise<void> {
    let state = row.state;
    const queue = [...effects];
    for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) {
      const answer = await perform(tx, row, effect, state);
      if (answer === undefined) continue;
      const step = pairingStep(crypto, state, answer);
      state = step.state;
      queue.push(...step.effects);
    }
    await saveRow(tx, row, state);
    if (state.phase === "ended") await watches.remove(tx, `pairing ${row.id}`);
  }

  async function type(tx: Tx, id: string, digits: string): ReturnType<Pairings["type"]> {
    const row = await getRow(tx, id);
    if (row.view.step !== "code") throw new PliError("pairing_unknown");
    return { store: row.store, wrong: await typed(tx, row, digits.replaceAll(/[\s\p{Pd}.]/gu, "")) };
  }

  async function typed(tx: Tx, { id, view }: PairingRow, digits: string): Promise<ErrorCode | undefined> {
    if (!/^[0-9]{4}$/.test(digits)) return "code_malformed";
    await handle(tx, id, { type: "typed", digits });
    const after = await getRow(tx, id);
    if (after.view.step === "failed") return codeFrom(after.view.error ?? "");
    if (after.view.attemptsLeft < view.attemptsLeft) return "code_wrong";
    if (after.state.phase === "codes" && !after.state.heard) return "code_own";
    if (after.view.step !== "code") return undefined;
    show(after, { step: "confirming" });
    await saveRow(tx, after, after.state);
  }

  async function cancel(tx: Tx, id: string): Promise<void> {
    await getRow(tx, id);
    await handle(tx, id, { type: "cancel" });
    await eraseRow(tx, id);
  }

  async function taken(tx: Tx, { name: id, reference }: Reported): Promise<void> {
    await handle(tx, id, { type: "taken", name: reference as PairingObject });
  }

  async function resume(tx: Tx): Promise<void> {
    for (const id of await openIds(tx)) await stand(tx, id, "watch");
  }

  async function putAgain(tx: Tx, store: string): Promise<void> {
    for (const id of await openIds(tx)) {
      if ((await findRow(tx, id))?.store === store) await stand(tx, id, "put");
    }
  }

  /** Does again what a pairing asks for as long as it stands where it is. */
  async function stand(tx: Tx, id: string, type: "watch" | "put"): Promise<void> {
    const row = await findRow(tx, id);
    if (row === undefined) return;
    const standing = standingEffects(crypto, row.state).filter((effect) => effect.type === type);
    await follow(tx, row, standing);
  }

  async function tick(tx: Tx): Promise<void> {
    if (deps.stores.isClockDoubted()) return;
    for (const id of await openIds(tx)) await handle(tx, id, { type: "tick", now: seconds() });
    await eraseOldRows(tx, clock.now());
  }

  return { invite, name, accept, type, cancel, putAgain, taken, resume, tick };
}

function eventFrom(name: PairingObject, answer: ObjectAnswer): PairingEvent {
  if (answer.type === "object") return { type: "object", name, bytes: answer.bytes };
  return { type: answer.type === "absent" ? "absentObject" : "brokenObject", name };
}
