import type { CommandHandlers } from "../../api/handlers.ts";
import type { Tx } from "../../runtime/context.ts";
import type { Receipts } from "../receipts/receipts.ts";
import { saveSetting } from "./settings.ts";

export function createSettingsCommands(p: {
  receipts: Pick<Receipts, "drop">;
  groups: {
    /** The person has decided otherwise whether they want to be asked. */
    askingChanged(tx: Tx): Promise<void>;
  };
}) {
  return {
    changeSettings: async (tx, { readReceipts, askBeforeGroups }) => {
      if (readReceipts !== undefined) await saveSetting(tx, "readReceipts", readReceipts);
      if (readReceipts === false) await p.receipts.drop(tx, "read");
      if (askBeforeGroups === undefined) return;
      await saveSetting(tx, "askBeforeGroups", askBeforeGroups);
      await p.groups.askingChanged(tx);
    },
  } satisfies Partial<CommandHandlers>;
}
