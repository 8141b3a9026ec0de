import type { ReactNode } from "react";
import type { RecoveryView } from "@pli/engine/api";
import { Avatar } from "../base/avatar.tsx";
import { Button } from "../base/button.tsx";
import { Page, Section } from "../base/page.tsx";
import { useToasts } from "../base/toast.tsx";
import { useClient } from "../client.ts";
import { useLive } from "../use-live.ts";
import {
  BellIcon,
  DeviceIcon,
  ForwardIcon,
  InfoIcon,
  KeyIcon,
  LanguageIcon,
  LockIcon,
  ProfilesIcon,
  ShareIcon,
  ShieldIcon,
  StarIcon,
  StorageIcon,
  StoreIcon,
  ThemeIcon,
} from "../icons.tsx";
import { useFormat, usePreferences, useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { languageFrom, type Words } from "../../words/index.ts";
import { useLockKind } from "./host.ts";
import { useProfile } from "../profile.ts";
import { useProfiles } from "../use-profiles.ts";
import styles from "./settings.module.css";

/** Where every setting is found, with what it is set to. */
export function SettingsMenu() {
  const words = useWords();
  const format = useFormat();
  const { language, theme } = usePreferences();
  const lock = useLockKind();
  const { isOnly, label } = useProfiles();
  const storage = useLive("storage", {});
  const devices = Math.max(1, useLive("devices", {})?.length ?? 1);
  const recovery = useLive("recovery", {});
  const { settings } = words;
  return (
    <Page title={settings.title} parent="/" parentBeside>
      <Section title={settings.groupYou}>
        <Profile />
        <div className={styles["rows"]}>
          <Row
            to="profiles"
            icon={<ProfilesIcon />}
            label={isOnly ? words.profiles.one : words.profiles.title}
            value={isOnly ? "" : label}
          />
          <Row to="starred" icon={<StarIcon />} label={words.starred.title} />
          <Row to="devices" icon={<DeviceIcon />} label={settings.devices} value={words.contact.deviceCount(devices)} />
        </div>
      </Section>
      <Section title={settings.groupSafety}>
        <Link to="/settings/server" className={styles["server"]}>
          <span className={styles["disc"]}>
            <StoreIcon size={24} />
          </span>
          <span className={styles["label"]}>
            <strong>{settings.server}</strong>
            <span>{settings.serverText}</span>
          </span>
          <ForwardIcon size={20} />
        </Link>
        <div className={styles["rows"]}>
          <Row to="recovery" icon={<KeyIcon />} label={words.recovery.row} value={recoveryValue(recovery, words)} />
          <Row to="lock" icon={<LockIcon />} label={settings.lock} value={lock === undefined ? "" : words.lock[lock]} />
          <Row to="privacy" icon={<ShieldIcon />} label={settings.privacy} />
        </div>
        {lock !== undefined && lock !== "none" && <LockNow />}
      </Section>
      <Section title={settings.groupApp}>
        <div className={styles["rows"]}>
          <Row to="notifications" icon={<BellIcon />} label={settings.notifications} />
          <Row to="export" icon={<ShareIcon />} label={words.archive.row} />
          <Row
            to="storage"
            icon={<StorageIcon />}
            label={settings.storage}
            value={storage === undefined ? "" : format.bytes(storage.databaseBytes)}
          />
          <Row
            to="language"
            icon={<LanguageIcon />}
            label={settings.language}
            value={words.language[language === "auto" ? languageFrom(navigator.languages) : language]}
          />
          <Row to="theme" icon={<ThemeIcon />} label={settings.appearance} value={words.appearance[theme]} />
          <Row to="about" icon={<InfoIcon />} label={settings.about} />
        </div>
      </Section>
    </Page>
  );
}

function recoveryValue(recovery: RecoveryView | undefined, words: Words): string {
  if (recovery?.isShowable === true) return words.recovery.toWrite;
  return recovery?.confirmedAt === undefined ? "" : words.recovery.written;
}

function Profile() {
  const words = useWords();
  const profile = useProfile();
  if (profile === undefined) return null;
  return (
    <Link to="/settings/profile" className={styles["who"]}>
      <Avatar id={profile.id} name={profile.name} />
      <span className={styles["label"]}>
        <strong>{profile.name}</strong>
        <span>{words.settings.profile}</span>
      </span>
      <ForwardIcon size={20} />
    </Link>
  );
}

function Row({ to, icon, label, value }: { to: string; icon: ReactNode; label: string; value?: string }) {
  return (
    <Link to={`/settings/${to}`} className={styles["row"]}>
      {icon}
      <span className={styles["label"]}>{label}</span>
      {value !== undefined && value !== "" && <span className={styles["value"]}>{value}</span>}
      <ForwardIcon size={18} />
    </Link>
  );
}

/** Locks every tab at once. */
export function LockNow() {
  const words = useWords();
  const { host } = useClient();
  const toasts = useToasts();
  return (
    <Button className={styles["start"] ?? ""} icon={<LockIcon />} onClick={() => toasts.attempt(host.lock())}>
      {words.settings.lockNow}
    </Button>
  );
}
