import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import type { Pairings } from "./pairings.ts";

/**
 * What a person does with invitations. Somebody waits for each of these: its store is called now.
 */
export function createPairingCommands(
  { stores }: Pick<Kit, "stores">,
  deps: {
    pairings: Pairings;
    /** Rejects with what keeps this device from pairing. */
    mayPair(tx: Tx): Promise<void>;
  },
) {
  const { pairings, mayPair } = deps;
  const { home, hurry, session } = stores;

  return {
    createInvitation: async (tx, { base = home, name = "" }) => {
      await mayPair(tx);
      const pairing = await pairings.invite(tx, { store: home, base, name });
      tx.after(() => hurry(home));
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
