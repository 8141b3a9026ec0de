import type { CommandHandlers } from "../../api/handlers.ts";
import type { Kit } from "../../kit.ts";
import type { TxEvent } from "../../runtime/tx-event.ts";
import type { Tx } from "../../runtime/context.ts";
import { PliError } from "../../runtime/errors.ts";
import { isSet, readSettings, saveSetting } from "./settings.ts";

/** What others act on, and whether it is so from now on. */
export interface SettingsEvents {
  /** Whether contacts are to ask before they put this person into a group. */
  readonly askingChanged: TxEvent<boolean>;
  /** A lockdown begins, or ends. */
  readonly lockdownChanged: TxEvent<boolean>;
  /**
   * The store is to hold a copy of the messages, or not any more. `isHere`: a person said so here.
   */
  readonly copyChanged: TxEvent<{ readonly isOn: boolean; readonly isHere: boolean }>;
}

export function createSettingsCommands(
  { receipts, selfMap }: Pick<Kit, "receipts" | "selfMap">,
  { askingChanged, lockdownChanged, copyChanged }: SettingsEvents,
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
    changeSettings: async (tx, { readReceipts, askBeforeGroups, lockdown, messageCopy }) => {
      const isLockedDown = lockdown ?? (await isSet(tx, "lockdown"));
      if (isLockedDown && askBeforeGroups === false) throw new PliError("locked_down");
      if (lockdown !== undefined) await lockDown(tx, lockdown);
      if (readReceipts !== undefined) await saveSetting(tx, "readReceipts", readReceipts);
      if (readReceipts === false) await receipts.drop(tx, "read");
      if (askBeforeGroups !== undefined) await askFirst(tx, askBeforeGroups);
      const isCopyChanged = messageCopy !== undefined && messageCopy !== (await isSet(tx, "messageCopy"));
      if (isCopyChanged) await saveSetting(tx, "messageCopy", messageCopy);
      for (const [name, isOn] of Object.entries(await readSettings(tx)))
        await selfMap.set(tx, `settings/${name}`, Uint8Array.of(isOn ? 1 : 0));
      if (isCopyChanged) await copyChanged.emit(tx, { isOn: messageCopy, isHere: true });
    },
  } satisfies Partial<CommandHandlers>;
}
