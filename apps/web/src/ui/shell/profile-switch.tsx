import { Menu } from "../base/menu.tsx";
import { CheckIcon, ProfilesIcon, SettingsIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { openProfile } from "../profiles.ts";
import { navigate } from "../router.tsx";
import { useProfiles } from "../use-profiles.ts";
import styles from "./profile-switch.module.css";

/** Which profile this tab shows, and the others one touch away. Nothing where there is only one. */
export function ProfileSwitch() {
  const words = useWords();
  const { all, own, label, isOnly } = useProfiles();
  if (isOnly) return null;
  const choices = all.map((one) => ({
    id: one.id,
    label: one.label,
    icon: one.id === own ? <CheckIcon size={20} /> : <ProfilesIcon size={20} />,
    onChoose: () => {
      if (one.id !== own) openProfile(one.id);
    },
  }));
  const manage = {
    id: "manage",
    label: words.profiles.manage,
    icon: <SettingsIcon size={20} />,
    onChoose: () => navigate("/settings/profiles"),
  };
  return (
    <div className={styles["switch"]}>
      <span dir="auto">{label}</span>
      <Menu label={words.profiles.switch} icon={<ProfilesIcon size={20} />} choices={[...choices, manage]} />
    </div>
  );
}

/** The other profiles, where this one is locked, new or damaged. */
export function OtherProfiles() {
  const words = useWords();
  const { all, own, isOnly } = useProfiles();
  if (isOnly) return null;
  return (
    <section className={styles["others"]} aria-label={words.profiles.others}>
      <h2>{words.profiles.others}</h2>
      <ul>
        {all
          .filter(({ id }) => id !== own)
          .map(({ id, label }) => (
            <li key={id}>
              <button type="button" onClick={() => openProfile(id)} dir="auto">
                <ProfilesIcon size={18} /> {label}
              </button>
            </li>
          ))}
      </ul>
    </section>
  );
}
