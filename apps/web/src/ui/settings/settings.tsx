import type { ReactNode } from "react";
import { WayOut } from "../base/home-link.tsx";
import { NotFound } from "../base/not-found.tsx";
import { useWords } from "../language.tsx";
import { usePlace } from "../router.tsx";
import { ArchiveScreen } from "../archive/screen.tsx";
import { AddDeviceScreen } from "../devices/add.tsx";
import { DevicesScreen } from "../devices/list.tsx";
import { RecoveryScreen } from "../recovery/screen.tsx";
import { AboutScreen } from "./about.tsx";
import { DuressScreen } from "./duress.tsx";
import { KnowledgeScreen } from "./knowledge.tsx";
import { AppearanceScreen, LanguageScreen } from "./look.tsx";
import { LockSettings } from "./lock-settings.tsx";
import { SettingsMenu } from "./menu.tsx";
import { NotificationsScreen } from "./notifications.tsx";
import { PrivacyScreen } from "./privacy.tsx";
import { ProfileScreen } from "./profile.tsx";
import { ProfilesScreen } from "./profiles.tsx";
import { StarredScreen } from "./starred.tsx";
import { StorageScreen } from "./storage.tsx";

const SCREENS: Record<string, () => ReactNode> = {
  "/settings": SettingsMenu,
  "/settings/profile": ProfileScreen,
  "/settings/starred": StarredScreen,
  "/settings/profiles": ProfilesScreen,
  "/settings/devices": DevicesScreen,
  "/settings/devices/add": AddDeviceScreen,
  "/settings/server": KnowledgeScreen,
  "/settings/recovery": RecoveryScreen,
  "/settings/lock": LockSettings,
  "/settings/duress": DuressScreen,
  "/settings/privacy": PrivacyScreen,
  "/settings/notifications": NotificationsScreen,
  "/settings/storage": StorageScreen,
  "/settings/export": ArchiveScreen,
  "/settings/language": LanguageScreen,
  "/settings/theme": AppearanceScreen,
  "/settings/about": AboutScreen,
};

/** The settings, each on a page of its own under `/settings`. */
export function SettingsScreen() {
  const { path } = usePlace();
  const Found = SCREENS[path.replace(/\/+$/u, "")] ?? NoSuchSetting;
  return <Found key={path} />;
}

function NoSuchSetting() {
  const words = useWords();
  return <NotFound way={<WayOut to="/settings">{words.settings.title}</WayOut>} />;
}
