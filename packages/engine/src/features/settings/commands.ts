import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import type { TxEvent } from "../../runtime/tx-event.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { isSet, readSettings, saveSetting } from "./settings.ts";

export function createSettingsCommands(
  { receipts, selfMap }: Pick<Kit, "receipts" | "selfMap">,
  { askingChanged, lockdownChanged }: { askingChanged: TxEvent<boolean>; lockdownChanged: TxEvent<boolean> },
) {
  async function askFirst(tx: Tx, isAsked: boolean): Promise<void> {
    await saveSetting(tx, "askBeforeGroups", isAsked);
    await askingChanged.emit(tx, isAsked);
  }

  /** Contacts ask from then on, also after it: nobody is put into groups by an end they forgot. */
  async function lockDown(tx: Tx, isOn: boolean): Promise<void> {
    await saveSetting(tx, "lockdown", isOn);
    tx.changed("conversations");
    if (isOn) await askFirst(tx, true);
    await lockdownChanged.emit(tx, isOn);
  }

  return {
    changeSettings: async (tx, { readReceipts, askBeforeGroups, lockdown }) => {
      const isLockedDown = lockdown ?? (await isSet(tx, "lockdown"));
      if (isLockedDown && askBeforeGroups === false) throw new PliError("locked_down");
      if (lockdown !== undefined) await lockDown(tx, lockdown);
      if (readReceipts !== undefined) await saveSetting(tx, "readReceipts", readReceipts);
      if (readReceipts === false) await receipts.drop(tx, "read");
      if (askBeforeGroups !== undefined) await askFirst(tx, askBeforeGroups);
      for (const [name, isOn] of Object.entries(await readSettings(tx)))
        await selfMap.set(tx, `settings/${name}`, Uint8Array.of(isOn ? 1 : 0));
    },
  } satisfies Partial<CommandHandlers>;
}
