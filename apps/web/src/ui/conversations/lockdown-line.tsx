import { ShieldIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { useLockdown } from "../settings/lockdown.ts";
import styles from "./lock-offer.module.css";

/** Above the conversations while a lockdown is on: what is missing is missing because of it. */
export function LockdownLine() {
  const words = useWords();
  if (!useLockdown()) return null;
  return (
    <Link to="/settings/privacy" className={[styles["offer"], styles["strict"]].join(" ")}>
      <ShieldIcon size={18} />
      <span>{words.privacy.lockdownOn}</span>
    </Link>
  );
}
