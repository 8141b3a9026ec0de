import type { SettingsView } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import { findFlag, saveFlag } from "../../runtime/storage/meta.ts";

type Setting = keyof SettingsView;

/** Each is on until the person turns it off. */
export async function readSettings(tx: Tx): Promise<SettingsView> {
  return { readReceipts: await isOn(tx, "readReceipts"), askBeforeGroups: await isOn(tx, "askBeforeGroups") };
}

const isOn = async (tx: Tx, setting: Setting): Promise<boolean> => (await findFlag(tx, setting)) ?? true;

export async function saveSetting(tx: Tx, setting: Setting, value: boolean): Promise<void> {
  await saveFlag(tx, setting, value);
  tx.changed("settings");
}
