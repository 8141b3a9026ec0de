/** Runs the reducer of pairings: what it asks for is done in the transaction that saves it. */
import {
  pairingStep,
  standingEffects,
  type PairingEffect,
  type PairingEvent,
  type PairingObject,
} from "@pli/protocol/pairing";
import type { Context, Tx } from "../../runtime/context.ts";
import type { ObjectAnswer } from "../../delivery/port.ts";
import type { Stores } from "../../delivery/stores.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { Reported } from "../../delivery/queue/send-queue.ts";
import type { Linking } from "../devices/linking.ts";
import { createEffects } from "./effects.ts";
import type { FoundingParts } from "./founding.ts";
import type { PairingRow } from "./pairing-row.ts";
import { deleteOldPairings, findPairing, insertPairing, listOpenPairings, savePairing } from "./pairings.table.ts";

const TICK_MS = 30_000;

export interface PairingRunner {
  /** A new pairing, and what its first step asks for. */
  begin(tx: Tx, row: PairingRow, effects: readonly PairingEffect[]): Promise<void>;
  /** One event and all that follows from it, in one transaction. */
  handle(tx: Tx, id: string, event: PairingEvent): Promise<void>;
  /** What was put at this store is not there any more: it is put again. */
  putAgain(tx: Tx, store: string): Promise<void>;
  /** What a pairing put found its label taken. */
  taken(tx: Tx, item: Reported): Promise<void>;
  /** Takes up what a stop interrupted. */
  resume(tx: Tx): Promise<void>;
}

export function createPairingRunner(
  context: Context,
  deps: FoundingParts & { linking: Linking; watches: Watches; stores: Pick<Stores, "isClockDoubted"> },
): PairingRunner {
  const { crypto, clock } = context;
  const { watches } = deps;
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

  async function begin(tx: Tx, row: PairingRow, effects: readonly PairingEffect[]): Promise<void> {
    await insertPairing(tx, row);
    await follow(tx, row, effects);
  }

  async function handle(tx: Tx, id: string, event: PairingEvent): Promise<void> {
    const row = await findPairing(tx, id);
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
    await savePairing(tx, row, state);
    if (state.phase === "ended") await watches.remove(tx, `pairing ${row.id}`);
  }

  async function taken(tx: Tx, { name: id, reference }: Reported): Promise<void> {
    await handle(tx, id, { type: "taken", name: reference as PairingObject });
  }

  async function resume(tx: Tx): Promise<void> {
    for (const id of await listOpenPairings(tx)) await stand(tx, id, "watch");
  }

  async function putAgain(tx: Tx, store: string): Promise<void> {
    for (const id of await listOpenPairings(tx)) {
      if ((await findPairing(tx, id))?.store === store) await stand(tx, id, "put");
    }
  }

  /** Does again what a pairing asks for as long as it stands where it is. */
  async function stand(tx: Tx, id: string, type: "watch" | "put"): Promise<void> {
    const row = await findPairing(tx, id);
    if (row === undefined) return;
    const standing = standingEffects(crypto, row.state).filter((effect) => effect.type === type);
    await follow(tx, row, standing);
  }

  async function tick(tx: Tx): Promise<void> {
    if (deps.stores.isClockDoubted()) return;
    for (const id of await listOpenPairings(tx)) await handle(tx, id, { type: "tick", now: seconds() });
    await deleteOldPairings(tx, clock.now());
  }

  return { begin, handle, putAgain, taken, resume };
}

function eventFrom(name: PairingObject, answer: ObjectAnswer): PairingEvent {
  if (answer.type === "object") return { type: "object", name, bytes: answer.bytes };
  return { type: answer.type === "absent" ? "absentObject" : "brokenObject", name };
}
