import type { SettingsView } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import { findFlag, saveFlag } from "../../runtime/storage/meta.ts";

type Setting = keyof SettingsView;

/** What is so until the person changes it. */
const INITIAL: SettingsView = { readReceipts: true, askBeforeGroups: true, lockdown: false, messageCopy: false };

export const SETTINGS = Object.keys(INITIAL) as readonly Setting[];
export const isSetting = (name: string): name is Setting => Object.hasOwn(INITIAL, name);

export const isSet = async (tx: Tx, setting: Setting): Promise<boolean> =>
  (await findFlag(tx, setting)) ?? INITIAL[setting];

export const readSettings = async (tx: Tx): Promise<SettingsView> => ({
  readReceipts: await isSet(tx, "readReceipts"),
  askBeforeGroups: await isSet(tx, "askBeforeGroups"),
  lockdown: await isSet(tx, "lockdown"),
  messageCopy: await isSet(tx, "messageCopy"),
});

export async function saveSetting(tx: Tx, setting: Setting, value: boolean): Promise<void> {
  await saveFlag(tx, setting, value);
  tx.changed("settings");
}
