import type { CommandHandlers } from "../../api/handlers.ts";
import type { Context } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { readPending } from "./status.ts";
import { createDrain, readWaiting } from "./waiting.ts";

export function createStatusCommands(context: Context, p: Parameters<typeof createDrain>[1] & { reconnect(): void }) {
  const drain = createDrain(context, p);
  return {
    reconnect: { inSteps: async () => p.reconnect() },
    drain: {
      inSteps: async (transact, { ms }) => {
        await drain(ms).catch((error: unknown) => {
          throw context.clock.closed ? new PliError("engine_gone") : error;
        });
        return transact(async (tx) => ({ messages: await readPending(tx), ...(await readWaiting(tx)) }));
      },
    },
  } satisfies Partial<CommandHandlers>;
}
