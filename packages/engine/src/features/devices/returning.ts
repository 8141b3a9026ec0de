/**
 * This device has lost the thread of the conversation of the own devices: it asks the others to let
 * it in again (docs/protocol.md, section 7.5).
 */
import {
  createReturnRequest,
  MAX_RETURN_ANSWER_BYTES,
  openReturnAnswer,
  returnSeeds,
  type ReturnPlace,
} from "@pli/protocol/devices";
import type { KeyPair } from "@pli/protocol/crypto";
import type { DeviceView } from "../../api/views.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import { findSelfConversation, setConversationState } from "../../epochs/conversations.table.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { deleteMeta, findMeta, saveMeta } from "../../runtime/storage/meta.ts";
import { damaged } from "../../runtime/storage/row.ts";
import type { Linking } from "./linking.ts";
import { createRequests, type Written } from "./requests.ts";

/** When it was first asked, in ms: until this device is back. */
const SINCE = "return-since";

type Place = Pick<ReturnPlace, "day" | "index">;

export interface Returning {
  /** Asks, unless it does already. */
  ask(tx: Tx): Promise<void>;
  /** Cells of the own conversation were missed, or this device is in a state of before. */
  lost(tx: Tx): Promise<void>;
  tick(tx: Tx): Promise<void>;
  /** How it stands with the way back; undefined: this device is where it belongs. */
  state(tx: Tx): Promise<DeviceView["returning"]>;
}

export function createReturning(
  context: Context,
  deps: {
    linking: Pick<Linking, "comeBack" | "isComingBack" | "returned">;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    stores: { readonly home: string };
    watches: Watches;
  },
): Returning {
  const { clock, crypto } = context;
  const { linking, ownDevices, profiles, stores } = deps;
  const requests = createRequests(context, { ...deps, name: "return", write, answered });

  linking.returned.on(async (tx) => {
    await requests.close(tx);
    await deleteMeta(tx, SINCE);
  });

  async function ask(tx: Tx): Promise<void> {
    if (!(await requests.isOpen(tx)) && !(await linking.isComingBack(tx))) await requests.open(tx);
  }

  /** Where the own conversation is; one that has not begun for this device begins at home. */
  const storeOf = async (tx: Tx): Promise<string> => (await findSelfConversation(tx))?.store ?? stores.home;

  async function write(tx: Tx, at: Place, kem: KeyPair): Promise<Written | undefined> {
    const isOut = (await ownDevices.removed(tx)).has(await ownDevices.self(tx));
    if (isOut || (await ownDevices.others(tx)).length === 0) return undefined;
    if ((await findMeta<number>(tx, SINCE)) === undefined) await saveMeta(tx, SINCE, clock.now());
    const profile = await profiles.get(tx);
    const place = { ...at, device: profile.certificate.deviceId };
    const [secret] = await profiles.returnSecrets(tx);
    const signKey = profile.deviceKeys.secretKey;
    const { id } = profile.card;
    return {
      store: await storeOf(tx),
      bytes: createReturnRequest(crypto, { place, profile: id, kemKey: kem.publicKey, signKey }),
      seeds: returnSeeds(crypto, secret ?? damaged("return secret"), place),
      maxAnswer: MAX_RETURN_ANSWER_BYTES,
    };
  }

  async function answered(tx: Tx, at: Place, { secretKey }: KeyPair, answer: Uint8Array): Promise<boolean> {
    const { card, certificate } = await profiles.get(tx);
    const place = { ...at, device: certificate.deviceId };
    const secret = openReturnAnswer(crypto, answer, { place, profile: card.id, kemSecret: secretKey });
    if (secret === undefined) return false;
    await linking.comeBack(tx, { secret, store: await storeOf(tx) });
    return true;
  }

  async function lost(tx: Tx): Promise<void> {
    const self = await findSelfConversation(tx);
    if (self?.state !== "ready" || (await ownDevices.others(tx)).length === 0) return;
    await setConversationState(tx, self.id, "rejoining");
    await deleteMeta(tx, SINCE);
    await ask(tx);
  }

  async function tick(tx: Tx): Promise<void> {
    const isLost = (await findSelfConversation(tx))?.state === "rejoining";
    if (isLost && !(await linking.isComingBack(tx))) await requests.look(tx);
  }

  async function state(tx: Tx): Promise<DeviceView["returning"]> {
    const self = await findSelfConversation(tx);
    const since = await findMeta<number>(tx, SINCE);
    if (self?.state !== "rejoining" || since === undefined || (await ownDevices.others(tx)).length === 0)
      return undefined;
    return { since, step: (await linking.isComingBack(tx)) ? "entering" : "asked" };
  }

  return { ask, lost, tick, state };
}
