import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import { PliError } from "../../runtime/errors.ts";
import type { SelfFeature } from "../self/feature.ts";
import type { Slots } from "../receipts/slots.ts";
import { countSaid, createDrain, readWaiting } from "./waiting.ts";

export function createStatusCommands(
  { context, stores, traffic }: Kit,
  { slots, tellNow }: Pick<SelfFeature, "tellNow"> & { slots: Slots },
) {
  const { session, sessions, reconnect } = stores;
  const drain = createDrain(context, { session, sessions, written: traffic.written, runs: slots.runs });
  return {
    reconnect: { inSteps: async () => reconnect() },
    drain: {
      inSteps: async (transact, { ms }) => {
        const isOver = transact(tellNow).then(() => drain(ms));
        await isOver.catch((error: unknown) => {
          throw context.clock.closed ? new PliError("engine_gone") : error;
        });
        return transact(async (tx) => ({ messages: await countSaid(tx), ...(await readWaiting(tx)) }));
      },
    },
  } satisfies Partial<CommandHandlers>;
}
