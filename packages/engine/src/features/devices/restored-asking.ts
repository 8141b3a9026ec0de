/**
 * The recovery words made this device: it says so to the others of its person, if any still run,
 * and asks them to let it in (docs/protocol.md, section 7.6).
 */
import {
  createRestoreRequest,
  createRestoreStatement,
  MAX_RESTORE_ANSWER_BYTES,
  mayStateRestore,
  openRestoreAnswer,
  restoreSeeds,
  type RestorePlace,
} from "@pli/protocol/devices";
import { fromHex, toHex, type KeyPair } from "@pli/protocol/crypto";
import { identityFromRecovery, type RecoverySecret } from "@pli/protocol/identity";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { findSelfConversation } from "../../epochs/conversations.table.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Linking } from "./linking.ts";
import { createRequests, type Written } from "./requests.ts";
import { findRestored, forgetRestored, isRestoredAlone, saveRestored, type Restored } from "./restored-alone.ts";

interface Device {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
}

export interface RestoredAsking {
  /** Another device of the person has let this one into their conversation. */
  readonly cameIn: TxEvent<void>;
  /**
   * In the transaction that makes the profile again: `at`, in seconds, as the list has it;
   * `former`: the devices of the backup.
   */
  begin(
    tx: Tx,
    p: { readonly secret: RecoverySecret; readonly at: number; readonly former: readonly Device[] },
  ): Promise<void>;
  tick(tx: Tx): Promise<void>;
}

export function createRestoredAsking(
  context: Context,
  deps: {
    linking: Pick<Linking, "comeBack" | "isComingBack" | "returned" | "returnFailed">;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    stores: { readonly home: string };
    watches: Watches;
  },
): RestoredAsking {
  const { crypto } = context;
  const { linking, ownDevices, profiles, stores } = deps;
  const cameIn: RestoredAsking["cameIn"] = createTxEvent();
  const requests = createRequests(context, { ...deps, name: "restore", write, answered });

  // It is one of several from here on, and asks as every other device does.
  linking.returned.on(async (tx) => {
    const wasRestored = await isRestoredAlone(tx);
    await forgetRestored(tx);
    await requests.close(tx);
    if (wasRestored) await cameIn.emit(tx, undefined);
  });
  linking.returnFailed.on(ask);

  async function begin(tx: Tx, { secret, at, former }: Parameters<RestoredAsking["begin"]>[1]): Promise<void> {
    const { identity, certificate } = await profiles.get(tx);
    if (!mayStateRestore(identity.generation)) return;
    const next = identityFromRecovery(crypto, secret, identity.generation + 1);
    const device = { id: certificate.deviceId, key: certificate.deviceKey, addedAt: at };
    await saveRestored(tx, {
      at,
      statement: toHex(createRestoreStatement(crypto, next, device)),
      former: former.map(({ id, key }) => ({ id: toHex(id), key: toHex(key) })),
    });
    await requests.open(tx);
  }

  async function ask(tx: Tx): Promise<void> {
    if (!(await requests.isOpen(tx)) && !(await linking.isComingBack(tx))) await requests.open(tx);
  }

  async function write(tx: Tx, place: RestorePlace, kem: KeyPair): Promise<Written | undefined> {
    const restored = await findRestored(tx);
    if (restored === undefined) return undefined;
    const profile = await profiles.get(tx);
    const [secret] = await profiles.returnSecrets(tx);
    const bytes = createRestoreRequest(crypto, {
      place,
      profile: profile.card.id,
      statement: fromHex(restored.statement) ?? damaged("restored device"),
      kemKey: kem.publicKey,
      signKey: profile.deviceKeys.secretKey,
    });
    const seeds = restoreSeeds(crypto, secret ?? damaged("return secret"), place);
    return { store: stores.home, bytes, seeds, maxAnswer: MAX_RESTORE_ANSWER_BYTES };
  }

  async function answered(tx: Tx, place: RestorePlace, kem: KeyPair, answer: Uint8Array): Promise<boolean> {
    const restored = await findRestored(tx);
    if (restored === undefined) return true;
    const opened = openRestoreAnswer(crypto, answer, {
      place,
      profile: (await profiles.get(tx)).card.id,
      kemKey: kem.publicKey,
      kemSecret: kem.secretKey,
      devices: await devicesOf(tx, restored),
    });
    if (opened === undefined) return false;
    // With another that was restored it has begun their conversation: who answers comes into that.
    if ((await findSelfConversation(tx)) !== undefined) await admit(tx, restored, opened.by);
    else await linking.comeBack(tx, { secret: opened.secret, store: stores.home });
    return true;
  }

  /** Its entry in its own list is another one: which counts is the same for all. */
  async function admit(tx: Tx, { at }: Restored, by: Device): Promise<void> {
    await ownDevices.admit(tx, { id: by.id, key: by.key, addedAt: at - 1, addedBy: by.id });
    await forgetRestored(tx);
  }

  /** Those of the backup that were not removed, and those that the words have made since. */
  async function devicesOf(tx: Tx, { former }: Restored): Promise<readonly Device[]> {
    const removed = await ownDevices.removed(tx);
    const kept = former.flatMap(({ id, key }) =>
      removed.has(id) ? [] : [{ id: fromHex(id) ?? damaged("device"), key: fromHex(key) ?? damaged("device") }],
    );
    return [...kept, ...(await ownDevices.list(tx)).devices];
  }

  async function tick(tx: Tx): Promise<void> {
    const waits = (await findRestored(tx)) !== undefined && !(await linking.isComingBack(tx));
    if (waits) await requests.look(tx);
  }

  return { cameIn, begin, tick };
}
