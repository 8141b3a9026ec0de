import type { SettingsView } from "../../api/api.ts";
import type { Tx } from "../../runtime/context.ts";

type Setting = keyof SettingsView;

/** Each is on until the person turns it off. */
export async function readSettings(tx: Tx): Promise<SettingsView> {
  return { readReceipts: await isOn(tx, "readReceipts"), askBeforeGroups: await isOn(tx, "askBeforeGroups") };
}

async function isOn(tx: Tx, setting: Setting): Promise<boolean> {
  const [row] = await tx.sql.all("SELECT value FROM meta WHERE key = ?", [setting]);
  return row?.["value"] !== 0;
}

export async function saveSetting(tx: Tx, setting: Setting, value: boolean): Promise<void> {
  await tx.sql.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [setting, value ? 1 : 0]);
  tx.changed("settings");
}
