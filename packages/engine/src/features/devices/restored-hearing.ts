/**
 * Devices that the recovery words made are looked for, listed and answered: nobody else than who
 * has the words can make such a request (docs/protocol.md, section 7.6).
 */
import {
  answerRestore,
  MAX_RESTORE_REQUEST_BYTES,
  parseRestoreRequest,
  RESTORES_A_DAY,
  RESTORES_AHEAD,
  restoreSeeds,
  type RestorePlace,
} from "@pli/protocol/devices";
import { toHex } from "@pli/protocol/crypto";
import type { ObjectAnswer } from "../../delivery/port.ts";
import type { Watches } from "../../delivery/feed/watches.ts";
import { deleteOldWatches, listWatchNames, type Watch } from "../../delivery/feed/watches.table.ts";
import type { SendQueue } from "../../delivery/queue/send-queue.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { Profiles } from "../../people/profile.ts";
import type { Context, Tx } from "../../runtime/context.ts";
import { damaged } from "../../runtime/storage/row.ts";
import { AHEAD_DAYS, createFeedDays, DAY_MS, OLDEST_DAYS, today } from "../direct/feed-days.ts";
import { nextAfter } from "../direct/open-beacon.ts";
import type { Linking } from "./linking.ts";
import type { Made, ReturnAnswers } from "./return-answers.ts";

/** The owner of requests, and the stream in which answers leave. */
const RESTORE = "device-restore";

export interface RestoredHearing {
  tick(tx: Tx): Promise<void>;
}

export function createRestoredHearing(
  context: Context,
  deps: {
    answers: ReturnAnswers;
    linking: Pick<Linking, "forgetBack">;
    ownDevices: OwnDevices;
    profiles: Profiles;
    queue: SendQueue;
    stores: { readonly home: string };
    watches: Watches;
  },
): RestoredHearing {
  const { clock, crypto } = context;
  const { answers, ownDevices, profiles, queue, stores, watches } = deps;
  const days = createFeedDays(context);
  let expectedOn = today(clock);

  context.onReload((tx) => expect(tx));
  profiles.begun.on((tx) => expect(tx));
  // Another device has answered: this one awaits nothing.
  queue.serve(RESTORE, {
    created: async (tx) => tx.after(queue.kick),
    taken: (tx, { name }) => deps.linking.forgetBack(tx, name),
  });
  watches.onObject(RESTORE, {
    take: async (_, name, answer) => {
      await context.transact((tx) => take(tx, name, answer));
    },
    resolve: async (tx, _, name) => {
      await expect(tx, placeFrom(name));
      return (await watchesOf(tx, [placeFrom(name)]))[0];
    },
  });

  /** `shown`: this one is in the feed now, and has no row yet. */
  async function expect(tx: Tx, shown?: RestorePlace): Promise<void> {
    expectedOn = today(clock);
    if ((await profiles.find(tx)) === undefined) return;
    const owner = await ownerOf(tx);
    const seen = [...(await listWatchNames(tx, owner)).map(placeFrom), ...(shown === undefined ? [] : [shown])];
    const wanted: RestorePlace[] = [];
    for (let day = days.first(); day <= days.last(); day++) {
      const next = nextAfter(seen, day);
      for (let index = next; index < Math.min(next + RESTORES_AHEAD, RESTORES_A_DAY); index++)
        wanted.push({ day, index });
    }
    watches.expectAll(owner, await watchesOf(tx, wanted));
  }

  const secretOf = async (tx: Tx): Promise<Uint8Array> =>
    (await profiles.returnSecrets(tx))[0] ?? damaged("return secret");

  /** With the generation: its places are others. */
  const ownerOf = async (tx: Tx): Promise<string> => `${RESTORE} ${(await profiles.get(tx)).identity.generation}`;

  async function watchesOf(tx: Tx, places: readonly RestorePlace[]): Promise<Watch[]> {
    const [owner, secret] = [await ownerOf(tx), await secretOf(tx)];
    return places.map((place) => {
      const seed = restoreSeeds(crypto, secret, place).request;
      return { owner, name: nameOf(place), store: stores.home, seed, maxBytes: MAX_RESTORE_REQUEST_BYTES };
    });
  }

  async function take(tx: Tx, name: string, answer: ObjectAnswer): Promise<void> {
    await watches.done(tx, await ownerOf(tx), name);
    if (answer.type !== "object") return;
    const { identity, card } = await profiles.get(tx);
    const place = placeFrom(name);
    const asked = { place, profile: card.id, generation: identity.generation };
    const request = parseRestoreRequest(crypto, answer.bytes, asked);
    const device = request && toHex(request.device.id);
    if (request === undefined || device === undefined || device === (await ownDevices.self(tx))) return;
    if (!(await ownDevices.admit(tx, request.device))) return;
    const made = (later: Tx): Promise<Made | undefined> => answerTo(later, place, request.kemKey);
    await answers.inTurn(tx, { device, stream: `${RESTORE} ${device}`, store: stores.home, answer: made });
  }

  async function answerTo(tx: Tx, place: RestorePlace, kemKey: Uint8Array): Promise<Made | undefined> {
    const { card, certificate, deviceKeys } = await profiles.get(tx);
    const by = { device: certificate.deviceId, signKey: deviceKeys.secretKey };
    const made = answerRestore(crypto, { place, profile: card.id, kemKey, ...by });
    return made && { ...made, seed: restoreSeeds(crypto, await secretOf(tx), place).answer };
  }

  async function tick(tx: Tx): Promise<void> {
    await deleteOldWatches(tx, RESTORE, { now: clock.now(), olderThan: (OLDEST_DAYS + AHEAD_DAYS) * DAY_MS });
    if (today(clock) !== expectedOn) await expect(tx);
  }

  return { tick };
}

const nameOf = ({ day, index }: RestorePlace): string => `${day} ${index}`;

function placeFrom(name: string): RestorePlace {
  const [day = 0, index = 0] = name.split(" ").map(Number);
  return { day, index };
}
