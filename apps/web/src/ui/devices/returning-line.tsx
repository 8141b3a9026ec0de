import type { DeviceView } from "@pli/engine/api";
import { Notice } from "../base/notice.tsx";
import { Quiet } from "../base/page.tsx";
import { DeviceIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { useNow } from "../shell/now.ts";
import { useLivePart } from "../use-live.ts";
import styles from "../conversations/lock-offer.module.css";

/** Most devices are back within minutes: above the conversations only what lasts is said. */
const QUIET_MS = 15 * 60_000;

const returningOf = (devices: readonly DeviceView[]): DeviceView["returning"] =>
  devices.find(({ isThis }) => isThis)?.returning;

/** Above the conversations: this device waits for another one of this person. */
export function ReturningLine() {
  const { devices: words } = useWords();
  const format = useFormat();
  const now = useNow();
  const returning = useLivePart("devices", {}, returningOf).value;
  if (returning?.step !== "asked" || now - returning.since < QUIET_MS) return null;
  return (
    <Link to="/settings/devices" className={styles["offer"] ?? ""}>
      <DeviceIcon size={18} />
      <span>{words.returningLine(format.date(returning.since))}</span>
    </Link>
  );
}

/** Among the devices: since when, what it waits for, and what can be done. */
export function ReturningNotice({ devices }: { devices: readonly DeviceView[] }) {
  const { devices: words } = useWords();
  const format = useFormat();
  const returning = returningOf(devices);
  if (returning === undefined) return null;
  if (returning.step === "entering") return <Notice title={words.returningTitle}>{words.returningEntering}</Notice>;
  return (
    <>
      <Notice kind="warn" title={words.returningTitle}>
        {words.returningAsked(format.date(returning.since))}
      </Notice>
      <Quiet>{words.returningOut}</Quiet>
    </>
  );
}
