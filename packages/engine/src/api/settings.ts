import type { SettingsView } from "./api.ts";
import type { Unit } from "../runtime/context.ts";

type Setting = keyof SettingsView;

/** Each is on until the person turns it off. */
export async function readSettings(unit: Unit): Promise<SettingsView> {
  return { readReceipts: await isOn(unit, "readReceipts"), askBeforeGroups: await isOn(unit, "askBeforeGroups") };
}

async function isOn(unit: Unit, setting: Setting): Promise<boolean> {
  const [row] = await unit.sql.all("SELECT value FROM meta WHERE key = ?", [setting]);
  return row?.["value"] !== 0;
}

export async function saveSetting(unit: Unit, setting: Setting, value: boolean): Promise<void> {
  await unit.sql.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", [setting, value ? 1 : 0]);
  unit.changed("settings");
}
