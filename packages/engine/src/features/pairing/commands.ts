import type { CommandHandlers } from "../../api/handlers.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import type { Pairings } from "./pairings.ts";

/**
 * What a person does with invitations. Somebody waits for each of these: its store is called now.
 */
export function createPairingCommands({
  pairings,
  store,
  mayPair,
  session,
  hurry,
}: {
  pairings: Pairings;
  /** The home store. */
  store: string;
  /** Rejects with what keeps this device from pairing. */
  mayPair(tx: Tx): Promise<void>;
  /** Opens the line to a store. */
  session(store: string): unknown;
  hurry(store: string): void;
}) {
  return {
    createInvitation: async (tx, { base = store, name = "" }) => {
      await mayPair(tx);
      const pairing = await pairings.invite(tx, { store, base, name });
      tx.after(() => hurry(store));
      return { pairing };
    },
    nameInvitation: (tx, { pairing, name }) => pairings.name(tx, pairing, name),
    acceptInvitation: async (tx, { link }) => {
      await mayPair(tx);
      const { store: at, ...accepted } = await pairings.accept(tx, link);
      tx.after(() => {
        if (at === undefined) return;
        session(at);
        hurry(at);
      });
      return accepted;
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
