import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import type { TxEvent } from "../../runtime/tx-event.ts";
import { saveSetting } from "./settings.ts";

export function createSettingsCommands(
  { receipts }: Pick<Kit, "receipts">,
  { askingChanged }: { askingChanged: TxEvent<boolean> },
) {
  return {
    changeSettings: async (tx, { readReceipts, askBeforeGroups }) => {
      if (readReceipts !== undefined) await saveSetting(tx, "readReceipts", readReceipts);
      if (readReceipts === false) await receipts.drop(tx, "read");
      if (askBeforeGroups === undefined) return;
      await saveSetting(tx, "askBeforeGroups", askBeforeGroups);
      await askingChanged.emit(tx, askBeforeGroups);
    },
  } satisfies Partial<CommandHandlers>;
}
