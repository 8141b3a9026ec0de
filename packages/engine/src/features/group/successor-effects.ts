/** What the reducer of successor groups asks for, done. */
import { sealMessage } from "@pli/protocol/conversation";
import { createContent, encodeContent } from "@pli/protocol/content";
import { OPEN_DAYS, consentToAdd, encodeGroupControl, type GroupControl } from "@pli/protocol/group";
import type { SuccessorEffect, SuccessorEvent, SuccessorState } from "@pli/protocol/group";
import { saveSuspects } from "../../epochs/conversations.table.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { count } from "../../runtime/counters.table.ts";
import type { HeldEpoch } from "../../epochs/epochs.ts";
import type { TxEvent } from "../../runtime/tx-event.ts";
import { deleteOursFor } from "./key-packages.table.ts";
import { deletePendingOperation, insertPendingOperation } from "./pending-operations.table.ts";
import { named } from "./people.table.ts";
import { CALL, createSuccessorFounding, type SuccessorParts } from "./successor-founding.ts";
import type { SuccessorViews } from "./successor-view.ts";

export interface SuccessorEffects {
  /** Gives the event that answers the effect. `state`: as the step left it. */
  perform(
    tx: Tx,
    id: string,
    effect: SuccessorEffect,
    state: SuccessorState | undefined,
  ): Promise<SuccessorEvent | undefined>;
  /** Says something in the group that was left behind, to those who cannot be reached elsewhere. */
  tellBehind(tx: Tx, id: string, state: SuccessorState | undefined, control: GroupControl): Promise<void>;
}

/** The key packages for one successor group are known by this. */
export const offersFor = (conversation: string): string => `${CALL} ${conversation}`;

export function createSuccessorEffects(
  context: Context,
  deps: SuccessorParts & {
    readonly views: SuccessorViews;
    readonly outOfLabels: TxEvent<string>;
    readonly founded: TxEvent<HeldEpoch>;
  },
): SuccessorEffects {
  const { clock, crypto } = context;
  const { epochs, talk, views } = deps;
  const founding = createSuccessorFounding(context, deps);

  async function perform(
    tx: Tx,
    id: string,
    effect: SuccessorEffect,
    state: SuccessorState | undefined,
  ): Promise<SuccessorEvent | undefined> {
    switch (effect.type) {
      case "gather":
        return founding.gather(tx, id);
      case "block":
        await block(tx, id, effect.suspects);
        return undefined;
      case "unblock":
        await saveSuspects(tx, id, undefined);
        return undefined;
      case "enqueue": {
        const { type: _, ...people } = effect;
        const operation = { kind: "successorGroup", ...people } as const;
        await insertPendingOperation(tx, { conversation: id, operation, createdAt: clock.now() });
        return undefined;
      }
      case "withdraw": {
        const operation = await views.operation(tx, id);
        if (operation !== undefined) await deletePendingOperation(tx, operation.id);
        return undefined;
      }
      case "say":
        await say(tx, id, effect.without);
        return undefined;
      case "found":
        await founding.found(tx, id);
        return undefined;
      case "offer":
        await offer(tx, id, effect, state);
        return undefined;
      case "bring": {
        const { profile, role, keyPackage, dueAt } = effect;
        await deps.changes.want(tx, id, { kind: "bring", profile, role, keyPackage }, dueAt);
        return undefined;
      }
      case "release":
        await epochs.release(tx, effect.epoch);
        return undefined;
      case "forgetOffers":
        await deleteOursFor(tx, offersFor(id), effect.to);
        return undefined;
      case "note":
        await deps.history.note(tx, id, effect.by, { what: effect.line, without: await named(tx, effect.without) });
        await count(tx, "refoundings");
        return undefined;
    }
  }

  /** A call in the old group may be spoilt: an owner's invitation has come all the same. */
  async function block(tx: Tx, id: string, suspects: readonly string[]): Promise<void> {
    await saveSuspects(tx, id, await named(tx, suspects));
    tx.changed("conversations");
    await deps.outOfLabels.emit(tx, id);
  }

  async function say(tx: Tx, id: string, without: readonly string[]): Promise<void> {
    const body = encodeGroupControl({ name: "group-refound", without: without.map(talk.bytes) });
    await deps.sending.enqueue(tx, id, "control", body, CALL);
  }

  async function offer(
    tx: Tx,
    id: string,
    { to, behind }: SuccessorEffect & { readonly type: "offer" },
    state: SuccessorState | undefined,
  ): Promise<void> {
    const consent = consentToAdd(talk.bytes(to));
    const keyPackage = await deps.keyPackages.make(tx, to, { consent, days: OPEN_DAYS, use: offersFor(id) });
    const answer = { name: "group-package", keyPackage } as const;
    if (behind) await tellBehind(tx, id, state, answer);
    else await talk.send(tx, id, answer);
  }

  async function tellBehind(
    tx: Tx,
    id: string,
    state: SuccessorState | undefined,
    control: GroupControl,
  ): Promise<void> {
    const held = state?.open && (await epochs.load(tx, state.open.old));
    if (held === undefined || held.retired) return;
    const content = encodeContent(createContent(crypto, clock.now(), encodeGroupControl(control)));
    const sealed = await sealMessage(context, held.epoch, held.feed, content);
    await epochs.saveStep(tx, { ...held, epoch: sealed.epoch }, held.epoch.ownLeaf);
    tx.after(sealed.wipe);
    await deps.queue.add(tx, { stream: `${CALL} ${id}`, store: held.store, reference: "", puts: sealed.puts });
  }

  return { perform, tellBehind };
}
