/** On which day each device of this person was last in use, as they tell each other. */
import { findRetentionDays } from "../../delivery/feed/positions.table.ts";
import type { Stores } from "../../delivery/stores.ts";
import type { OwnDevices } from "../../people/own-devices.ts";
import type { SelfMap } from "../../people/self-map.ts";
import type { Context, Tx } from "../../runtime/context.ts";

const DAY_MS = 86_400_000;
const DAY_BYTES = 4;
const SEEN = "seen";

export interface LastSeen {
  /**
   * The day on which it was, as a time of it: noon by UTC, or now. `backBy`: it was not seen for
   * more than half of the time for which the store keeps what it missed, which begins to go then.
   */
  of(tx: Tx, device: { id: string; addedAt: number }): Promise<{ lastSeen: number; backBy?: number }>;
  /** This device is in use today: once a day the others hear of it, when they can. */
  note(tx: Tx): Promise<void>;
}

export function createLastSeen(
  { clock }: Context,
  { ownDevices, selfMap, stores }: { ownDevices: OwnDevices; selfMap: SelfMap; stores: Stores },
): LastSeen {
  const today = (): number => Math.floor(clock.now() / DAY_MS);

  // `seen/DEVICE`: the day since 1970, four bytes, the highest first.
  selfMap.serve(SEEN, { apply: async (tx) => tx.changed("devices"), collect: async () => [] });

  async function of(tx: Tx, { id, addedAt }: { id: string; addedAt: number }): ReturnType<LastSeen["of"]> {
    if (id === (await ownDevices.self(tx))) return { lastSeen: clock.now() };
    const told = dayFrom(await selfMap.get(tx, `${SEEN}/${id}`)) ?? 0;
    const last = Math.min(Math.max(told, Math.floor(addedAt / DAY_MS)), today());
    const kept = await findRetentionDays(tx, stores.home);
    const isIdle = kept !== undefined && (today() - last) * 2 > kept;
    const lastSeen = Math.min(last * DAY_MS + DAY_MS / 2, clock.now());
    return { lastSeen, ...(isIdle && { backBy: (last + kept) * DAY_MS }) };
  }

  async function note(tx: Tx): Promise<void> {
    if (!stores.session(stores.home).isReady() || (await ownDevices.others(tx)).length === 0) return;
    const self = await ownDevices.self(tx);
    if (!(await ownDevices.removed(tx)).has(self)) await selfMap.set(tx, `${SEEN}/${self}`, bytesOf(today()));
  }

  return { of, note };
}

function bytesOf(day: number): Uint8Array {
  const bytes = new Uint8Array(DAY_BYTES);
  new DataView(bytes.buffer).setUint32(0, day);
  return bytes;
}

function dayFrom(value: Uint8Array | undefined): number | undefined {
  if (value?.length !== DAY_BYTES) return undefined;
  return new DataView(value.buffer, value.byteOffset, DAY_BYTES).getUint32(0);
}
