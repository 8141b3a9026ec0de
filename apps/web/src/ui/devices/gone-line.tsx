import type { DeviceView } from "@pli/engine/api";
import { WarningIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { useLivePart } from "../use-live.ts";
import styles from "../conversations/lock-offer.module.css";

const isGone = (devices: readonly DeviceView[]): boolean => devices.some(({ isRemoved }) => isRemoved);

/** Above the conversations of a device that was removed: why nothing comes and nothing leaves. */
export function GoneLine() {
  const { devices } = useWords();
  const gone = useLivePart("devices", {}, isGone).value ?? false;
  if (!gone) return null;
  return (
    <Link to="/settings/devices" className={[styles["offer"], styles["strict"]].join(" ")}>
      <WarningIcon size={18} />
      <span>{devices.gone}</span>
    </Link>
  );
}
