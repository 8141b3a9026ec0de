import type { SettingsView } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import { findFlag, saveFlag } from "../../runtime/storage/meta.ts";

type Setting = keyof SettingsView;

/** What is so until the person changes it. */
const INITIAL: SettingsView = { readReceipts: true, askBeforeGroups: true, lockdown: false };

export async function readSettings(tx: Tx): Promise<SettingsView> {
  const isOn = async (setting: Setting): Promise<boolean> => (await findFlag(tx, setting)) ?? INITIAL[setting];
  return {
    readReceipts: await isOn("readReceipts"),
    askBeforeGroups: await isOn("askBeforeGroups"),
    lockdown: await isOn("lockdown"),
  };
}

export async function saveSetting(tx: Tx, setting: Setting, value: boolean): Promise<void> {
  await saveFlag(tx, setting, value);
  tx.changed("settings");
}
