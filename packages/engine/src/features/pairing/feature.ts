import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import type { Feature } from "../../runtime/feature.ts";
import { createTxEvent, type TxEvent } from "../../runtime/tx-event.ts";
import type { Contact } from "../../people/contacts.ts";
import type { Blocking } from "../blocking/blocking.ts";
import type { Linking } from "../devices/linking.ts";
import type { Rejoining } from "../direct/rejoin.ts";
import { refuseInLockdown } from "../lockdown/lockdown.ts";
import type { SettingsFeature } from "../settings/feature.ts";
import { createPairingCommands } from "./commands.ts";
import { createPairings } from "./pairings.ts";
import { createPairingQueries } from "./queries.ts";
import { PAIRING } from "./pairing-row.ts";
import { createPairingRunner } from "./pairing-runner.ts";
import { isPairingOnItsWay, listOpenPairings, listPairingStores, movePairings } from "./pairings.table.ts";

/** How two people become contacts. */
export interface Pairing extends Feature {
  readonly commands: ReturnType<typeof createPairingCommands>;
  readonly queries: ReturnType<typeof createPairingQueries>;
  /** Somebody has become a contact. */
  readonly met: TxEvent<Contact>;
}

export function createPairing(
  kit: Kit,
  deps: { linking: Linking; rejoining: Rejoining; blocking: Blocking; settings: SettingsFeature },
): Pairing {
  const { context, profiles, queue, scheduler, stores } = kit;
  const met: Pairing["met"] = createTxEvent();
  const runner = createPairingRunner(context, { ...kit, ...deps, met });
  const pairings = createPairings(context, { ...kit, runner });

  queue.serve(PAIRING, {
    created: async (tx) => {
      tx.changed("pairings");
      tx.after(queue.kick);
    },
    taken: runner.taken,
  });
  // The other side must know the group before the first message in it.
  scheduler.hold(async (tx, { id }) => ((await isPairingOnItsWay(tx, id)) ? "founding" : undefined));
  stores.neededBy(listPairingStores);
  stores.moved.on((tx, { from, to }) => movePairings(tx, from, to));
  stores.missed.on(async (tx, { store, why }) => {
    if (why === "replaced") await runner.putAgain(tx, store);
  });

  deps.settings.lockdownChanged.on(async (tx, isOn) => {
    for (const id of isOn ? await listOpenPairings(tx) : []) await pairings.cancel(tx, id);
  });

  /**
   * Rejects with what keeps this device from pairing: `locked_down`, `clock_wrong`,
   * `profile_out_of_time`.
   */
  async function mayPair(tx: Tx): Promise<void> {
    await refuseInLockdown(tx);
    if (stores.doubtsClock(stores.session(stores.home))) throw new PliError("clock_wrong");
    await profiles.mend(tx);
    if (!stores.isClockDoubted() && (await profiles.isOutOfTime(tx))) throw new PliError("profile_out_of_time");
  }

  return {
    commands: createPairingCommands(kit, { linking: deps.linking, pairings, mayPair }),
    queries: createPairingQueries(kit),
    met,
    resume: runner.resume,
  };
}
