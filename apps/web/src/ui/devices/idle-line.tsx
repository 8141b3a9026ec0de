import type { DeviceView } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import { Notice } from "../base/notice.tsx";
import { DeviceIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { Link } from "../router.tsx";
import { useLivePart } from "../use-live.ts";
import type { Words } from "../../words/index.ts";
import styles from "../conversations/lock-offer.module.css";

type Idle = DeviceView & { backBy: number };

const isIdle = (device: DeviceView): device is Idle => device.backBy !== undefined;
const firstIdle = (devices: DeviceView[]): Idle | undefined => devices.find(isIdle);
const nameIn = ({ unnamed }: Words["devices"], { name }: DeviceView): string =>
  nameForQuotes(name === "" ? unnamed : name);

/** Above the conversations: a device that was off for so long that it soon misses something. */
export function IdleLine() {
  const { devices: words } = useWords();
  const format = useFormat();
  const idle = useLivePart("devices", {}, firstIdle).value;
  if (idle === undefined) return null;
  return (
    <Link to="/settings/devices" className={styles["offer"] ?? ""}>
      <DeviceIcon size={18} />
      <span>{words.idleLine(nameIn(words, idle), format.date(idle.backBy))}</span>
    </Link>
  );
}

/** The same among the devices. */
export function IdleNotices({ devices }: { devices: readonly DeviceView[] }) {
  const { devices: words } = useWords();
  const format = useFormat();
  return devices.filter(isIdle).map((device) => (
    <Notice key={device.id} kind="warn" title={words.idleTitle(nameIn(words, device))}>
      {words.idle(format.date(device.backBy))}
    </Notice>
  ));
}
