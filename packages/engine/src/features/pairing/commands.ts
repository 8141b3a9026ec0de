import { MAX_OWN_DEVICES } from "@pli/protocol/devices";
import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { allowedName } from "../../people/allowed-name.ts";
import { PliError } from "../../runtime/errors.ts";
import type { Linking } from "../devices/linking.ts";
import type { Pairings } from "./pairings.ts";
import { findOwnLink } from "./pairings.table.ts";

/**
 * What a person does with invitations. Somebody waits for each of these: its store is called now.
 */
export function createPairingCommands(
  { ownDevices, profiles, stores }: Pick<Kit, "ownDevices" | "profiles" | "stores">,
  deps: {
    pairings: Pairings;
    linking: Pick<Linking, "confirm">;
    /** Rejects with what keeps this device from pairing. */
    mayPair(tx: Tx): Promise<void>;
  },
) {
  const { linking, pairings, mayPair } = deps;
  const { home, hurry, session } = stores;

  /** The store of somebody else may be one that this device does not follow yet. */
  function call(at: string | undefined): void {
    if (at === undefined) return;
    session(at);
    hurry(at);
  }

  return {
    createInvitation: async (tx, { base = home, name = "" }) => {
      await mayPair(tx);
      const pairing = await pairings.invite(tx, { purpose: "person", store: home, base, name });
      tx.after(() => hurry(home));
      return { pairing };
    },
    nameInvitation: (tx, { pairing, name }) => pairings.name(tx, pairing, name),
    acceptInvitation: async (tx, { link }) => {
      await mayPair(tx);
      const { store: at, ...accepted } = await pairings.accept(tx, "person", link);
      tx.after(() => call(at));
      return accepted;
    },
    linkThisDevice: async (tx, { name, base = home }) => {
      const underWay = await findOwnLink(tx);
      if (underWay !== undefined) return { pairing: underWay.id };
      if ((await profiles.find(tx)) !== undefined) throw new PliError("profile_exists");
      const pairing = await pairings.invite(tx, { purpose: "device", store: home, base, name: allowedName(name) });
      tx.after(() => hurry(home));
      return { pairing };
    },
    addDevice: async (tx, { link, confirmed = false }) => {
      await mayPair(tx);
      if ((await ownDevices.list(tx)).devices.length >= MAX_OWN_DEVICES) throw new PliError("too_many_devices");
      const { store: at, pairing } = await pairings.accept(tx, "device", link);
      if (confirmed) await linking.confirm(tx, pairing);
      tx.after(() => call(at));
      return { pairing };
    },
    // Wrong digits are saved as a try that is lost before the call rejects.
    typeCode: {
      inSteps: async (transact, { pairing, digits }) => {
        const { store: at, wrong } = await transact((tx) => pairings.type(tx, pairing, digits));
        hurry(at);
        if (wrong !== undefined) throw new PliError(wrong);
      },
    },
    cancelPairing: (tx, { pairing }) => pairings.cancel(tx, pairing),
  } satisfies Partial<CommandHandlers>;
}
