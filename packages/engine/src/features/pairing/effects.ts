import { restFirst } from "@pli/protocol/conversation";
import { parseCard } from "@pli/protocol/identity";
import { sealObject } from "@pli/protocol/object";
import type { PairingEffect, PairingEvent, PairingState } from "@pli/protocol/pairing";
import type { PairingView } from "../../api/views.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { isErrorCode, type ErrorCode } from "../../runtime/errors.ts";
import { FEED } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { Linking } from "../devices/linking.ts";
import { createFounding, type FoundingParts } from "./founding.ts";
import { listReferences, withdrawItems } from "../../delivery/queue/send-queue.table.ts";
import { pairingStream, show, type PairingRow } from "./pairing-row.ts";

/**
 * Does one thing a pairing asks for; gives the event that answers it, if it has an answer. `state`
 * is where the pairing stands.
 */
type Perform = (
  tx: Tx,
  row: PairingRow,
  effect: PairingEffect,
  state: PairingState,
) => Promise<PairingEvent | undefined>;

export function createEffects(context: Context, deps: FoundingParts & { linking: Linking; watches: Watches }): Perform {
  const { crypto, clock } = context;
  const { watches } = deps;
  const people = createFounding(context, deps);

  return async function perform(tx, row, effect, state) {
    const owner = `pairing ${row.id}`;
    const founding = row.view.purpose === "device" ? deps.linking : people;
    switch (effect.type) {
      case "put":
        return void (await put(tx, row, effect));
      case "watch": {
        const { name, seed, maxBytes } = effect;
        const look = name === "bundle" || name === "revoked" ? "look" : undefined;
        return void (await watches.add(tx, { owner, name, store: row.store, seed, maxBytes }, look));
      }
      case "unwatch":
        return void (await watches.remove(tx, owner, effect.name));
      case "needSelf":
        return founding.introduce(tx, row);
      case "invitedBy":
        return void show(row, { peer: effect.name, step: "waiting" });
      case "code":
        return void show(row, { step: "code", say: effect.say, ...peerName(state) });
      case "wrongCode":
        return void show(row, { attemptsLeft: effect.attemptsLeft });
      case "needWelcome":
        return founding.invitePeer(tx, row, effect.peer);
      case "join":
        return founding.joinPeer(tx, row, effect.welcome, effect.peer);
      case "paired":
        return void (await founding.paired(tx, row, effect.peer));
      case "failed":
        await deps.linking.stop(tx, row.id);
        show(row, { step: "failed", error: codeFrom(effect.code), endedAt: clock.now() });
        return void (await dropPuts(tx, row.id));
    }
  };

  async function put(tx: Tx, row: PairingRow, effect: PairingEffect & { type: "put" }): Promise<void> {
    const stream = pairingStream(row.id);
    if ((await listReferences(tx, stream)).includes(effect.name)) return;
    const puts = restFirst(sealObject(crypto, effect.seed, FEED, effect.bytes));
    await deps.queue.add(tx, { stream, store: row.store, reference: effect.name, puts });
  }

  /** The pairing has failed: of what it had still to write, only the word that it has is of use. */
  async function dropPuts(tx: Tx, id: string): Promise<void> {
    await withdrawItems(tx, pairingStream(id), (name) => !/(?:Refused|revoked)$/i.test(name));
  }

  function peerName(state: PairingState): Partial<PairingView> {
    if (state.phase !== "codes") return {};
    const card = parseCard(crypto, state.card);
    return card.ok ? { peer: card.value.name } : {};
  }
}

export function codeFrom(code: string): ErrorCode {
  return isErrorCode(code) ? code : "internal";
}
